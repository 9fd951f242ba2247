import { rememberPairs } from "../base/remember.ts";
import type { ProxyPlan } from "../model/plan.ts";
import { ClusterSnapshot } from "./cluster-snapshot.ts";
import { createDestinationSets, type DestinationSet } from "./destination-set.ts";
import { createListenerEncoder, type ListeningParts } from "./encode-listeners.ts";
import { Sender } from "./encoded-cluster.ts";
import { JoinedSnapshot } from "./joined-snapshot.ts";
import { typeUrls, type Snapshot, type TypeSnapshot } from "./snapshot.ts";
import { WeakValues } from "./weak-values.ts";

/** Turns plans into bytes and remembers what it encoded. */
export interface SnapshotBuilder {
  /**
   * The snapshot of a plan. What is equal in two snapshots is the same object: a resource, and all resources of a type where proxies
   * have the same ones. After an edit only destinations that are other objects than before are encoded, once for all proxies, and
   * only as long as somebody holds a snapshot is what it is made of remembered.
   * @param before the snapshot that the same proxy had: what is its own is taken over from there where that is the same.
   */
  build(plan: ProxyPlan, before?: Snapshot): Snapshot;
}

/** The routes out and those to the apps, once for all proxies that have the same. */
const joinRoutes = rememberPairs((out: TypeSnapshot, local: TypeSnapshot): TypeSnapshot =>
  local.resources.size === 0 ? out : new JoinedSnapshot(out, local));

const noSecrets: TypeSnapshot = { version: "", resources: new Map() };

export function createSnapshotBuilder(): SnapshotBuilder {
  const destinationSets = createDestinationSets();
  const listenerEncoder = createListenerEncoder();
  const senders = new WeakValues<string, Sender>();

  function senderOf({ senderTags, proxy }: ProxyPlan): Sender {
    const known = senders.get(senderTags);
    if (known !== undefined) known.isShared ||= known.firstProxy !== proxy;
    return known ?? senders.getOrMake(senderTags, () => new Sender(senderTags, proxy));
  }

  return {
    build(plan, earlier) {
      const before = earlier instanceof ProxySnapshot ? earlier : undefined;
      const set = destinationSets.of(plan.destinations, plan.mesh, before?.set);
      const sender = before?.plan.senderTags === plan.senderTags ? before.sender : senderOf(plan);
      const listening = listenerEncoder.parts(plan, before);
      return new ProxySnapshot(plan, sender, listening, set);
    },
  };
}

/** Beside what is sent, what the next snapshot of the proxy can take over. */
class ProxySnapshot implements Snapshot {
  readonly plan: ProxyPlan;
  readonly sender: Sender;
  readonly listening: ListeningParts;
  readonly set: DestinationSet;
  readonly types: ReadonlyMap<string, TypeSnapshot>;

  constructor(plan: ProxyPlan, sender: Sender, listening: ListeningParts, set: DestinationSet) {
    this.plan = plan;
    this.sender = sender;
    this.listening = listening;
    this.set = set;
    this.types = new Map<string, TypeSnapshot>([
      [typeUrls.cluster, new ClusterSnapshot(set, sender, listening.localClusters)],
      [typeUrls.endpoints, set.endpoints],
      [typeUrls.listener, listening.listeners],
      [typeUrls.route, joinRoutes(set.routes, listening.localRoutes)],
      [typeUrls.extension, listening.permissions],
      [typeUrls.secret, noSecrets],
    ]);
  }
}
