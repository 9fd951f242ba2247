import type { InboundPlan, OutboundPlan, ProxyPlan } from "../model/plan.ts";
import { ClusterSchema } from "../proto/envoy/config/cluster/v3/cluster_pb.ts";
import { ListenerSchema } from "../proto/envoy/config/listener/v3/listener_pb.ts";
import { localCluster } from "../translate/clusters.ts";
import { inboundListener } from "../translate/inbound-listeners.ts";
import { inboundListenerName, isHttp, localClusterName, outboundListenerName } from "../translate/names.ts";
import { outboundListener } from "../translate/outbound-listeners.ts";
import { encodeBytes, type EncodedBytes } from "./encoded-bytes.ts";
import type { TypeSnapshot } from "./snapshot.ts";
import { createTypeSnapshots } from "./type-snapshot.ts";
import { WeakValues } from "./weak-values.ts";

/** What depends on where a proxy listens. */
export interface ListeningParts {
  readonly listeners: TypeSnapshot;
  /** The clusters of the apps behind the inbounds. */
  readonly localClusters: TypeSnapshot;
  /** Those of the listeners that lead out: after most edits they are the same. */
  readonly outbound: TypeSnapshot;
}

/** What a proxy had before. */
interface Earlier {
  readonly plan: ProxyPlan;
  readonly listening: ListeningParts;
}

/**
 * Encodes a listener once for all proxies that have it: `127.0.0.1:10001` to `backend` is the same listener everywhere. The planner gives
 * proxies with the same outbounds the same list, and a proxy the same list of inbounds for as long as it does not change.
 */
export function createListenerEncoder(): { parts(plan: ProxyPlan, before: Earlier | undefined): ListeningParts } {
  const typeSnapshots = createTypeSnapshots();
  const known = new WeakValues<string, EncodedBytes>();
  const outboundListeners = new WeakMap<readonly OutboundPlan[], TypeSnapshot>();

  function outbound(plan: OutboundPlan): EncodedBytes {
    const { listenAddress, listenPort, destination } = plan;
    const key = `${isHttp(destination.protocol) ? "http" : "tcp"} ${listenAddress} ${listenPort} ${destination.name}`;
    return known.getOrMake(key, () => encodeBytes(ListenerSchema, outboundListenerName(plan), outboundListener(plan)));
  }

  function inbound(plan: InboundPlan, all: readonly InboundPlan[]): EncodedBytes {
    const key = JSON.stringify([plan.listenAddress, plan.listenPort, plan.appAddress, plan.appPort, plan.protocol, localClusterName(plan, all)]);
    return known.getOrMake(`listener ${key}`, () => encodeBytes(ListenerSchema, inboundListenerName(plan), inboundListener(plan, all)));
  }

  function local(plan: InboundPlan, all: readonly InboundPlan[]): EncodedBytes {
    const name = localClusterName(plan, all);
    const key = JSON.stringify([plan.appAddress, plan.appPort, plan.protocol, name]);
    return known.getOrMake(`cluster ${key}`, () => encodeBytes(ClusterSchema, name, localCluster(plan, all)));
  }

  function allOutbound(outbounds: readonly OutboundPlan[]): TypeSnapshot {
    let listeners = outboundListeners.get(outbounds);
    if (listeners === undefined) outboundListeners.set(outbounds, (listeners = typeSnapshots.of(outbounds.map(outbound))));
    return listeners;
  }

  return {
    parts({ inbounds, outbounds }, before) {
      const outbound = allOutbound(outbounds);
      if (before?.plan.inbounds === inbounds && before.listening.outbound === outbound) return before.listening;
      const listeners = typeSnapshots.of([...inbounds.map((plan) => inbound(plan, inbounds)), ...outbound.resources.values()]);
      const localClusters = typeSnapshots.of(inbounds.map((plan) => local(plan, inbounds)));
      return { listeners, localClusters, outbound };
    },
  };
}
