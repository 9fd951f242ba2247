import type { ProxyPlan } from "../model/plan.ts";
import { ClusterSnapshot } from "./cluster-snapshot.ts";
import { createDestinationSets } from "./destination-set.ts";
import { createListenerEncoder, listensAlike, type ListeningParts } from "./encode-listeners.ts";
import { Sender } from "./encoded-cluster.ts";
import { typeUrls, type Snapshot, type TypeSnapshot } from "./snapshot.ts";
import { WeakValues } from "./weak-values.ts";

/** Turns plans into bytes and remembers what it encoded. */
export interface SnapshotBuilder {
  /**
   * The snapshot of a plan. The same plan gives the same snapshot; after an edit only destinations that are other objects than before
   * are encoded, once for all proxies, and only as long as somebody holds a snapshot is what it is made of remembered.
   */
  build(plan: ProxyPlan): Snapshot;
}

const noSecrets: TypeSnapshot = { version: "", resources: new Map() };

export function createSnapshotBuilder(): SnapshotBuilder {
  const destinationSets = createDestinationSets();
  const listenerEncoder = createListenerEncoder();
  const senders = new WeakValues<string, Sender>();
  const newest = new WeakValues<string, ProxySnapshot>();

  return {
    build(plan) {
      const key = `${plan.mesh}/${plan.proxy}`;
      const before = newest.get(key);
      if (before?.plan === plan) return before;
      const set = destinationSets.of(plan.destinations, plan.mesh);
      const sender = senders.getOrMake(plan.senderTags, () => new Sender(plan.senderTags));
      const listening = before !== undefined && listensAlike(before.plan, plan) ? before.listening : listenerEncoder.parts(plan);
      const clusters = new ClusterSnapshot(set, sender, listening.localClusters, before?.clusters);
      const snapshot = new ProxySnapshot(plan, listening, clusters, { endpoints: set.endpoints, routes: set.routes });
      newest.set(key, snapshot);
      return snapshot;
    },
  };
}

class ProxySnapshot implements Snapshot {
  readonly plan: ProxyPlan;
  readonly listening: ListeningParts;
  readonly clusters: ClusterSnapshot;
  readonly types: ReadonlyMap<string, TypeSnapshot>;

  constructor(
    plan: ProxyPlan,
    listening: ListeningParts,
    clusters: ClusterSnapshot,
    shared: { readonly endpoints: TypeSnapshot; readonly routes: TypeSnapshot },
  ) {
    this.plan = plan;
    this.listening = listening;
    this.clusters = clusters;
    this.types = new Map<string, TypeSnapshot>([
      [typeUrls.cluster, clusters],
      [typeUrls.endpoints, shared.endpoints],
      [typeUrls.listener, listening.listeners],
      [typeUrls.route, shared.routes],
      [typeUrls.secret, noSecrets],
    ]);
  }
}
