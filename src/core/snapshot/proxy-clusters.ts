import { rememberPairs } from "../base/remember.ts";
import type { Difference } from "./difference.ts";
import type { DestinationSet } from "./destination-set.ts";
import { EncodedBytes } from "./encoded-bytes.ts";
import { SenderCluster, type ClusterParts, type Sender } from "./encoded-cluster.ts";
import { markShared } from "./shared-list.ts";
import type { EncodedResource } from "./snapshot.ts";

type SharedCluster = ClusterParts | EncodedBytes;

/**
 * The clusters of one proxy by name: those of its destinations, as this sender has them, then those of its apps. A thousand proxies that
 * call the same destinations hold a few references each: a cluster as a sender has it is made when it is asked for.
 */
export class ProxyClusters implements ReadonlyMap<string, EncodedResource> {
  readonly #set: DestinationSet;
  readonly #sender: Sender;
  readonly #local: ReadonlyMap<string, EncodedResource>;

  constructor(set: DestinationSet, sender: Sender, local: ReadonlyMap<string, EncodedResource>) {
    this.#set = set;
    this.#sender = sender;
    this.#local = local;
  }

  get size(): number {
    let size = this.#set.clusters.size;
    for (const name of this.#local.keys()) size += this.#set.clusters.has(name) ? 0 : 1;
    return size;
  }

  get(name: string): EncodedResource | undefined {
    const shared = this.#set.clusters.get(name);
    return shared === undefined ? this.#local.get(name) : dress(shared, this.#sender);
  }

  has(name: string): boolean {
    return this.#set.clusters.has(name) || this.#local.has(name);
  }

  *entries(): MapIterator<[string, EncodedResource]> {
    for (const [name, cluster] of this.#set.clusters) yield [name, dress(cluster, this.#sender)];
    for (const [name, cluster] of this.#local) if (!this.#set.clusters.has(name)) yield [name, cluster];
  }

  *keys(): MapIterator<string> {
    for (const [name] of this.entries()) yield name;
  }

  *values(): MapIterator<EncodedResource> {
    for (const [, cluster] of this.entries()) yield cluster;
  }

  [Symbol.iterator](): MapIterator<[string, EncodedResource]> {
    return this.entries();
  }

  forEach(callback: (cluster: EncodedResource, name: string, map: ReadonlyMap<string, EncodedResource>) => void): void {
    for (const [name, cluster] of this.entries()) callback(cluster, name, this);
  }

  /** All of them; one list for all proxies of one sender where they have none of their own. */
  list(): readonly EncodedResource[] {
    return this.#local.size === 0 && this.#sender.isShared ? allForMany(this.#set, this.#sender) : [...this.entries()].map(([, cluster]) => cluster);
  }

  /**
   * What became of a proxy's clusters. Worked out once for all proxies that went from the same destinations to the same, and put down once
   * for those of one sender. Undefined when more has changed than destinations: then somebody has to look at each cluster.
   */
  since(before: ProxyClusters): Difference | undefined {
    if (this.#sender !== before.#sender || this.#local !== before.#local) return undefined;
    for (const name of this.#local.keys()) {
      if (this.#set.clusters.has(name) || before.#set.clusters.has(name)) return undefined;
    }
    const { changed, gone } = differenceOf(before.#set, this.#set);
    return { changed: this.#sender.isShared ? dressForMany(changed, this.#sender) : dressAll(changed, this.#sender), gone };
  }
}

function dress(cluster: SharedCluster, sender: Sender): EncodedResource {
  return cluster instanceof EncodedBytes ? cluster : new SenderCluster(cluster, sender);
}

function dressAll(clusters: readonly SharedCluster[], sender: Sender): readonly EncodedResource[] {
  return clusters.map((cluster) => dress(cluster, sender));
}

const dressForMany = rememberPairs((clusters: readonly SharedCluster[], sender: Sender): readonly EncodedResource[] => {
  const list = dressAll(clusters, sender);
  markShared(list);
  return list;
});

const allForMany = rememberPairs((set: DestinationSet, sender: Sender): readonly EncodedResource[] => {
  const list = dressAll([...set.clusters.values()], sender);
  markShared(list);
  return list;
});

const differenceOf = rememberPairs((before: DestinationSet, after: DestinationSet) => ({
  changed: [...after.clusters.values()].filter(({ name, version }) => before.clusters.get(name)?.version !== version),
  gone: [...before.clusters.keys()].filter((name) => !after.clusters.has(name)),
}));
