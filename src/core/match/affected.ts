import type { Set as ImmutableSet } from "immutable";
import { equalJson } from "../base/equal-json.ts";
import { labelOf, matchesLabels } from "../base/labels.ts";
import type { Dataplane } from "../model/dataplane.ts";
import { findResource } from "../model/find-resource.ts";
import { labelNames } from "../model/label-names.ts";
import { enabledMtls } from "../model/mesh-mtls.ts";
import type { MeshService } from "../model/mesh-service.ts";
import { everyone, policySelectorKey, selectorKeysOf } from "../model/selector-key.ts";
import type { Policy } from "../model/target-ref.ts";
import type { Change, MeshWorld, World } from "../model/world.ts";
import { callersOfService, callersOfTarget, mayMeanAnything } from "./callers.ts";
import { askedTags } from "./endpoint-marks.ts";
import { serviceProviders, taggedProviders } from "./endpoints.ts";
import { entriesOf } from "./inbound-entries.ts";
import { isEveryone, selectedProxies, selects } from "./select-policies.ts";

/** Names of proxies in one mesh, or all that there are. */
export type Affected = "all" | ReadonlySet<string>;

/**
 * Whose plan may differ between two Worlds of which the second comes from the first by the changes: by mesh. Whoever is not named
 * has the same plan in both; who is named may have it as well. The cost follows the changes and who they concern.
 */
export function affectedProxies(before: World, after: World, changes: readonly Change[]): ReadonlyMap<string, Affected> {
  const affected = new Map<string, "all" | Set<string>>();
  for (const change of changes) {
    const meshName = change.key.kind === "Mesh" ? change.key.name : change.key.mesh;
    const known = affected.get(meshName) ?? new Set<string>();
    affected.set(meshName, known);
    if (known === "all") continue;
    for (const name of concernedBy(change, before, after)) {
      if (name === everyProxy) affected.set(meshName, "all");
      else known.add(name);
    }
  }
  return affected;
}

/**
 * Whose plan may change when proxies of a mesh have become ready for mutual TLS: who calls them, where plain text is taken as well; nobody
 * where it is not.
 */
export function concernedByReadiness(mesh: MeshWorld, proxies: readonly string[]): Affected {
  const concerned = new Set<string>();
  if (mesh.mesh === undefined || enabledMtls(mesh.mesh)?.permissive !== true) return concerned;
  if (everyoneCalls(mesh)) return "all";
  for (const name of proxies) {
    for (const caller of callersOfDataplane(mesh, undefined, mesh.dataplanes.get(name))) concerned.add(caller);
  }
  return concerned;
}

const everyProxy = Symbol("every proxy");
type Concerned = Iterable<string | typeof everyProxy>;

/** What was and what is comes from the Worlds: several changes of one resource come to one. */
function concernedBy({ key }: Change, before: World, after: World): Concerned {
  const mesh = after.meshes.get(key.mesh);
  const [was, is] = [findResource(before, key), findResource(after, key)];
  if (was === is) return [];
  switch (key.kind) {
    case "Mesh":
      // Only whether there is a Mesh plays a part in plans, but that is for everyone.
      return [everyProxy];
    case "Dataplane":
      return [key.name, ...callersOfDataplane(mesh, was as Dataplane | undefined, is as Dataplane | undefined)];
    case "MeshService":
      return mesh === undefined ? [] : everyoneCalls(mesh) ? [everyProxy] : callersOfService(mesh, [was, is]);
    case "MeshExternalService":
      return mesh === undefined ? [] : callersOfService(mesh, [was, is]);
    case "MeshTLS":
      // Says something of inbounds to those who call them, whoever that is.
      return [everyProxy];
    case "MeshRetry":
      // Tags that it asks for are said of endpoints to whoever calls them.
      if (askedNames(before, key.mesh) !== askedNames(after, key.mesh)) return [everyProxy];
      return concernedByPolicies([[before.meshes.get(key.mesh), was as Policy | undefined], [mesh, is as Policy | undefined]]);
    default:
      return concernedByPolicies([[before.meshes.get(key.mesh), was as Policy | undefined], [mesh, is as Policy | undefined]]);
  }
}

function askedNames(world: World, name: string): readonly string[] | undefined {
  const mesh = world.meshes.get(name);
  return mesh === undefined ? undefined : askedTags(mesh).names;
}

/** Whether all have their connections redirected and reach every MeshService. */
function everyoneCalls({ dataplanes, index }: MeshWorld): boolean {
  return dataplanes.size > 0 && index.callersOfEverything.size === dataplanes.size;
}

