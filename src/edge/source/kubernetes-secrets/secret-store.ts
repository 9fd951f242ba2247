import type { Resource, ResourceKey } from "../../../core/model/resource.ts";
import { keyText } from "../../../core/model/resource.ts";
import type { Secret } from "../../../core/model/secret-kind.ts";
import type { FollowStatus } from "../../kube-client/follow.ts";
import { followObjects } from "../../kube-client/follow-objects.ts";
import { kubeKinds } from "../../kube-client/kinds.ts";
import { hasStatus } from "../../kube-client/kube-error.ts";
import type { KubeClient } from "../../kube-client/port.ts";
import { planPut } from "../plan-put.ts";
import { storeOrigin, type Problem, type PutResult, type Store } from "../port.ts";
import { createResourceFeed } from "../resource-feed.ts";
import { StoreUnavailable } from "../store-error.ts";
import { failureOf } from "./failure.ts";
import { inKubernetes, readSecret, secretObject, secretTypes, type SecretObject } from "./secret-object.ts";

export interface SecretStoreOptions {
  readonly client: KubeClient;
  /** Where the Secrets are. */
  readonly namespace: string;
  /** Clock for times; default: the system's. */
  readonly now?: () => Date;
}

/** What is sensitive, kept in Secrets of Kubernetes. Several cannot be written in one commit. */
export type SecretStore = Omit<Store, "putAll">;

const kinds = ["Secret", "GlobalSecret"] as const;

/** How often a write is tried anew when somebody else wrote in between. */
const writeTries = 5;

/**
 * Keeps secrets as Kuma does on Kubernetes: as Secrets of its own types in the namespace of the control plane, the mesh in a label. Whoever
 * may read these may read the secrets. Follows them from the first subscription on.
 */
export function createSecretStore(options: SecretStoreOptions): SecretStore {
  return new KeptSecrets(options);
}

class KeptSecrets implements SecretStore {
  readonly #options: SecretStoreOptions;
  readonly #now: () => Date;
  readonly #feed = createResourceFeed(() => this.#follow());
  readonly #following: { close(): Promise<void> }[] = [];
  /** What was read of each kind before both were. */
  readonly #first = new Map<string, readonly Secret[]>();
  readonly #versions = new Map<string, bigint>();
  readonly #standing = new Map<string, readonly Problem[]>();
  #last: Promise<unknown> = Promise.resolve();
  #isFollowed = false;
  #isClosed = false;

  constructor(options: SecretStoreOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
  }

  readonly events = this.#feed.events;
  readonly problems = this.#feed.problems;
  readonly notices = this.#feed.notices;

