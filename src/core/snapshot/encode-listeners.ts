import type { CapturePlan, DestinationPlan, OutboundPlan, ProxyPlan } from "../model/plan.ts";
import { ClusterSchema } from "../proto/envoy/config/cluster/v3/cluster_pb.ts";
import { ListenerSchema } from "../proto/envoy/config/listener/v3/listener_pb.ts";
import { capturingListeners, passthroughClusters } from "../translate/captured.ts";
import { isHttp, outboundListenerName, placesTaken } from "../translate/names.ts";
import { listenerText, outboundListener } from "../translate/outbound-listeners.ts";
import { createInboundEncoder } from "./encode-inbounds.ts";
import { encodeBytes, type EncodedBytes } from "./encoded-bytes.ts";
import { JoinedSnapshot } from "./joined-snapshot.ts";
import type { TypeSnapshot } from "./snapshot.ts";
import { createTypeSnapshots } from "./type-snapshot.ts";
import { WeakValues } from "./weak-values.ts";

/** What depends on where a proxy listens. */
export interface ListeningParts {
  readonly listeners: TypeSnapshot;
  /** The clusters of the apps behind the inbounds. */
  readonly localClusters: TypeSnapshot;
  /** The routes to them. */
  readonly localRoutes: TypeSnapshot;
  /** Who may call them, where there is mutual TLS. */
  readonly permissions: TypeSnapshot;
  /** Those of the listeners that lead out: after most edits they are the same. */
  readonly outbound: TypeSnapshot;
  /** Where connections are redirected: what beside those the proxy listens with, and the names of those for which it has no room. */
  readonly own?: { readonly listeners: TypeSnapshot; readonly hidden: ReadonlySet<string> };
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
  const inboundEncoder = createInboundEncoder();
  const outboundListeners = new WeakMap<readonly OutboundPlan[], TypeSnapshot>();
  const capturings = new WeakMap<CapturePlan, Capturing>();

  function outbound(plan: OutboundPlan): EncodedBytes {
    return known.getOrMake(keyOf(plan), () => encodeBytes(ListenerSchema, outboundListenerName(plan), outboundListener(plan)));
  }

  function allOutbound(outbounds: readonly OutboundPlan[], before?: Earlier): TypeSnapshot {
    let listeners = outboundListeners.get(outbounds);
    if (listeners === undefined && before !== undefined && listenAlike(outbounds, before.plan.outbounds)) listeners = before.listening.outbound;
    listeners ??= typeSnapshots.of(outbounds.map(outbound));
    outboundListeners.set(outbounds, listeners);
    return listeners;
  }

  /** The same for all proxies whose connections are redirected alike. */
  function capturing(capture: CapturePlan): Capturing {
    let parts = capturings.get(capture);
    if (parts === undefined) capturings.set(capture, (parts = encodeCapturing(capture)));
    return parts;
  }

  /** Such proxies call all services of their mesh: what they have in common is not put together anew for each of them. */
  function captured(capture: CapturePlan, { inbounds, outbounds, mesh }: ProxyPlan, before: Earlier | undefined): ListeningParts {
    const outbound = allOutbound(outbounds, before);
    const { listeners, clusters } = capturing(capture);
    const alike = before?.plan.inbounds === inbounds && before.plan.capture === capture ? before.listening : undefined;
    if (alike?.outbound === outbound) return alike;
    const inbound = inboundEncoder.parts(inbounds, mesh);
    const own = alike?.own ?? {
      listeners: typeSnapshots.of([...inbound.listeners, ...listeners]),
      hidden: placesTaken(inbounds),
    };
    const localClusters = alike?.localClusters ?? typeSnapshots.of([...inbound.clusters, ...clusters]);
    const localRoutes = alike?.localRoutes ?? typeSnapshots.of(inbound.routes);
    const permissions = alike?.permissions ?? typeSnapshots.of(inbound.permissions);
    return { listeners: new JoinedSnapshot(outbound, own.listeners, own.hidden), localClusters, localRoutes, permissions, outbound, own };
  }

  return {
    parts(plan, before) {
      const { inbounds, outbounds, capture, mesh } = plan;
      if (capture !== undefined) return captured(capture, plan, before);
      const outbound = allOutbound(outbounds);
      if (before?.plan.inbounds === inbounds && before.plan.capture === undefined && before.listening.outbound === outbound) return before.listening;
      const inbound = inboundEncoder.parts(inbounds, mesh);
      const listeners = typeSnapshots.of([...inbound.listeners, ...outbound.resources.values()]);
      return {
        listeners,
        localClusters: typeSnapshots.of(inbound.clusters),
        localRoutes: typeSnapshots.of(inbound.routes),
        permissions: typeSnapshots.of(inbound.permissions),
        outbound,
      };
    },
  };
}

/** What an outbound's listener is made of. */
function keyOf({ listenAddress, listenPort, captured, destination }: OutboundPlan): string {
  const how = `${captured === true ? "captured " : ""}${isHttp(destination.protocol) ? "http" : "tcp"}`;
  return `${how} ${listenAddress} ${listenPort} ${destination.name} ${listenerText(destination)}`;
}

/** Where redirected connections arrive, and where those go that nobody else takes. */
interface Capturing {
  readonly listeners: readonly EncodedBytes[];
  readonly clusters: readonly EncodedBytes[];
}

function encodeCapturing(capture: CapturePlan): Capturing {
  return {
    listeners: capturingListeners(capture).map((listener) => encodeBytes(ListenerSchema, listener.name ?? "", listener)),
    clusters: passthroughClusters(capture).map((cluster) => encodeBytes(ClusterSchema, cluster.name ?? "", cluster)),
  };
}

/** Whether the listeners of two lists are the same; see `outboundListener` for what they are made of. */
function listenAlike(one: readonly OutboundPlan[], other: readonly OutboundPlan[]): boolean {
  return one.length === other.length && one.every(({ listenAddress, listenPort, captured, destination }, i) => {
    const before = other[i];
    if (listenAddress !== before?.listenAddress || listenPort !== before.listenPort || captured !== before.captured) return false;
    return destination === before.destination || sameListener(destination, before.destination);
  });
}

function sameListener(one: DestinationPlan, other: DestinationPlan): boolean {
  return one.name === other.name && one.protocol === other.protocol && listenerText(one) === listenerText(other);
}
