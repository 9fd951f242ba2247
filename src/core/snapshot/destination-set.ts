import { rememberPairs } from "../base/remember.ts";
import type { DestinationPlan } from "../model/plan.ts";
import { keyText } from "../model/resource.ts";
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
export interface DestinationSets {
  /** @param before the set that the same proxy had: what did not change in it is taken over, and hashed no second time. */
  of(destinations: readonly DestinationPlan[], mesh: string, before?: DestinationSet): DestinationSet;
}

export function createDestinationSets(): DestinationSets {
  const encoder = createDestinationEncoder();
  const typeSnapshots = createTypeSnapshots();
  // By a number made of the parts' ordinals. Should two sets have one number, the later takes the place: sharing is lost, nothing else.
  const known = new WeakValues<number, DestinationSet>();
  // The planner gives proxies with the same outbounds the same list.
  const byList = new WeakMap<readonly DestinationPlan[], DestinationSet>();

  // Where many groups of proxies call the same services, all of them see the same endpoints change.
  const withOther = rememberPairs((endpoints: TypeSnapshot, other: EncodedBytes): TypeSnapshot => {
    return typeSnapshots.of([...endpoints.resources.values()].map((one) => (one.name === other.name ? other : one)));
  });

  function endpointsOf(parts: readonly DestinationParts[], before: DestinationSet | undefined): TypeSnapshot {
    const changed = before === undefined ? undefined : changedEndpoints(parts, before.parts);
    if (before === undefined || changed === undefined) return typeSnapshots.of(parts.flatMap(({ endpoints }) => endpoints ?? []));
    return changed.reduce(withOther, before.endpoints);
  }

  function make(parts: readonly DestinationParts[], before: DestinationSet | undefined): DestinationSet {
    const sameRoutes = before?.parts.length === parts.length && parts.every(({ routes }, i) => routes === before.parts[i]?.routes);
    return {
      parts,
      ...(before !== undefined && sameClusters(parts, before.parts) ? clustersIn(before) : clustersOf(parts)),
      endpoints: endpointsOf(parts, before),
      routes: sameRoutes ? before.routes : typeSnapshots.of(parts.flatMap(({ routes }) => routes ?? [])),
    };
  }

  function find(destinations: readonly DestinationPlan[], mesh: string, before: DestinationSet | undefined): DestinationSet {
    const parts = destinations.map((destination) => encoder.parts(destination, mesh));
    const key = parts.reduce((sum, { ordinal }) => (Math.imul(sum, 31) + ordinal) | 0, parts.length);
    const found = known.get(key);
    if (found?.parts.length === parts.length && found.parts.every((part, i) => part === parts[i])) return found;
    const made = make(parts, before);
    known.set(key, made);
    return made;
  }

  return {
    of(destinations, mesh, before) {
      let set = byList.get(destinations);
      if (set === undefined) byList.set(destinations, (set = find(destinations, mesh, before)));
      return set;
    },
  };
}

type Clusters = Pick<DestinationSet, "clusters" | "clustersVersion" | "namesSender">;

function clustersOf(parts: readonly DestinationParts[]): Clusters {
  const clusters = parts.map(({ cluster }) => cluster).sort(byName);
  return {
    clusters: new Map(clusters.map((cluster) => [cluster.name, cluster])),
    clustersVersion: contentHashOf(clusters.flatMap(({ name, version }) => [name, version])),
    namesSender: clusters.some((cluster) => !(cluster instanceof EncodedBytes)),
  };
}

function clustersIn({ clusters, clustersVersion, namesSender }: DestinationSet): Clusters {
  return { clusters, clustersVersion, namesSender };
}

/** Whether all clusters have the bytes that they had and are due to the same policies. */
function sameClusters(parts: readonly DestinationParts[], before: readonly DestinationParts[]): boolean {
  return parts.length === before.length && parts.every((part, i) => part === before[i] || sameCluster(part.cluster, before[i]?.cluster));
}

function sameCluster(one: DestinationParts["cluster"], other: DestinationParts["cluster"] | undefined): boolean {
  const alike = one.name === other?.name && one.version === other.version && one instanceof EncodedBytes === other instanceof EncodedBytes;
  return alike && one.madeFrom.length === other.madeFrom.length && one.madeFrom.every((key, i) => keyText(key) === keyText(other.madeFrom[i] ?? key));
}

/** More than so many are put together anew. */
const fewChanges = 8;

/** The endpoints that are others than before, where they are few and belong to the same destinations. */
function changedEndpoints(parts: readonly DestinationParts[], before: readonly DestinationParts[]): readonly EncodedBytes[] | undefined {
  if (parts.length !== before.length) return undefined;
  const changed: EncodedBytes[] = [];
  for (const [i, { endpoints }] of parts.entries()) {
    const earlier = before[i]?.endpoints;
    if (endpoints === earlier) continue;
    if (endpoints === undefined || endpoints.name !== earlier?.name || changed.length === fewChanges) return undefined;
    changed.push(endpoints);
  }
  return changed;
}
