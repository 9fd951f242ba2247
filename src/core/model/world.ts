import type { Map as ImmutableMap, Set as ImmutableSet } from "immutable";
import type { Dataplane } from "./dataplane.ts";
import type { Mesh } from "./mesh.ts";
import type { MeshExternalService } from "./mesh-external-service.ts";
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
  readonly externalServices: ImmutableMap<string, MeshExternalService>;
  /** Policy kind, then policy name. */
  readonly policies: ImmutableMap<string, ImmutableMap<string, Policy>>;
  readonly index: MeshIndex;
  /** Names of the proxies that take mutual TLS at present: a fact about running proxies, no resource. Absent: nobody knows, all are taken for ready. */
  readonly readyForTls?: ImmutableSet<string>;
}

/**
 * Resources by what they carry; kept by `applyChanges` (mesh-index.ts), in step with the rest of the MeshWorld. A pair is written
 * `key=value` (see `pairText`). Entries hold the resources themselves, not their names: an entry is a new object exactly when a
 * resource in it changed, so whoever remembers what it made from an entry sees by `===` whether that still holds.
 */
export interface MeshIndex {
  /** Dataplanes by a tag of any one inbound or of the gateway. The service tag `web_demo_svc_80` also stands as `web`. */
  readonly dataplanesByTag: ImmutableMap<string, ImmutableMap<string, Dataplane>>;
  readonly dataplanesByLabel: ImmutableMap<string, ImmutableMap<string, Dataplane>>;
  /** Dataplanes by display name. */
  readonly dataplanesByName: ImmutableMap<string, ImmutableMap<string, Dataplane>>;
  readonly servicesByLabel: ImmutableMap<string, ImmutableMap<string, MeshService>>;
  /** MeshServices by display name. */
  readonly servicesByName: ImmutableMap<string, ImmutableMap<string, MeshService>>;
  readonly externalServicesByLabel: ImmutableMap<string, ImmutableMap<string, MeshExternalService>>;
  /** MeshExternalServices by display name. */
  readonly externalServicesByName: ImmutableMap<string, ImmutableMap<string, MeshExternalService>>;
  /** MeshServices by one key of their selector (see `serviceSelectorKey`): who takes a given Dataplane for an endpoint. */
  readonly servicesBySelector: ImmutableMap<string, ImmutableMap<string, MeshService>>;
  /** Policies by kind, then by one key of their top-level targetRef (see `policySelectorKey`): who may select a given Dataplane. */
  readonly policiesBySelector: ImmutableMap<string, ImmutableMap<string, ImmutableMap<string, Policy>>>;
  /** Names of Dataplanes with an outbound to a service tag; `web_demo_svc_80` also stands under `web`. */
  readonly callersByServiceTag: ImmutableMap<string, ImmutableSet<string>>;
  /** Names of Dataplanes with an outbound whose backendRef has this name, of whichever kind, or that name such a service as reachable. */
  readonly callersByServiceName: ImmutableMap<string, ImmutableSet<string>>;
  /** Names of Dataplanes with a backendRef by labels, which may mean any MeshService or MeshExternalService. */
  readonly callersByLabels: ImmutableSet<string>;
  /** Names of Dataplanes whose connections are redirected, so that they may call every MeshService. */
  readonly callersOfEverything: ImmutableSet<string>;
}

/** One resource as it was and as it is; absent: it was not, or is no more. */
export interface Change {
  readonly key: ResourceKey;
  readonly before?: Resource;
  readonly after?: Resource;
}
