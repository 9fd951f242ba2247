import { labelOf, matchesLabels, pairText } from "../base/labels.ts";
import type { Dataplane } from "../model/dataplane.ts";
import { displayNameOf, namespaceOf, zoneOf } from "../model/kri.ts";
import { labelNames } from "../model/label-names.ts";
import { isSystemNamespace } from "../model/namespaces.ts";
import { tagSetsOf } from "../model/selector-key.ts";
import { parseServiceName } from "../model/service-name.ts";
import type { Labels } from "../model/resource.ts";
import type { Policy, TargetRef } from "../model/target-ref.ts";
import type { MeshWorld } from "../model/world.ts";
import { dataplanesLabelled, dataplanesNamed, dataplanesOfService, dataplanesTagged } from "./candidates.ts";

/** True when a policy is only to be looked at (`kuma.io/effect: shadow`), not applied. */
export function isShadow(policy: Policy): boolean {
  return labelOf(policy.labels, labelNames.effect) === "shadow";
}

/**
 * True when the policy's top-level targetRef means this Dataplane and its labels let it reach there (Kuma 2.14, "Dataplane
 * matching"). A Dataplane without inbounds is a caller like any other. Shadow policies are not sorted out here.
 */
export function selects(policy: Policy, dataplane: Dataplane): boolean {
  return reaches(policy, dataplane) && meansDataplane(policy, dataplane);
}

/** True when a policy selects every Dataplane of the mesh, so that nobody has to be asked. False may mean that it is not seen at once. */
export function isEveryone(mesh: MeshWorld, policy: Policy): boolean {
  const { kind, proxyTypes, tags } = policy.spec.targetRef ?? { kind: "Mesh" };
  const meansAll = kind === "Mesh" || (kind === "MeshSubset" && Object.keys(tags ?? {}).length === 0);
  return meansAll && proxyTypes === undefined && reachesEveryone(mesh, policy);
}

function reachesEveryone({ dataplanes, index }: MeshWorld, { labels }: Policy): boolean {
  const zone = labelOf(labels, labelNames.zone);
  const everywhere = zone === undefined || labelOf(labels, labelNames.origin) !== "zone";
  const inZone = everywhere ? undefined : index.dataplanesByLabel.get(pairText(labelNames.zone, zone));
  return !isOfNamespace(labelOf(labels, labelNames.policyRole)) && (everywhere || inZone?.size === dataplanes.size);
}

/** True for the roles that reach no further than their own namespace. */
function isOfNamespace(role: string | undefined): boolean {
  return role === "consumer" || role === "workload-owner";
}

/** Zone and namespace: how far a policy reaches before its targetRef is asked. */
function reaches(policy: Policy, dataplane: Dataplane): boolean {
  const role = labelOf(policy.labels, labelNames.policyRole);
  const zone = labelOf(policy.labels, labelNames.zone);
  const ofZone = zone !== undefined && labelOf(policy.labels, labelNames.origin) === "zone" && role !== "producer";
  if (ofZone && labelOf(dataplane.labels, labelNames.origin) === "zone" && zoneOf(dataplane) !== zone) return false;
  return !isOfNamespace(role) || namespaceOf(dataplane) === namespaceOf(policy);
}

function meansDataplane(policy: Policy, dataplane: Dataplane): boolean {
  const ref: TargetRef = policy.spec.targetRef ?? { kind: "Mesh" };
  switch (ref.kind) {
    case "Mesh":
      return fitsProxyTypes(ref, dataplane);
    case "MeshSubset":
      return fitsProxyTypes(ref, dataplane) && hasTags(ref.tags ?? {}, dataplane);
    case "MeshService":
      return ref.name !== undefined && isOfService(policy, ref, {}, dataplane);
    case "MeshServiceSubset":
      return ref.name !== undefined && isOfService(policy, ref, ref.tags ?? {}, dataplane);
    case "Dataplane":
      return isDataplane(policy, ref, dataplane);
    default:
      return false;
  }
}

function fitsProxyTypes({ proxyTypes }: TargetRef, dataplane: Dataplane): boolean {
  const type = dataplane.spec.networking.gateway === undefined ? "Sidecar" : "Gateway";
  return proxyTypes === undefined || proxyTypes.length === 0 || proxyTypes.includes(type);
}

/** Tags are those of one inbound, never of several together. */
function hasTags(wanted: Labels, dataplane: Dataplane): boolean {
  return Object.keys(wanted).length === 0 || tagSetsOf(dataplane).some((tags) => matchesLabels(wanted, tags));
}

