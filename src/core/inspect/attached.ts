import { attaches } from "../match/inbound-entries.ts";
import { serviceProviders } from "../match/endpoints.ts";
import { providersOf } from "../match/resolve-outbound.ts";
import { selectedProxies } from "../match/select-policies.ts";
import type { Dataplane } from "../model/dataplane.ts";
import type { MeshService } from "../model/mesh-service.ts";
import type { Policy } from "../model/target-ref.ts";
import type { MeshWorld } from "../model/world.ts";

/** The Dataplanes that a policy selects, by name. One that means a section selects those that have it. */
export function selectedBy(mesh: MeshWorld, policy: Policy): readonly Dataplane[] {
  return [...selectedProxies(mesh, policy)].filter((dataplane) => attaches(policy, dataplane)).sort(byName);
}

/** The Dataplanes with an inbound behind some port of a MeshService, ready or not, by name. */
export function providersFor(mesh: MeshWorld, service: MeshService): readonly Dataplane[] {
  const ports = service.spec.ports ?? [];
  const provides = (dataplane: Dataplane) => ports.some((port) => serviceProviders(dataplane, service, port).length > 0);
  return [...providersOf(mesh, service).items].filter(provides).sort(byName);
}

function byName(a: Dataplane, b: Dataplane): number {
  return a.name < b.name ? -1 : 1;
}
