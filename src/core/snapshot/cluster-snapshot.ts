import type { DestinationSet } from "./destination-set.ts";
import { EncodedBytes } from "./encoded-bytes.ts";
import { SenderCluster, type Sender } from "./encoded-cluster.ts";
import type { EncodedResource, TypeSnapshot } from "./snapshot.ts";
import { versionOf } from "./type-snapshot.ts";

/** All clusters of one proxy. What is its own is made when somebody looks: a proxy that is not connected costs next to nothing. */
export class ClusterSnapshot implements TypeSnapshot {
  readonly #set: DestinationSet;
  readonly #sender: Sender;
  readonly #local: readonly EncodedResource[];
  #earlier: ReadonlyMap<string, EncodedResource> | undefined;
  #version: string | undefined;
  #resources: ReadonlyMap<string, EncodedResource> | undefined;

  /** @param earlier the clusters that the same proxy had before; what is equal in them is taken over. */
  constructor(set: DestinationSet, sender: Sender, local: readonly EncodedResource[], earlier: ClusterSnapshot | undefined) {
    this.#set = set;
    this.#sender = sender;
    this.#local = local;
    // Only what it made: a chain of snapshots must not hold each other.
    this.#earlier = earlier !== undefined && earlier.#sender === sender ? earlier.#resources : undefined;
  }

  get version(): string {
    return (this.#version ??= [
      this.#set.clustersVersion,
      ...(this.#set.namesSender && this.#sender.version !== "" ? [this.#sender.version] : []),
      ...(this.#local.length > 0 ? [versionOf(this.#local)] : []),
    ].join("-"));
  }

  get resources(): ReadonlyMap<string, EncodedResource> {
    return (this.#resources ??= this.#make());
  }

  #make(): ReadonlyMap<string, EncodedResource> {
    const resources = new Map<string, EncodedResource>();
    for (const cluster of this.#set.clusters) {
      const before = this.#earlier?.get(cluster.name);
      if (cluster instanceof EncodedBytes) resources.set(cluster.name, cluster);
      else if (before instanceof SenderCluster && before.parts === cluster) resources.set(cluster.name, before);
      else resources.set(cluster.name, new SenderCluster(cluster, this.#sender));
    }
    for (const cluster of this.#local) {
      if (!resources.has(cluster.name)) resources.set(cluster.name, cluster);
    }
    this.#earlier = undefined;
    return resources;
  }
}
