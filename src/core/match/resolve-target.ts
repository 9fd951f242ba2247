import { labelOf, matchesLabels } from "../base/labels.ts";
import { displayNameOf, namespaceOf } from "../model/kri.ts";
import { labelNames } from "../model/label-names.ts";
import { portName } from "../model/mesh-service.ts";
import type { MeshExternalService } from "../model/mesh-external-service.ts";
import type { MeshService, MeshServicePort } from "../model/mesh-service.ts";
import type { Labels, Resource } from "../model/resource.ts";
import { bareServiceName, parseServiceName } from "../model/service-name.ts";
import type { Policy, TargetRef } from "../model/target-ref.ts";
import type { MeshWorld } from "../model/world.ts";
import { dataplanesOfService, withPairs } from "./candidates.ts";
import { fitsNamespace, fitsZone, labelsWithName, meansServiceTag, meantNamespace } from "./select-policies.ts";
import { meshExternalServices, meshServices } from "./service-tables.ts";
import type { ServiceTable } from "./service-tables.ts";

/** What an outbound leads to and a `to` can mean. */
export type Target =
  | { readonly kind: "tagged"; /** Value of `kuma.io/service`. */ readonly service: string }
  | { readonly kind: "service"; readonly service: MeshService; readonly port: MeshServicePort }
  | { readonly kind: "external"; readonly service: MeshExternalService };

/** True when a policy's `to[].targetRef` means this target (Kuma 2.14, "resolving to.targetRef"). */
export function meansTarget(policy: Policy, ref: TargetRef, target: Target): boolean {
  if (ref.kind === "Mesh") return true;
  if (target.kind === "external") return ref.kind === "MeshExternalService" && meansExternal(policy, ref, target.service);
  if (ref.kind !== "MeshService" || !fitsSection(ref, target)) return false;
  if (target.kind === "tagged") return meansTagged(policy, ref, target.service);
  return ref.labels === undefined ? isNamed(policy, ref, target) : matchesLabels(ref.labels, labelsWithName(target.service));
}

/** The names under which items that name their service may mean this target. */
export function targetNames(target: Target): readonly string[] {
  if (target.kind !== "tagged") return [displayNameOf(target.service)];
  const derived = parseServiceName(target.service);
  return derived === undefined ? [target.service] : [target.service, derived.service];
}

function meansTagged(policy: Policy, ref: TargetRef, service: string): boolean {
  if (ref.labels === undefined) return meansServiceTag(ref.name ?? "", meantNamespace(policy, ref), service);
  return matchesLabels(ref.labels, labelsOfTagged(service));
}

/** A service that only tags name has no labels; the form that knows only labels reaches it by name and namespace all the same. */
function labelsOfTagged(service: string): Labels {
  const derived = parseServiceName(service);
  if (derived === undefined) return { [labelNames.displayName]: service };
  return { [labelNames.displayName]: derived.service, [labelNames.namespace]: derived.namespace };
}

function isNamed(policy: Policy, ref: TargetRef, { service, port }: Extract<Target, { kind: "service" }>): boolean {
  const derived = ref.sectionName === undefined ? parseServiceName(ref.name ?? "") : undefined;
  if (derived?.service === displayNameOf(service) && derived.namespace === namespaceOf(service)) {
    return derived.port === undefined || derived.port === port.port;
  }
  return isCalled(policy, ref, service);
}

function meansExternal(policy: Policy, ref: TargetRef, service: MeshExternalService): boolean {
  return ref.labels === undefined ? isCalled(policy, ref, service) : matchesLabels(ref.labels, labelsWithName(service));
}

function isCalled(policy: Policy, ref: TargetRef, service: Resource): boolean {
  if (ref.name !== displayNameOf(service) || !fitsZone(policy, service)) return false;
  return fitsNamespace(meantNamespace(policy, ref), namespaceOf(service));
}

/** A port by its name. A service that only tags name has one port at most: the one in its derived name. */
function fitsSection({ sectionName }: TargetRef, target: Exclude<Target, { kind: "external" }>): boolean {
  if (sectionName === undefined) return true;
  if (target.kind === "service") return portName(target.port) === sectionName;
  const port = parseServiceName(target.service)?.port;
  return port !== undefined && String(port) === sectionName;
}

/** All targets of a mesh that a `to` item means and that somebody provides. For `kind: Mesh` that is not asked: none. */
export function targetsMeant(mesh: MeshWorld, policy: Policy, ref: TargetRef): readonly Target[] {
  if (ref.kind === "MeshExternalService") return externalsMeant(mesh, policy, ref);
  if (ref.kind !== "MeshService") return [];
  const targets: Target[] = [...taggedCandidates(mesh, ref)].map((service) => ({ kind: "tagged", service }));
  for (const service of serviceCandidates(mesh, ref)) {
    for (const port of service.spec.ports ?? []) targets.push({ kind: "service", service, port });
  }
  return targets.filter((target) => meansTarget(policy, ref, target));
}

function externalsMeant(mesh: MeshWorld, policy: Policy, ref: TargetRef): readonly Target[] {
  const targets = externalCandidates(mesh, ref).map((service): Target => ({ kind: "external", service }));
  return targets.filter((target) => meansTarget(policy, ref, target));
}

/** True when somebody, ready or not, is part of the target. A MeshService or MeshExternalService is there by itself. */
export function isProvided(mesh: MeshWorld, target: Target): boolean {
  if (target.kind !== "tagged") return true;
  for (const { spec } of dataplanesOfService(mesh, target.service).items) {
    if (spec.networking.inbound?.some(({ tags }) => labelOf(tags, labelNames.service) === target.service) === true) return true;
  }
  return false;
}

/** Values of `kuma.io/service` that some inbound has and that may be meant, sorted. */
function taggedCandidates(mesh: MeshWorld, ref: TargetRef): readonly string[] {
  const name = ref.name ?? labelOf(ref.labels, labelNames.displayName);
  if (name === undefined) return [];
  const services = new Set<string>();
  for (const dataplane of dataplanesOfService(mesh, name).items) {
    for (const { tags } of dataplane.spec.networking.inbound ?? []) {
      const service = labelOf(tags, labelNames.service);
      if (service !== undefined) services.add(service);
    }
  }
  return [...services].sort();
}

/** MeshServices that may be meant, sorted by name. */
export function serviceCandidates(mesh: MeshWorld, ref: TargetRef): readonly MeshService[] {
  return namedOrLabelled(meshServices(mesh), ref);
}

/** MeshExternalServices that may be meant, sorted by name. */
export function externalCandidates(mesh: MeshWorld, ref: TargetRef): readonly MeshExternalService[] {
  return namedOrLabelled(meshExternalServices(mesh), ref);
}

function namedOrLabelled<R extends Resource>({ all, byLabel, byName }: ServiceTable<R>, ref: TargetRef): readonly R[] {
  const name = ref.name ?? labelOf(ref.labels, labelNames.displayName);
  const found = (): Iterable<R> => {
    if (name === undefined || name === "*") return withPairs(all, byLabel, ref.labels ?? {}).items;
    return [...new Set([name, bareServiceName(name)])].flatMap((text) => [...(byName.get(text)?.values() ?? [])]);
  };
  return [...found()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
