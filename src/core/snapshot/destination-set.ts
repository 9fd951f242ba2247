import type { DestinationPlan } from "../model/plan.ts";
import { createDestinationEncoder, type DestinationParts } from "./destination-parts.ts";
import { EncodedBytes } from "./encoded-bytes.ts";
import type { ClusterParts } from "./encoded-cluster.ts";
import type { TypeSnapshot } from "./snapshot.ts";
import { byName, createTypeSnapshots } from "./type-snapshot.ts";
import { contentHashOf } from "../base/hash.ts";
import { WeakValues } from "./weak-values.ts";

/** What proxies with the same destinations share: everything but who they are and where they listen. */
export interface DestinationSet {
  readonly parts: readonly DestinationParts[];
  /** Sorted by name. */
  readonly clusters: ReadonlyMap<string, ClusterParts | EncodedBytes>;
  /** Hash over names and versions of the clusters, without a sender. */
  readonly clustersVersion: string;
  /** Whether any of the clusters says who the sender is. */
  readonly namesSender: boolean;
  readonly endpoints: TypeSnapshot;
  readonly routes: TypeSnapshot;
}

/** Finds the set of a plan's destinations, by identity: at most a few steps a destination for every proxy after the first. */
export function createDestinationSets(): { of(destinations: readonly DestinationPlan[], mesh: string): DestinationSet } {
  const encoder = createDestinationEncoder();
  const typeSnapshots = createTypeSnapshots();
  // By a number made of the parts' ordinals. Should two sets have one number, the later takes the place: sharing is lost, nothing else.
  const known = new WeakValues<number, DestinationSet>();
  // The planner gives proxies with the same outbounds the same list.
  const byList = new WeakMap<readonly DestinationPlan[], DestinationSet>();

  function make(parts: readonly DestinationParts[]): DestinationSet {
    const clusters = parts.map(({ cluster }) => cluster).sort(byName);
    return {
      parts,
      clusters: new Map(clusters.map((cluster) => [cluster.name, cluster])),
      clustersVersion: contentHashOf(clusters.flatMap(({ name, version }) => [name, version])),
      namesSender: clusters.some((cluster) => !(cluster instanceof EncodedBytes)),
      endpoints: typeSnapshots.of(parts.flatMap(({ endpoints }) => endpoints ?? [])),
      routes: typeSnapshots.of(parts.flatMap(({ routes }) => routes ?? [])),
    };
  }

  function find(destinations: readonly DestinationPlan[], mesh: string): DestinationSet {
    const parts = destinations.map((destination) => encoder.parts(destination, mesh));
    const key = parts.reduce((sum, { ordinal }) => (Math.imul(sum, 31) + ordinal) | 0, parts.length);
    const found = known.get(key);
    if (found?.parts.length === parts.length && found.parts.every((part, i) => part === parts[i])) return found;
    const made = make(parts);
    known.set(key, made);
    return made;
  }

  return {
    of(destinations, mesh) {
      let set = byList.get(destinations);
      if (set === undefined) byList.set(destinations, (set = find(destinations, mesh)));
      return set;
    },
  };
}
