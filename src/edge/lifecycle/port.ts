import type { ReadDocument } from "../../core/bootstrap/direct-dataplane.ts";
import type { JsonObject } from "../../core/base/json.ts";
import type { Dataplane } from "../../core/model/dataplane.ts";
import type { Resource, ResourceKey } from "../../core/model/resource.ts";

export interface ProxyName {
  readonly mesh: string;
  readonly name: string;
}

/** The part of a store that is written to. Its failures are told apart by their names: StoreConflict, StoreUnavailable. */
export interface DataplaneStore {
  get(key: ResourceKey): Promise<Resource | undefined>;
  list(kind: string): Promise<readonly Resource[]>;
  /** @param options the empty text expects that there is nothing yet. */
  put(resource: Resource, options: { readonly expectedModificationTime: string }): Promise<unknown>;
  delete(key: ResourceKey): Promise<boolean>;
}

/** A client's first request. */
export interface Arrival {
  readonly proxy: ProxyName;
  readonly metadata: JsonObject;
  readonly authorization: string | undefined;
}

export interface DirectLifecycleOptions {
  readonly store: DataplaneStore;
  /** Why this client may not stand for such a Dataplane; undefined: it may. */
  refusalOf(arrival: Arrival, dataplane: Dataplane): Promise<string | undefined>;
  readDocuments(text: string, origin: string): readonly ReadDocument[];
  /** True once what is stored under this key, or something newer, is being served. */
  isServed(key: ResourceKey): boolean;
  /** What the store adds to what is written to it. */
  withStoreLabels(dataplane: Dataplane): Dataplane;
  /** Name of this control plane among those on one store; another one after each start. */
  readonly holder: string;
  /** Milliseconds between a proxy's disconnect and the end of its Dataplane. */
  readonly removeAfterMs: number;
  readonly logger: LifecycleLogger;
}

export interface LifecycleLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export function keyOf({ mesh, name }: ProxyName): ResourceKey {
  return { kind: "Dataplane", mesh, name };
}

/** What went wrong in a store, by name: the classes are the stores' own. */
export function isConflict(error: unknown): boolean {
  return error instanceof Error && error.name === "StoreConflict";
}
