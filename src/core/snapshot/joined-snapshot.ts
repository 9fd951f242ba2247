import { Sender } from "./encoded-cluster.ts";
import { ProxyResources } from "./proxy-resources.ts";
import type { EncodedResource, TypeSnapshot } from "./snapshot.ts";

/** Listeners and routes do not say who the sender is: they are alike for all. */
const anyone = new Sender("", "");
anyone.isShared = true;

/** All listeners, or routes, of a proxy that has most of them in common with others: it holds a few references, however many there are. */
export class JoinedSnapshot implements TypeSnapshot {
  readonly version: string;
  readonly sharedVersion: string;
  readonly resources: ReadonlyMap<string, EncodedResource>;

  /** @param hidden names of shared resources for which this proxy has no room. */
  constructor(shared: TypeSnapshot, own: TypeSnapshot, hidden?: ReadonlySet<string>) {
    this.sharedVersion = shared.version;
    this.version = `${shared.version}-${own.version}`;
    this.resources = new ProxyResources(shared.resources, anyone, own.resources, hidden);
  }
}
