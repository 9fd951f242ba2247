import { BehaviorSubject, type Observable } from "rxjs";
import { createDerivation, type ClusterChanges, type ObjectChanges } from "../../../core/kubernetes/derivation.ts";
import type { KubeObject } from "../../../core/kubernetes/kube-object.ts";
import { trimPod } from "../../../core/kubernetes/pod.ts";
import type { ObjectReading } from "../../../core/kubernetes/read-object.ts";
import { trimService } from "../../../core/kubernetes/service.ts";
import { trimObject } from "../../../core/kubernetes/trim-metadata.ts";
import type { FollowObjects, Following, FollowOptions } from "../../kube-client/follow.ts";
import { followWith } from "../../kube-client/follow-objects.ts";
import { customKind, kubeKinds } from "../../kube-client/kinds.ts";
import type { KubeClient, KubeKind } from "../../kube-client/port.ts";
import { defaultMesh } from "../default-mesh.ts";
import type { Source } from "../port.ts";
import { createResourceFeed } from "../resource-feed.ts";
import { writtenKinds } from "./followed-kinds.ts";
import { kindProblems, kindState, kindText, type KindState } from "./kind-states.ts";
import { createKnownObjects, type KnownObjects } from "./known-objects.ts";
import { createLayers, type LayerChanges, type Layers } from "./layers.ts";
import { trimWritten } from "./trim-written.ts";
import { createWrittenObjects, type WrittenObjects } from "./written-objects.ts";

export interface KubernetesSourceOptions extends ObjectReading {
  /** The source does not close it. */
  readonly client: KubeClient;
  /**
   * How long the first state waits for kinds that we may not read, or that the API server does not have; default 10 s. A server that
   * was just started refuses for a moment what it allows. Without Pods, Services and Namespaces there is no state.
   */
  readonly patienceMs?: number;
  /** Clock for modification times; default: the system's. */
  readonly now?: () => Date;
  /** Default: `followObjects` with the client. */
  readonly follow?: FollowObjects;
}

/** Everything there is in a cluster: what people wrote, and what Pods, Services and Namespaces make. */
export interface KubernetesSource extends Source {
  /** How the following of each kind stands, whole, each time that changes. */
  readonly kinds: Observable<readonly KindState[]>;
  /** A Namespace as it was last told of, cut down to what is read; undefined: nobody told of it yet, or it is gone. */
  namespace(name: string): KubeObject | undefined;
}

/** Pods whose containers have ended are of no use to anybody, and jobs leave thousands. */
const runningPods = "status.phase!=Succeeded,status.phase!=Failed";

/** How long a failure is kept to ourselves: an end of all watches is one event, not one for each, and a server that was just started forbids much. */
const calmMs = 1_000;

/** Follows a cluster from the first subscription to `events` on. */
export function createKubernetesSource(options: KubernetesSourceOptions): KubernetesSource {
  return new FollowedCluster(options);
}

