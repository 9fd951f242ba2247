import { List, Map as ImmutableMap } from "immutable";
import { labelOf, pairText } from "../base/labels.ts";
import type { Dataplane } from "../model/dataplane.ts";
import { labelNames } from "../model/label-names.ts";
import type { Labels, Resource } from "../model/resource.ts";
import { bareServiceName } from "../model/service-name.ts";
import type { MeshWorld } from "../model/world.ts";

/**
 * Resources among which all that are wanted are found, and the parts of the World that they were read from: while those are the
 * same objects, so are the resources.
 */
export interface Candidates<R extends Resource> {
  readonly readFrom: readonly unknown[];
  readonly items: Iterable<R>;
}

type Listed<R extends Resource> = ImmutableMap<string, R>;
type PairIndex<R extends Resource> = ImmutableMap<string, Listed<R>>;

const none = ImmutableMap<string, never>();

/**
 * Of all that an index lists under the wanted pairs, the shortest list: whoever has all pairs is on it. Pairs with `*` are not
 * looked up; where no other pair is wanted, it is everything.
 */
export function withPairs<R extends Resource>(everything: Listed<R>, index: PairIndex<R>, wanted: Labels): Candidates<R> {
  let smallest = everything;
  for (const [key, value] of Object.entries(wanted)) {
    if (value === "*") continue;
    const listed = index.get(pairText(key, value)) ?? none;
    if (listed.size < smallest.size) smallest = listed;
  }
  return { readFrom: [smallest], items: smallest.values() };
}

/** Dataplanes of this name or display name. */
export function dataplanesNamed({ dataplanes, index }: MeshWorld, name: string): Candidates<Dataplane> {
  const exact = dataplanes.get(name);
  const displayed = index.dataplanesByName.get(name);
  return { readFrom: [exact, displayed], items: new Set([...(exact === undefined ? [] : [exact]), ...(displayed?.values() ?? [])]) };
}

export function dataplanesLabelled(mesh: MeshWorld, labels: Labels): Candidates<Dataplane> {
  const name = labelOf(labels, labelNames.displayName);
  if (name !== undefined && name !== "*") return dataplanesNamed(mesh, name);
  return withPairs(mesh.dataplanes, mesh.index.dataplanesByLabel, labels);
}

export function dataplanesTagged(mesh: MeshWorld, tags: Labels): Candidates<Dataplane> {
  return withPairs(mesh.dataplanes, mesh.index.dataplanesByTag, tags);
}

/** Dataplanes that are part of a service: by the value of `kuma.io/service`, or by the bare name of the Service it was derived from. */
export function dataplanesOfService({ index }: MeshWorld, name: string): Candidates<Dataplane> {
  const bare = bareServiceName(name);
  const listed = index.dataplanesByTag.get(pairText(labelNames.service, bare)) ?? none;
  return { readFrom: [listed], items: listed.values() };
}

/** No Dataplane at all. */
export const noDataplanes: Candidates<Dataplane> = { readFrom: [], items: List<Dataplane>() };