  get(key: ResourceKey): Promise<Resource | undefined> {
    return Promise.resolve(this.#feed.table.get(key));
  }

  list(kind: string, mesh?: string): Promise<readonly Resource[]> {
    return Promise.resolve(this.#feed.table.list(kind, mesh));
  }

  put(resource: Resource, options?: { readonly expectedModificationTime?: string }): Promise<PutResult> {
    return this.#inTurn(resource, async () => await this.#write(inKubernetes(resource as Secret), options?.expectedModificationTime, writeTries));
  }

  delete(key: ResourceKey): Promise<boolean> {
    return this.#inTurn(key, async () => {
      const there = await this.#stored(key);
      if (there === undefined) return false;
      const deleted = await this.#options.client.delete(kubeKinds.secret, this.#at(key.name), uidOf(there.object));
      this.#take([], [there.object], key.kind as Secret["kind"]);
      return deleted;
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#following.map((each) => each.close()));
    this.#feed.complete();
  }

  async #write(wanted: Secret, expected: string | undefined, tries: number): Promise<PutResult> {
    const { client, namespace } = this.#options;
    const there = await this.#stored(wanted);
    const planned = planPut(there?.secret, wanted, expected, this.#now());
    if (planned.outcome === "unchanged") return planned;
    const object = secretObject(planned.resource as Secret, namespace, there?.object);
    try {
      const written = there === undefined ? await client.create(kubeKinds.secret, this.#at(wanted.name), object) : await client.replace(kubeKinds.secret, object);
      this.#take([written], [], wanted.kind);
      return { outcome: planned.outcome, resource: readSecret(wanted.kind, written) ?? planned.resource };
    } catch (error) {
      if (!hasStatus(error, 409) || tries <= 1) throw error;
      return await this.#write(wanted, expected, tries - 1);
    }
  }

  /** As the API server has it now. Never another's Secret: what has the name but is no secret of this kind and mesh is left alone. */
  async #stored(key: ResourceKey): Promise<{ readonly object: SecretObject; readonly secret: Secret } | undefined> {
    const { client, namespace } = this.#options;
    const object = await client.get<SecretObject>(kubeKinds.secret, this.#at(key.name)).catch((error: unknown) => {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    });
    if (object === undefined) return undefined;
    const kind = key.kind as Secret["kind"];
    const secret = object.type === secretTypes[kind] ? readSecret(kind, object) : undefined;
    if (secret?.mesh === key.mesh) return { object, secret };
    throw new StoreUnavailable("in-use", `the Secret ${namespace}/${key.name} of Kubernetes is there already, and is not ${kind} ${key.name}${key.mesh === "" ? "" : ` of mesh ${key.mesh}`}`);
  }

  #at(name: string): { readonly name: string; readonly namespace: string } {
    return { name, namespace: this.#options.namespace };
  }

  /** Writes are made in the order in which they were asked for. */
  async #inTurn<T>(key: ResourceKey, act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(async () => {
      if (this.#isClosed) throw new StoreUnavailable("closed", "the store is closed");
      try {
        return await act();
      } catch (error) {
        throw failureOf(error, key, this.#feed.table.get(key)?.modificationTime);
      }
    });
    this.#last = turn.catch(() => undefined);
    return await turn;
  }

  #follow(): void {
    if (this.#isFollowed || this.#isClosed) return;
    this.#isFollowed = true;
    const { client, namespace } = this.#options;
    for (const kind of kinds) {
      this.#following.push(followObjects<SecretObject>(client, kubeKinds.secret, {
        namespace,
        fieldSelector: `type=${secretTypes[kind]}`,
        onState: (objects) => this.#replace(kind, objects),
        onChange: (changed, removed) => this.#take(changed, removed, kind),
        onStatus: (status) => this.#report(`status of ${kind}`, statusProblems(status, namespace)),
      }));
    }
  }

  #replace(kind: Secret["kind"], objects: readonly SecretObject[]): void {
    if (this.#feed.started) {
      const names = new Set(objects.map(({ metadata }) => metadata.name));
      const gone = this.#feed.table.list(kind).filter(({ name }) => !names.has(name));
      for (const { name } of gone) this.#versions.delete(`${kind}/${name}`);
      this.#feed.apply([], gone);
      this.#take(objects, [], kind);
      return;
    }
    this.#first.set(kind, this.#read(kind, objects));
    if (kinds.every((each) => this.#first.has(each))) this.#feed.start([...this.#first.values()].flat());
  }

  /** An answer to a write and what a watch tells of it come in either order: what is older than what is known is let go. */
  #take(changed: readonly SecretObject[], removed: readonly SecretObject[], kind: Secret["kind"]): void {
    const gone = removed.filter((object) => this.#isNews(kind, object, true)).map(({ metadata }) => metadata.name);
    const secrets = this.#read(kind, changed);
    const before = this.#feed.table.list(kind).filter(({ name }) => gone.includes(name) || secrets.some((each) => each.name === name));
    // One that changed its mesh is another resource.
    const moved = before.filter((resource) => gone.includes(resource.name) || !secrets.some((each) => keyText(each) === keyText(resource)));
    this.#feed.apply(secrets, moved);
  }

  #read(kind: Secret["kind"], objects: readonly SecretObject[]): readonly Secret[] {
    return objects.filter((object) => this.#isNews(kind, object, false)).flatMap((object) => {
      const secret = readSecret(kind, object);
      const origin = `Secret ${this.#options.namespace}/${object.metadata.name}`;
      this.#report(origin, secret === undefined ? [{ origin, violations: [{ path: "data.value", message: "has to be there" }] }] : []);
      return secret ?? [];
    });
  }

  #isNews(kind: string, { metadata }: SecretObject, isRemoved: boolean): boolean {
    const at = `${kind}/${metadata.name}`;
    const version = BigInt(/^\d+$/.test(metadata.resourceVersion ?? "") ? (metadata.resourceVersion ?? "0") : 0);
    const known = this.#versions.get(at);
    if (known !== undefined && (version < known || (version === known && !isRemoved))) return false;
    this.#versions.set(at, version);
    if (isRemoved) this.#report(`Secret ${this.#options.namespace}/${metadata.name}`, []);
    return true;
  }

  #report(about: string, problems: readonly Problem[]): void {
    if (problems.length === 0) this.#standing.delete(about);
    else this.#standing.set(about, problems);
    this.#feed.tell([...this.#standing.values()].flat(), []);
  }
}

function uidOf({ metadata }: SecretObject): { readonly uid?: string } {
  return metadata.uid === undefined ? {} : { uid: metadata.uid };
}

function statusProblems(status: FollowStatus, namespace: string): readonly Problem[] {
  if (status.state === "listing" || status.state === "following") return [];
  return [{ origin: storeOrigin, violations: [{ path: "", message: `cannot read the Secrets of namespace ${namespace}: ${status.message}` }] }];
}