class FollowedCluster implements KubernetesSource {
  readonly #follow: FollowObjects;
  readonly #patienceMs: number;
  readonly #derivation = createDerivation();
  readonly #written: WrittenObjects;
  readonly #layers: Layers;
  readonly #kinds = new BehaviorSubject<readonly KindState[]>([]);
  readonly #followings: Following[] = [];
  readonly #namespaces = new Map<string, KubeObject>();
  /** Kinds of which everything was told. */
  readonly #told = new Set<string>();
  readonly #feed = createResourceFeed(() => {
    if (this.#waiting === undefined && !this.#isClosed) this.#begin();
  });
  #waiting: NodeJS.Timeout | undefined;
  #telling: NodeJS.Timeout | undefined;
  #isPatient = true;
  #isClosed = false;

  constructor(options: KubernetesSourceOptions) {
    this.#follow = options.follow ?? followWith(options.client);
    this.#patienceMs = options.patienceMs ?? 10_000;
    this.#written = createWrittenObjects(options);
    this.#layers = createLayers(options.now ?? (() => new Date()));
    this.kinds = this.#kinds.asObservable();
  }

  readonly kinds: Observable<readonly KindState[]>;
  readonly events = this.#feed.events;
  readonly problems = this.#feed.problems;
  readonly notices = this.#feed.notices;

  namespace(name: string): KubeObject | undefined {
    return this.#namespaces.get(name);
  }

  #begin(): void {
    this.#waiting = setTimeout(() => {
      this.#isPatient = false;
      this.#startWhenWhole();
    }, this.#patienceMs);
    this.#layers.change("derived", { changed: [defaultMesh], removed: [] });
    this.#derive(kubeKinds.namespace, "namespaces", { trim: trimObject, kept: this.#namespaces });
    this.#derive(kubeKinds.service, "services", { trim: trimService });
    this.#derive(kubeKinds.pod, "pods", { trim: trimPod, fieldSelector: runningPods });
    for (const descriptor of writtenKinds) {
      const kind = customKind(descriptor);
      this.#take(kind, {
        trim: trimWritten,
        onState: (objects) => this.#publish("written", this.#written.replace(kind, objects)),
        onChange: (changed, removed) => this.#publish("written", this.#written.apply(kind, changed, removed)),
      });
    }
    this.#kinds.next(this.#states());
  }

  #derive<T extends KubeObject>(kind: KubeKind, name: keyof ClusterChanges, how: Pick<FollowOptions<T>, "trim" | "fieldSelector"> & { readonly kept?: Map<string, KubeObject> }): void {
    const known: KnownObjects<T> = createKnownObjects();
    const { kept, ...options } = how;
    const publish = (changes: ObjectChanges<T>): void => {
      for (const { metadata } of changes.removed) kept?.delete(metadata.name);
      for (const object of changes.changed) kept?.set(object.metadata.name, object);
      this.#publish("derived", this.#derivation.apply({ [name]: changes }));
    };
    this.#take<T>(kind, {
      ...options,
      onState: (objects) => publish(known.replace(objects)),
      onChange: (changed, removed) => publish(known.apply(changed, removed)),
    });
  }

  /** Follows a kind, and takes note of how that stands. */
  #take<T extends KubeObject>(kind: KubeKind, options: FollowOptions<T>): void {
    const following = this.#follow<T>(kind, {
      ...options,
      onState: (objects) => {
        this.#told.add(kindText(kind));
        options.onState(objects);
        this.#startWhenWhole();
      },
      onStatus: () => {
        this.#kinds.next(this.#states());
        this.#telling ??= setTimeout(() => this.#tell(), calmMs);
        this.#startWhenWhole();
      },
    });
    this.#followings.push(following);
  }

  #states(): readonly KindState[] {
    return this.#followings.map(({ kind, status }) => kindState(kind, status));
  }

  #publish(layer: "written" | "derived", changes: LayerChanges): void {
    const { changed, removed } = this.#layers.change(layer, changes);
    if (!this.#feed.started) return;
    this.#feed.apply(changed, removed);
    this.#tell();
  }

  /** The first state is everything; only kinds that cannot be had now are not waited for for ever. */
  #startWhenWhole(): void {
    if (this.#feed.started || this.#isClosed) return;
    const outstanding = this.#followings.filter(({ kind }) => !this.#told.has(kindText(kind)));
    const mayMiss = ({ kind, status }: Following): boolean => kind.group !== "" && (status.state === "denied" || status.state === "missing");
    if (outstanding.some((following) => this.#isPatient || !mayMiss(following))) return;
    this.#feed.start(this.#layers.all());
    this.#tell();
  }

  #tell(): void {
    clearTimeout(this.#telling);
    this.#telling = undefined;
    const problems = [...kindProblems(this.#states(), (kind) => this.#told.has(kind)), ...this.#written.problems()];
    this.#feed.tell(problems, [...this.#written.notices(), ...this.#derivation.notices()]);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#waiting);
    await Promise.all(this.#followings.map((following) => following.close()));
    clearTimeout(this.#telling);
    this.#kinds.complete();
    this.#feed.complete();
  }
}
