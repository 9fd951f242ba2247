import { asArray, asObject, ownField } from "../../core/base/json.ts";
import { equalJson } from "../../core/base/equal-json.ts";
import { labelOf } from "../../core/base/labels.ts";
import type { KubeObject, ObjectMeta } from "../../core/kubernetes/kube-object.ts";
import { trimMetadata } from "../../core/kubernetes/trim-metadata.ts";
import type { ResourceKindDescriptor } from "../../core/model/kind.ts";
import { labelNames } from "../../core/model/label-names.ts";
import { keyText } from "../../core/model/resource.ts";
import type { ResourceKey } from "../../core/model/resource.ts";
import type { ParseResult } from "../../core/policy/parse-result.ts";
import type { Condition, ResourceStatus } from "../../core/status/status.ts";
import { followObjects } from "../kube-client/follow-objects.ts";
import { customKind } from "../kube-client/kinds.ts";
import type { KubeClient, KubeKind } from "../kube-client/port.ts";

/** An object of ours as it comes from the API server. */
export interface StatusObject extends KubeObject {
  readonly status?: unknown;
}

/** An object with what it says and what was told of it. */
export interface Observed {
  readonly kind: KubeKind;
  readonly meta: ObjectMeta;
  /** Also of an object that is not valid. */
  readonly key: ResourceKey;
  /** Read when it is asked for, once for each version of its text. */
  readonly parsed: () => ParseResult;
  /** What is stored; of no more than the shape that it has. */
  readonly status: Partial<ResourceStatus> | undefined;
}

export interface ObjectsOptions {
  readonly client: KubeClient;
  readonly kinds: readonly ResourceKindDescriptor[];
  readonly parse: (object: unknown) => ParseResult;
  /** Objects that are new or whose text or status is another one; not what `put` put. By `idOf`. */
  readonly onChange: (ids: Iterable<string>) => void;
}

/** All objects that get a status, as they are now. */
export interface ObservedObjects {
  get(id: string): Observed | undefined;
  ids(): Iterable<string>;
  /** The ids of the objects that would be this resource: one. */
  idOfKey(key: string): string | undefined;
  /** Takes over what the API server answered to a write, which comes again as an event later. */
  put(kind: KubeKind, object: StatusObject): void;
  close(): Promise<void>;
}

export function idOf({ kind }: KubeKind, { name, namespace = "" }: Pick<ObjectMeta, "name" | "namespace">): string {
  return `${kind}/${namespace}/${name}`;
}

/** The conditions that an object has, whoever wrote them. */
export function conditionsOf({ status }: Observed): readonly Condition[] {
  return status?.conditions ?? [];
}

/** Follows them from now on. An object is parsed once for each version of its text, not for what is written to its status. */
export function followStatusObjects({ client, kinds, parse, onChange }: ObjectsOptions): ObservedObjects {
  const objects = new Map<string, Observed>();
  const byKey = new Map<string, string>();

  function take(kind: KubeKind, object: StatusObject): boolean {
    const id = idOf(kind, object.metadata);
    const before = objects.get(id);
    if (before?.meta.resourceVersion === object.metadata.resourceVersion && before?.meta.uid === object.metadata.uid) return false;
    const after = observe(kind, object, before, parse);
    objects.set(id, after);
    if (before !== undefined && byKey.get(keyText(before.key)) === id) byKey.delete(keyText(before.key));
    byKey.set(keyText(after.key), id);
    return after.parsed !== before?.parsed || !equalJson(after.status ?? {}, before.status ?? {});
  }

  function drop(id: string): void {
    const before = objects.get(id);
    objects.delete(id);
    if (before !== undefined && byKey.get(keyText(before.key)) === id) byKey.delete(keyText(before.key));
  }

  const following = kinds.map((descriptor) => {
    const kind = customKind(descriptor);
    return followObjects<StatusObject>(client, kind, {
      onState(state) {
        const there = new Set(state.map(({ metadata }) => idOf(kind, metadata)));
        for (const [id, known] of objects) if (known.kind.kind === kind.kind && !there.has(id)) drop(id);
        onChange(state.filter((object) => take(kind, object)).map(({ metadata }) => idOf(kind, metadata)));
      },
      onChange(changed, removed) {
        for (const { metadata } of removed) drop(idOf(kind, metadata));
        onChange(changed.filter((object) => take(kind, object)).map(({ metadata }) => idOf(kind, metadata)));
      },
    });
  });
  return {
    get: (id) => objects.get(id),
    ids: () => objects.keys(),
    idOfKey: (key) => byKey.get(key),
    put: (kind, object) => void take(kind, object),
    close: async () => {
      await Promise.all(following.map((one) => one.close()));
    },
  };
}

function observe(kind: KubeKind, object: StatusObject, before: Observed | undefined, parse: (object: unknown) => ParseResult): Observed {
  const meta = trimMetadata(object.metadata);
  const isSameText = before !== undefined && before.meta.uid === meta.uid && before.meta.generation === meta.generation && equalJson(before.meta.labels ?? {}, meta.labels ?? {});
  const { status, ...text } = object;
  const parsed = isSameText ? before.parsed : once(() => parse({ ...text, apiVersion: `${kind.group}/${kind.version}`, kind: kind.kind }));
  return { kind, meta, key: keyOf(kind, meta), parsed, status: readStatus(status) };
}

/** Lets go of what the answer is made of. */
function once<T>(make: () => T): () => T {
  let state: { readonly made: T } | { readonly make: () => T } = { make };
  return () => {
    if ("make" in state) state = { made: state.make() };
    return state.made;
  };
}

/** As it is for an object that is valid. */
function keyOf({ kind, namespaced }: KubeKind, { name, namespace = "", labels }: ObjectMeta): ResourceKey {
  return namespaced ? { kind, mesh: labelOf(labels, labelNames.mesh) ?? "default", name: `${name}.${namespace}` } : { kind, mesh: "", name };
}

/** The CRD's schema sees to the shape; an object that was stored before it did has none that counts. */
function readStatus(status: unknown): Partial<ResourceStatus> | undefined {
  const fields = asObject(status);
  if (fields === undefined) return undefined;
  const conditions = asArray(ownField(fields, "conditions")) ?? [];
  return { ...fields, conditions: conditions.filter((condition): condition is Condition => typeof asObject(condition)?.["type"] === "string") };
}
