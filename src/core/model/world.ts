import type { Map as ImmutableMap, Set as ImmutableSet } from "immutable";
import type { Dataplane } from "./dataplane.ts";
import type { Mesh } from "./mesh.ts";
import type { MeshService } from "./mesh-service.ts";
import type { Policy } from "./target-ref.ts";
import type { Resource, ResourceKey } from "./resource.ts";

/**
 * The whole, frozen, indexed state at one moment. Persistent: a new World shares with the old one all that did not change, so an
 * edit costs what it touches and not what exists.
 */
export interface World {
  readonly meshes: ImmutableMap<string, MeshWorld>;
}

/** One mesh of a World. `mesh` is missing when resources name a mesh that nobody made; then nothing in it is served. */
export interface MeshWorld {
  readonly name: string;
  readonly mesh?: Mesh;
  readonly dataplanes: ImmutableMap<string, Dataplane>;
  readonly services: ImmutableMap<string, MeshService>;
  /** Policy kind, then policy name. */
  readonly policies: ImmutableMap<string, ImmutableMap<string, Policy>>;
  readonly index: MeshIndex;
}

/** Names by what they carry. A pair is written `key=value` (see `pairText`). */
export interface MeshIndex {
  /** Dataplanes by a tag of any one inbound or of the gateway. */
  readonly dataplanesByTag: ImmutableMap<string, ImmutableSet<string>>;
  readonly dataplanesByLabel: ImmutableMap<string, ImmutableSet<string>>;
  readonly servicesByLabel: ImmutableMap<string, ImmutableSet<string>>;
  /** Dataplanes with an outbound to a service tag. */
  readonly callersByServiceTag: ImmutableMap<string, ImmutableSet<string>>;
  /** Dataplanes with an outbound whose backendRef names this MeshService. */
  readonly callersByServiceName: ImmutableMap<string, ImmutableSet<string>>;
  /** Dataplanes with a backendRef by labels, which may mean any MeshService. */
  readonly callersByLabels: ImmutableSet<string>;
}

/** One resource as it was and as it is; absent: it was not, or is no more. */
export interface Change {
  readonly key: ResourceKey;
  readonly before?: Resource;
  readonly after?: Resource;
}
