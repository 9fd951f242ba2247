import { Map as ImmutableMap, Set as ImmutableSet } from "immutable";
import { labelOf, pairText } from "../base/labels.ts";
import type { Dataplane } from "./dataplane.ts";
import { displayNameOf } from "./kri.ts";
import { labelNames } from "./label-names.ts";
import type { MeshExternalService } from "./mesh-external-service.ts";
import type { MeshService } from "./mesh-service.ts";
import type { Resource, ResourceKey } from "./resource.ts";
import { reachableLookupNames, reachableServices } from "./reachable-services.ts";
import { policySelectorKey, serviceSelectorKey, tagSetsOf } from "./selector-key.ts";
import { serviceLookupNames } from "./service-name.ts";
import type { Policy } from "./target-ref.ts";
import type { Change, MeshIndex } from "./world.ts";

type Entries<R extends Resource> = ImmutableMap<string, ImmutableMap<string, R>>;

/** The index of a mesh in which there is nothing. */
export const emptyMeshIndex: MeshIndex = {
  dataplanesByTag: ImmutableMap(),
  dataplanesByLabel: ImmutableMap(),
  dataplanesByName: ImmutableMap(),
  servicesByLabel: ImmutableMap(),
  servicesByName: ImmutableMap(),
  externalServicesByLabel: ImmutableMap(),
  externalServicesByName: ImmutableMap(),
  servicesBySelector: ImmutableMap(),
  policiesBySelector: ImmutableMap(),
  callersByServiceTag: ImmutableMap(),
  callersByServiceName: ImmutableMap(),
  callersByLabels: ImmutableSet(),
  callersOfEverything: ImmutableSet(),
};

/**
 * The index after one change of a resource in the mesh; `before` must be what the index holds. Its cost follows the resource;
 * entries that the change does not touch stay the same objects.
 */
export function reindex(index: MeshIndex, { key, before, after }: Change): MeshIndex {
  switch (key.kind) {
    case "Mesh":
      return index;
    case "Dataplane":
      return reindexDataplane(index, key.name, before as Dataplane | undefined, after as Dataplane | undefined);
    case "MeshService":
      return reindexService(index, key.name, before as MeshService | undefined, after as MeshService | undefined);
    case "MeshExternalService":
      return reindexExternal(index, key.name, before as MeshExternalService | undefined, after as MeshExternalService | undefined);
    default:
      return reindexPolicy(index, key, before as Policy | undefined, after as Policy | undefined);
  }
}

function reindexDataplane(index: MeshIndex, name: string, before: Dataplane | undefined, after: Dataplane | undefined): MeshIndex {
  return {
    ...index,
    dataplanesByTag: moved(index.dataplanesByTag, name, tagKeys(before), tagKeys(after), after),
    dataplanesByLabel: moved(index.dataplanesByLabel, name, labelKeys(before), labelKeys(after), after),
    dataplanesByName: moved(index.dataplanesByName, name, nameKeys(before), nameKeys(after), after),
    callersByServiceTag: movedName(index.callersByServiceTag, name, calledTags(before), calledTags(after)),
    callersByServiceName: movedName(index.callersByServiceName, name, calledNames(before), calledNames(after)),
    callersByLabels: callsByLabels(after) ? index.callersByLabels.add(name) : index.callersByLabels.remove(name),
    callersOfEverything: movedCaller(index.callersOfEverything, name, callsEverything(before), callsEverything(after)),
  };
}

function reindexService(index: MeshIndex, name: string, before: MeshService | undefined, after: MeshService | undefined): MeshIndex {
  const selectorKeys = (service: MeshService | undefined) => new Set(service === undefined ? [] : [serviceSelectorKey(service)]);
  return {
    ...index,
    servicesByLabel: moved(index.servicesByLabel, name, labelKeys(before), labelKeys(after), after),
    servicesByName: moved(index.servicesByName, name, nameKeys(before), nameKeys(after), after),
    servicesBySelector: moved(index.servicesBySelector, name, selectorKeys(before), selectorKeys(after), after),
  };
}

