import type { ProxyPlan } from "../model/plan.ts";
import { ClusterSnapshot } from "./cluster-snapshot.ts";
import { createDestinationSets } from "./destination-set.ts";
import { createListenerEncoder } from "./encode-listeners.ts";
import { Sender } from "./encoded-cluster.ts";
import { typeUrls, type Snapshot, type TypeSnapshot } from "./snapshot.ts";
import { WeakValues } from "./weak-values.ts";

/** Turns plans into bytes and remembers what it encoded. */
export interface SnapshotBuilder {
  /**
   * The snapshot of a plan. What is equal in two snapshots is the same object: a resource, and all resources of a type where proxies
   * have the same ones. After an edit only destinations that are other objects than before are encoded, once for all proxies, and
   * only as long as somebody holds a snapshot is what it is made of remembered.
   */
  build(plan: ProxyPlan): Snapshot;
}

const noSecrets: TypeSnapshot = { version: "", resources: new Map() };

export function createSnapshotBuilder(): SnapshotBuilder {
  const destinationSets = createDestinationSets();
  const listenerEncoder = createListenerEncoder();
  const senders = new WeakValues<string, Sender>();

  return {
    build(plan) {
      const set = destinationSets.of(plan.destinations, plan.mesh);
      const sender = senders.getOrMake(plan.senderTags, () => new Sender(plan.senderTags));
      const { listeners, localClusters } = listenerEncoder.parts(plan);
      const types = new Map<string, TypeSnapshot>([
        [typeUrls.cluster, new ClusterSnapshot(set, sender, localClusters)],
        [typeUrls.endpoints, set.endpoints],
        [typeUrls.listener, listeners],
        [typeUrls.route, set.routes],
        [typeUrls.secret, noSecrets],
      ]);
      return { types };
    },
  };
}