function isOfService(policy: Policy, ref: TargetRef, wanted: Labels, dataplane: Dataplane): boolean {
  return tagSetsOf(dataplane).some((tags) => isOfServiceTag(policy, ref, labelOf(tags, labelNames.service)) && matchesLabels(wanted, tags));
}

/** Whether a ref to a service means what the tag `kuma.io/service` says. */
export function isOfServiceTag(policy: Policy, ref: TargetRef, service: string | undefined): boolean {
  return service !== undefined && meansServiceTag(ref.name ?? "", meantNamespace(policy, ref), service);
}

function isDataplane(policy: Policy, ref: TargetRef, dataplane: Dataplane): boolean {
  if (ref.labels !== undefined) return matchesLabels(ref.labels, labelsWithName(dataplane));
  if (ref.name === undefined) return true;
  if (ref.name === dataplane.name && ref.namespace === undefined) return true;
  const namespace = meantNamespace(policy, ref);
  return ref.name === displayNameOf(dataplane) && fitsNamespace(namespace, namespaceOf(dataplane)) && fitsZone(policy, dataplane);
}

/** Labels as refs match them: without a display name label, the name stands for it. */
export function labelsWithName(resource: Dataplane | { readonly name: string; readonly labels: Labels }): Labels {
  if (labelOf(resource.labels, labelNames.displayName) !== undefined) return resource.labels;
  return { ...resource.labels, [labelNames.displayName]: resource.name };
}

/**
 * The namespace in which a policy means what it calls by name: the one it says, else its own. Undefined, which is every
 * namespace: a policy of the operator's, in a system namespace, and a policy without a namespace.
 */
export function meantNamespace(policy: Policy, ref: TargetRef): string | undefined {
  if (ref.namespace !== undefined) return ref.namespace;
  const own = namespaceOf(policy);
  return own === "" || isOperators(policy, own) ? undefined : own;
}

/** By its role, which was worked out from its namespace when it was read; by the namespace's name where nobody did that. */
function isOperators({ labels }: Policy, namespace: string): boolean {
  const role = labelOf(labels, labelNames.policyRole);
  return role === undefined ? isSystemNamespace(namespace) : role === "system";
}

export function fitsNamespace(wanted: string | undefined, namespace: string): boolean {
  return wanted === undefined || wanted === namespace;
}

/** What a policy of one zone calls by name is of that zone. */
export function fitsZone(policy: Policy, resource: { readonly labels: Labels }): boolean {
  return zoneOf(policy) === zoneOf(resource);
}

/**
 * True when a MeshService of this name, in this namespace, is what `kuma.io/service` says: the very value, or the Service that it
 * was derived from.
 */
export function meansServiceTag(name: string, namespace: string | undefined, tagValue: string): boolean {
  if (name === tagValue) return true;
  const derived = parseServiceName(tagValue);
  if (derived === undefined) return false;
  if (name === derived.service) return fitsNamespace(namespace, derived.namespace);
  return name === `${derived.service}_${derived.namespace}_svc`;
}

/** The Dataplanes that a policy selects, by name. Cost follows what is selected, or the rarest tag or label that is asked for. */
export function* selectedProxies(mesh: MeshWorld, policy: Policy): Generator<Dataplane> {
  for (const dataplane of candidates(mesh, policy)) if (selects(policy, dataplane)) yield dataplane;
}

function candidates(mesh: MeshWorld, policy: Policy): Iterable<Dataplane> {
  const ref: TargetRef = policy.spec.targetRef ?? { kind: "Mesh" };
  switch (ref.kind) {
    case "MeshSubset":
      return dataplanesTagged(mesh, ref.tags ?? {}).items;
    case "MeshService":
    case "MeshServiceSubset":
      return dataplanesOfService(mesh, ref.name ?? "").items;
    case "Dataplane":
      if (ref.labels !== undefined) return dataplanesLabelled(mesh, ref.labels).items;
      return ref.name === undefined ? mesh.dataplanes.values() : dataplanesNamed(mesh, ref.name).items;
    default:
      return inOwnNamespace(policy) && namespaceOf(policy) !== "" ? dataplanesLabelled(mesh, { [labelNames.namespace]: namespaceOf(policy) }).items : mesh.dataplanes.values();
  }
}

/** Those of consumers and of owners of workloads reach no further. */
function inOwnNamespace({ labels }: Policy): boolean {
  const role = labelOf(labels, labelNames.policyRole);
  return role === "consumer" || role === "workload-owner";
}
