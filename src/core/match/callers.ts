import type { Set as ImmutableSet } from "immutable";
import { labelOf, matchesLabels } from "../base/labels.ts";
import type { Dataplane } from "../model/dataplane.ts";
import { displayNameOf } from "../model/kri.ts";
import { labelNames } from "../model/label-names.ts";
import type { Resource } from "../model/resource.ts";
import { bareServiceName } from "../model/service-name.ts";
import type { TargetRef } from "../model/target-ref.ts";
import type { MeshWorld } from "../model/world.ts";
import { externalCandidates, serviceCandidates } from "./resolve-target.ts";

/** Whoever has an outbound that means, or may mean, one of these MeshServices and MeshExternalServices. */
export function callersOfService({ index, dataplanes }: MeshWorld, services: readonly (Resource | undefined)[]): ReadonlySet<string> {
  const callers = new Set<string>();
  for (const service of services) {
    if (service === undefined) continue;
    for (const name of new Set([service.name, displayNameOf(service)])) {
      for (const caller of index.callersByServiceName.get(name) ?? []) callers.add(caller);
    }
    if (service.kind === "MeshService") for (const caller of index.callersOfEverything) callers.add(caller);
    for (const caller of index.callersByLabels) if (callsByLabels(dataplanes.get(caller), service)) callers.add(caller);
  }
  return callers;
}

function callsByLabels(dataplane: Dataplane | undefined, service: Resource): boolean {
  const labels = { [labelNames.displayName]: service.name, ...service.labels };
  return (dataplane?.spec.networking.outbound ?? []).some(({ backendRef }) => {
    return backendRef?.kind === service.kind && backendRef.labels !== undefined && matchesLabels(backendRef.labels, labels);
  });
}

const inTaggedNames: ReadonlySet<string> = new Set([labelNames.displayName, labelNames.namespace]);

/** True for a ref that no index by names narrows down. */
export function mayMeanAnything({ kind, name, labels }: TargetRef): boolean {
  if (kind === "Mesh") return true;
  if (kind === "MeshExternalService") return false;
  const displayName = name ?? labelOf(labels, labelNames.displayName);
  return (displayName === undefined || displayName === "*") && Object.keys(labels ?? {}).every((key) => inTaggedNames.has(key));
}

/** Who calls a service that the ref may mean. */
export function callersOfTarget(mesh: MeshWorld, ref: TargetRef): readonly ImmutableSet<string>[] {
  const { callersByServiceTag, callersByServiceName, callersByLabels, callersOfEverything } = mesh.index;
  const name = ref.name ?? labelOf(ref.labels, labelNames.displayName);
  const external = ref.kind === "MeshExternalService";
  const names = name === undefined || external ? [] : [name, bareServiceName(name)];
  const services: readonly Resource[] = external ? externalCandidates(mesh, ref) : serviceCandidates(mesh, ref);
  const found = new Set(names.map((text) => callersByServiceTag.get(text)));
  for (const service of services) {
    for (const text of [service.name, displayNameOf(service)]) found.add(callersByServiceName.get(text));
  }
  if (services.length > 0) found.add(callersByLabels);
  if (services.length > 0 && !external) found.add(callersOfEverything);
  return [...found].filter((names) => names !== undefined);
}
