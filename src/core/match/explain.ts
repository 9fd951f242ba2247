import type { Notice } from "../base/notice.ts";
import type { Dataplane } from "../model/dataplane.ts";
import type { MeshExternalService } from "../model/mesh-external-service.ts";
import type { MeshService } from "../model/mesh-service.ts";
import { namespaceOf } from "../model/kri.ts";
import { reachableLookupNames, reachableServices } from "../model/reachable-services.ts";
import type { Resource } from "../model/resource.ts";
import type { Policy } from "../model/target-ref.ts";
import type { MeshWorld, World } from "../model/world.ts";
import { defaultPlanSettings } from "../policy/plan-settings.ts";
import type { PlanSettings } from "../policy/plan-settings.ts";
import { policyKindNamed } from "../policy/registry.ts";
import type { ResolvedOutbounds } from "./destinations.ts";
import { serviceProviders } from "./endpoints.ts";
import { explainExternalService } from "./explain-external-service.ts";
import { explainIdentity } from "./explain-identity.ts";
import { explainPolicy } from "./explain-policy.ts";
import type { NamedDestination } from "./found-destination.ts";
import { isReachableAs } from "./offers.ts";
import type { OutboundListen } from "./outbound-refs.ts";
import { outlineOf } from "./outline.ts";
import { lookUp, providersOf } from "./resolve-outbound.ts";
import { isProvided } from "./resolve-target.ts";
import { unresolvedOutbounds } from "./unresolved-outbounds.ts";

/**
 * What there is to tell about a valid resource, seen in a World that holds it: references that lead nowhere, settings that do
 * nothing or less than they seem to. In the order of the resource's fields. The cost is that of a look at whom it concerns; of
 * many proxies in the same position a sample is looked at. `settings`: as proxies are served by them.
 */
export function noticesFor(world: World, resource: Resource, settings: PlanSettings = defaultPlanSettings): readonly Notice[] {
  if (resource.mesh === "") return [];
  const mesh = world.meshes.get(resource.mesh);
  const policyKind = policyKindNamed(resource.kind);
  const fromItself = policyKind?.staticNotices(resource as Policy) ?? [];
  if (mesh?.mesh === undefined) return [meshMissing(resource), ...fromItself];
  switch (resource.kind) {
    case "Dataplane":
      return explainDataplane(mesh, resource as Dataplane);
    case "MeshService":
      return explainService(mesh, resource as MeshService);
    case "MeshExternalService":
      return explainExternalService(resource as MeshExternalService);
    default:
      return policyKind === undefined ? [] : [...fromItself, ...explainPolicy(mesh, resource as Policy, policyKind, settings)];
  }
}

function aboutOf({ kind, mesh, name }: Resource): Notice["about"] {
  return { kind, mesh, name };
}

function meshMissing(resource: Resource): Notice {
  const message = `there is no Mesh "${resource.mesh}", so that this does nothing until there is`;
  return { code: "mesh-missing", about: aboutOf(resource), path: "mesh", message };
}

/** Whether each outbound leads somewhere; who is there is not asked, for that may be thousands. */
function explainDataplane(mesh: MeshWorld, dataplane: Dataplane): readonly Notice[] {
  const missing: ResolvedOutbounds["missing"][number][] = [];
  const named: NamedOutbound[] = [];
  for (const listen of outlineOf(dataplane).listens) {
    const found = lookUp(mesh, listen.ref).identify();
    if ("missing" in found) missing.push({ listen, why: found.missing });
    else named.push({ listen, ...found });
  }
  return [...unresolvedOutbounds(dataplane, { missing }), ...unprovided(mesh, dataplane, named), ...unreachable(mesh, dataplane), ...explainIdentity(mesh, dataplane)];
}

/** Names of services within reach that no MeshService has: calls to these are passed on as if there were no mesh. */
function unreachable(mesh: MeshWorld, dataplane: Dataplane): readonly Notice[] {
  const names = reachableServices(dataplane);
  if (names === undefined || names === "all") return [];
  const namespace = namespaceOf(dataplane);
  return names.flatMap((name, i): Notice[] => {
    const candidates = reachableLookupNames(name).flatMap((text) => [mesh.services.get(text), ...(mesh.index.servicesByName.get(text)?.values() ?? [])]);
    const isThere = candidates.some((service) => (service?.spec.ports ?? []).some(({ port }) => service !== undefined && isReachableAs(name, namespace, service, port)));
    if (isThere) return [];
    const message = `there is no MeshService "${name}", so that calls to it are passed on and not checked`;
    return [{ code: "unresolved-target", about: aboutOf(dataplane), path: `networking.transparentProxying.reachableServices[${i}]`, message }];
  });
}

interface NamedOutbound extends NamedDestination {
  readonly listen: OutboundListen;
}

/** Services that only tags name are there as soon as somebody has the tag; until then nobody answers. */
function unprovided(mesh: MeshWorld, dataplane: Dataplane, named: readonly NamedOutbound[]): readonly Notice[] {
  const about = aboutOf(dataplane);
  return named.filter(({ target }) => !isProvided(mesh, target)).map(({ listen, displayName }) => ({
    code: "unresolved-target",
    about,
    path: `networking.outbound[${listen.position}]`,
    message: `no Dataplane has an inbound for the service ${displayName}, so that calls to it fail`,
  }));
}

function explainService(mesh: MeshWorld, service: MeshService): readonly Notice[] {
  const dataplanes = [...providersOf(mesh, service).items];
  const about = aboutOf(service);
  return (service.spec.ports ?? []).flatMap((port, i): Notice[] => {
    if (dataplanes.some((dataplane) => serviceProviders(dataplane, service, port).length > 0)) return [];
    const fits = `the selector and the target port ${port.targetPort ?? port.port}`;
    const message = `no inbound of a Dataplane fits ${fits}, so that port ${port.port} has no endpoints`;
    return [{ code: "selects-nothing", about, path: `spec.ports[${i}]`, message }];
  });
}
