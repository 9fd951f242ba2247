import type { DestinationSet } from "./destination-set.ts";
import type { Sender } from "./encoded-cluster.ts";
import { ProxyResources } from "./proxy-resources.ts";
import type { EncodedResource, TypeSnapshot } from "./snapshot.ts";

/** All clusters of one proxy. Its versions are put together when somebody asks: a proxy that is not connected costs next to nothing. */
export class ClusterSnapshot implements TypeSnapshot {
  readonly resources: ReadonlyMap<string, EncodedResource>;
  readonly #set: DestinationSet;
  readonly #sender: Sender;
  readonly #local: TypeSnapshot;
  #version: string | undefined;

  constructor(set: DestinationSet, sender: Sender, local: TypeSnapshot) {
    this.resources = new ProxyResources(set.clusters, sender, local.resources);
    this.#set = set;
    this.#sender = sender;
    this.#local = local;
  }

  get version(): string {
    return (this.#version ??= this.#local.resources.size === 0 ? this.sharedVersion : `${this.sharedVersion}-${this.#local.version}`);
  }

  get sharedVersion(): string {
    const { clustersVersion, namesSender } = this.#set;
    return namesSender && this.#sender.version !== "" ? `${clustersVersion}-${this.#sender.version}` : clustersVersion;
  }
}
