import type { DestinationSet } from "./destination-set.ts";
import { EncodedBytes } from "./encoded-bytes.ts";
import type { Sender } from "./encoded-cluster.ts";
import type { EncodedResource, TypeSnapshot } from "./snapshot.ts";
import { WeakValues } from "./weak-values.ts";

/** Gives proxies with the same destinations the same clusters, unless sender or apps differ: replicas of a service share one map. */
export function createClusterSnapshots(): { of(set: DestinationSet, sender: Sender, local: TypeSnapshot): TypeSnapshot } {
  const known = new WeakMap<DestinationSet, WeakValues<string, TypeSnapshot>>();
  return {
    of(set, sender, local) {
      let ofSet = known.get(set);
      if (ofSet === undefined) known.set(set, (ofSet = new WeakValues()));
      const version = versionFor(set, sender, local);
      return ofSet.getOrMake(version, () => new ClusterSnapshot(version, set, sender, local));
    },
  };
}

function versionFor(set: DestinationSet, sender: Sender, local: TypeSnapshot): string {
  const named = set.namesSender && sender.version !== "" ? `${set.clustersVersion}-${sender.version}` : set.clustersVersion;
  return local.resources.size === 0 ? named : `${named}-${local.version}`;
}

/** Clusters that are put together when somebody looks: a proxy that is not connected costs next to nothing. */
class ClusterSnapshot implements TypeSnapshot {
  readonly version: string;
  readonly #set: DestinationSet;
  readonly #sender: Sender;
  readonly #local: TypeSnapshot;
  #resources: ReadonlyMap<string, EncodedResource> | undefined;

  constructor(version: string, set: DestinationSet, sender: Sender, local: TypeSnapshot) {
    this.version = version;
    this.#set = set;
    this.#sender = sender;
    this.#local = local;
  }

  get resources(): ReadonlyMap<string, EncodedResource> {
    return (this.#resources ??= this.#make());
  }

  #make(): ReadonlyMap<string, EncodedResource> {
    const resources = new Map<string, EncodedResource>();
    for (const cluster of this.#set.clusters) {
      resources.set(cluster.name, cluster instanceof EncodedBytes ? cluster : this.#sender.clusterOf(cluster));
    }
    for (const [name, cluster] of this.#local.resources) {
      if (!resources.has(name)) resources.set(name, cluster);
    }
    return resources;
  }
}