function* concernedByPolicies(versions: readonly [MeshWorld | undefined, Policy | undefined][]): Generator<string | typeof everyProxy> {
  for (const [mesh, policy] of versions) yield* concernedByPolicy(mesh, policy);
}

/** Whoever calls a service for which this Dataplane provides something else than before. */
function callersOfDataplane(mesh: MeshWorld | undefined, before: Dataplane | undefined, after: Dataplane | undefined): ReadonlySet<string> {
  const callers = new Set<string>();
  if (mesh === undefined) return callers;
  for (const service of servicesIn(before, after)) {
    const tags = { [labelNames.service]: service };
    if (sameProviders(before, after, (dataplane) => taggedFace(dataplane, tags))) continue;
    for (const name of mesh.index.callersByServiceTag.get(service) ?? []) callers.add(name);
  }
  for (const service of servicesSelecting(mesh, before, after)) {
    if (sameProviders(before, after, (dataplane) => serviceFace(dataplane, service, mesh))) continue;
    for (const name of callersOfService(mesh, [service])) callers.add(name);
  }
  return callers;
}

function sameProviders(before: Dataplane | undefined, after: Dataplane | undefined, face: (dataplane: Dataplane) => unknown): boolean {
  return equalJson(before === undefined ? [] : face(before), after === undefined ? [] : face(after));
}

/** What callers by tags can see: they may ask for further tags, so all of them count. */
function taggedFace(dataplane: Dataplane, tags: Readonly<Record<string, string>>): unknown {
  const inbounds = (dataplane.spec.networking.inbound ?? []).filter((inbound) => matchesLabels(tags, inbound.tags));
  return [taggedProviders(dataplane, tags), inbounds.map((inbound) => inbound.tags)];
}

function serviceFace(dataplane: Dataplane, service: MeshService, mesh: MeshWorld): unknown {
  const marks = { takesTls: undefined, tagNames: askedTags(mesh).names };
  return (service.spec.ports ?? []).map((port) => serviceProviders(dataplane, service, port, marks)).filter((providers) => providers.length > 0);
}

function servicesIn(...dataplanes: readonly (Dataplane | undefined)[]): ReadonlySet<string> {
  const services = new Set<string>();
  for (const dataplane of dataplanes) {
    for (const { tags } of dataplane?.spec.networking.inbound ?? []) {
      const service = labelOf(tags, labelNames.service);
      if (service !== undefined) services.add(service);
    }
  }
  return services;
}

/** MeshServices that may take one of these for an endpoint. */
function servicesSelecting({ index }: MeshWorld, ...dataplanes: readonly (Dataplane | undefined)[]): ReadonlySet<MeshService> {
  const services = new Set<MeshService>();
  for (const dataplane of dataplanes) {
    if (dataplane === undefined) continue;
    for (const key of selectorKeysOf(dataplane)) {
      for (const service of index.servicesBySelector.get(key)?.values() ?? []) services.add(service);
    }
  }
  return services;
}

/** Whom a policy selects, as far as they call something that its `to` items name, or it says something of what comes to them. */
function* concernedByPolicy(mesh: MeshWorld | undefined, policy: Policy | undefined): Generator<string | typeof everyProxy> {
  if (mesh === undefined || policy === undefined) return;
  const refs = (policy.spec.to ?? []).map(({ targetRef }) => targetRef);
  const ofInbounds = entriesOf(policy).length > 0;
  if (refs.length === 0 && !ofInbounds) return;
  const callers = ofInbounds || refs.some(mayMeanAnything) ? undefined : refs.flatMap((ref) => callersOfTarget(mesh, ref));
  if (callers === undefined && isEveryone(mesh, policy)) yield everyProxy;
  else if (callers === undefined) for (const { name } of selectedProxies(mesh, policy)) yield name;
  else if (policySelectorKey(policy) === everyone) yield* selectedAmong(mesh, policy, callers);
  else for (const { name } of selectedProxies(mesh, policy)) if (callers.some((names) => names.has(name))) yield name;
}

function* selectedAmong({ dataplanes }: MeshWorld, policy: Policy, callers: readonly ImmutableSet<string>[]): Generator<string> {
  for (const names of callers) {
    for (const name of names) {
      const dataplane = dataplanes.get(name);
      if (dataplane !== undefined && selects(policy, dataplane)) yield name;
    }
  }
}
