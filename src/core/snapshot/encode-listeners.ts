import type { InboundPlan, OutboundPlan, ProxyPlan } from "../model/plan.ts";
import { ClusterSchema } from "../proto/envoy/config/cluster/v3/cluster_pb.ts";
import { ListenerSchema } from "../proto/envoy/config/listener/v3/listener_pb.ts";
import { localCluster } from "../translate/clusters.ts";
import { inboundListener } from "../translate/inbound-listeners.ts";
import { inboundListenerName, isHttp, localClusterName, outboundListenerName } from "../translate/names.ts";
import { outboundListener } from "../translate/outbound-listeners.ts";
import { encodeBytes, type EncodedBytes } from "./encoded-bytes.ts";
import type { TypeSnapshot } from "./snapshot.ts";
import { byName, createTypeSnapshots } from "./type-snapshot.ts";
import { WeakValues } from "./weak-values.ts";

/** What depends on where a proxy listens. */
export interface ListeningParts {
  readonly listeners: TypeSnapshot;
  /** The clusters of the apps behind the inbounds, sorted by name. */
  readonly localClusters: readonly EncodedBytes[];
}

/** Encodes a listener once for all proxies that have it: `127.0.0.1:10001` to `backend` is the same listener everywhere. */
export function createListenerEncoder(): { parts(plan: ProxyPlan): ListeningParts } {
  const typeSnapshots = createTypeSnapshots();
  const known = new WeakValues<string, EncodedBytes>();

  function outbound(plan: OutboundPlan): EncodedBytes {
    const { listenAddress, listenPort, destination } = plan;
    const key = `${isHttp(destination.protocol) ? "http" : "tcp"} ${listenAddress} ${listenPort} ${destination.name}`;
    return known.getOrMake(key, () => encodeBytes(ListenerSchema, outboundListenerName(plan), outboundListener(plan)));
  }

  function inbound(plan: InboundPlan, all: readonly InboundPlan[]): readonly [listener: EncodedBytes, cluster: EncodedBytes] {
    const cluster = localClusterName(plan, all);
    const key = JSON.stringify([plan.listenAddress, plan.listenPort, plan.appAddress, plan.appPort, plan.protocol, cluster]);
    return [
      known.getOrMake(`listener ${key}`, () => encodeBytes(ListenerSchema, inboundListenerName(plan), inboundListener(plan, all))),
      known.getOrMake(`cluster ${key}`, () => encodeBytes(ClusterSchema, cluster, localCluster(plan, all))),
    ];
  }

  return {
    parts({ inbounds, outbounds }) {
      const pairs = inbounds.map((plan) => inbound(plan, inbounds));
      return {
        listeners: typeSnapshots.of([...pairs.map(([listener]) => listener), ...outbounds.map(outbound)]),
        localClusters: pairs.map(([, cluster]) => cluster).sort(byName),
      };
    },
  };
}

/** Whether two plans listen at the same places for the same destinations; then their listeners are equal. */
export function listensAlike(a: ProxyPlan, b: ProxyPlan): boolean {
  return sameList(a.inbounds, b.inbounds, sameInbound) && sameList(a.outbounds, b.outbounds, sameOutbound);
}

function sameInbound(a: InboundPlan, b: InboundPlan): boolean {
  return (
    a.listenAddress === b.listenAddress &&
    a.listenPort === b.listenPort &&
    a.appAddress === b.appAddress &&
    a.appPort === b.appPort &&
    a.protocol === b.protocol
  );
}

function sameOutbound(a: OutboundPlan, b: OutboundPlan): boolean {
  const sameTraffic = a.destination.name === b.destination.name && isHttp(a.destination.protocol) === isHttp(b.destination.protocol);
  return sameTraffic && a.listenAddress === b.listenAddress && a.listenPort === b.listenPort;
}

function sameList<Item>(a: readonly Item[], b: readonly Item[], same: (a: Item, b: Item) => boolean): boolean {
  if (a === b) return true;
  return a.length === b.length && a.every((item, i) => {
    const other = b[i];
    return item === other || (other !== undefined && same(item, other));
  });
}