function reindexExternal(
  index: MeshIndex,
  name: string,
  before: MeshExternalService | undefined,
  after: MeshExternalService | undefined,
): MeshIndex {
  return {
    ...index,
    externalServicesByLabel: moved(index.externalServicesByLabel, name, labelKeys(before), labelKeys(after), after),
    externalServicesByName: moved(index.externalServicesByName, name, nameKeys(before), nameKeys(after), after),
  };
}

function reindexPolicy(index: MeshIndex, key: ResourceKey, before: Policy | undefined, after: Policy | undefined): MeshIndex {
  const { kind, name } = key;
  const keys = (policy: Policy | undefined) => new Set(policy === undefined ? [] : [policySelectorKey(policy)]);
  const ofKind = index.policiesBySelector.get(kind) ?? ImmutableMap<string, ImmutableMap<string, Policy>>();
  const entries = moved(ofKind, name, keys(before), keys(after), after);
  const policiesBySelector = entries.isEmpty() ? index.policiesBySelector.remove(kind) : index.policiesBySelector.set(kind, entries);
  return { ...index, policiesBySelector };
}

function tagKeys(dataplane: Dataplane | undefined): ReadonlySet<string> {
  const keys = new Set<string>();
  if (dataplane === undefined) return keys;
  for (const tags of tagSetsOf(dataplane)) {
    for (const [key, value] of Object.entries(tags)) {
      for (const text of key === labelNames.service ? serviceLookupNames(value) : [value]) keys.add(pairText(key, text));
    }
  }
  return keys;
}

function labelKeys(resource: Resource | undefined): ReadonlySet<string> {
  return new Set(Object.entries(resource?.labels ?? {}).map(([key, value]) => pairText(key, value)));
}

function nameKeys(resource: Resource | undefined): ReadonlySet<string> {
  return new Set(resource === undefined ? [] : [displayNameOf(resource)]);
}

function calledTags(dataplane: Dataplane | undefined): ReadonlySet<string> {
  const services = (dataplane?.spec.networking.outbound ?? []).map(({ tags }) => labelOf(tags, labelNames.service));
  return new Set(services.flatMap((service) => (service === undefined ? [] : serviceLookupNames(service))));
}

function calledNames(dataplane: Dataplane | undefined): ReadonlySet<string> {
  const outbounds = dataplane?.spec.networking.outbound ?? [];
  const named = outbounds.flatMap(({ backendRef }) => (backendRef?.name === undefined ? [] : [backendRef.name]));
  const reachable = dataplane === undefined ? undefined : reachableServices(dataplane);
  return new Set(reachable === undefined || reachable === "all" ? named : [...named, ...reachable.flatMap(reachableLookupNames)]);
}

function callsEverything(dataplane: Dataplane | undefined): boolean {
  return dataplane !== undefined && reachableServices(dataplane) === "all";
}

function callsByLabels(dataplane: Dataplane | undefined): boolean {
  return (dataplane?.spec.networking.outbound ?? []).some(({ backendRef }) => backendRef?.labels !== undefined);
}

function movedCaller(names: ImmutableSet<string>, name: string, before: boolean, after: boolean): ImmutableSet<string> {
  if (before === after) return names;
  return after ? names.add(name) : names.remove(name);
}

/** Takes a resource out of the entries that it left and puts its new version into all that it is in. */
function moved<R extends Resource>(
  entries: Entries<R>,
  name: string,
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
  resource: R | undefined,
): Entries<R> {
  return entries.withMutations((draft) => {
    for (const key of before) {
      if (after.has(key)) continue;
      const rest = draft.get(key)?.remove(name);
      if (rest === undefined || rest.isEmpty()) draft.remove(key);
      else draft.set(key, rest);
    }
    if (resource === undefined) return;
    for (const key of after) draft.set(key, draft.get(key, ImmutableMap<string, R>()).set(name, resource));
  });
}

function movedName(
  entries: ImmutableMap<string, ImmutableSet<string>>,
  name: string,
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
): ImmutableMap<string, ImmutableSet<string>> {
  return entries.withMutations((draft) => {
    for (const key of before) {
      if (after.has(key)) continue;
      const rest = draft.get(key)?.remove(name);
      if (rest === undefined || rest.isEmpty()) draft.remove(key);
      else draft.set(key, rest);
    }
    for (const key of after) draft.set(key, draft.get(key, ImmutableSet<string>()).add(name));
  });
}
