import type { DestinationPlan, OutboundPlan } from "../model/plan.ts";
import type { ListenerJson } from "../proto/envoy/config/listener/v3/listener_pb.ts";
import type { TcpProxyJson } from "../proto/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy_pb.ts";
import { accessLog } from "./access-log.ts";
import { listenAddress } from "./addresses.ts";
import { httpTraffic, tcpTraffic } from "./filters.ts";
import { headersTimeout, tcpIdleTimeout } from "./listener-timeouts.ts";
import { isHttp, outboundListenerName, routeConfigName } from "./names.ts";
import { overAds } from "./over-ads.ts";

/**
 * Where the app reaches a destination. Depends on the outbound's address and port and on the destination's name and kind of traffic:
 * routes come over RDS, checks are the cluster's, so that edits of policies drain no connection. What Envoy has nowhere else is in
 * `listenerText`.
 */
export function outboundListener(outbound: OutboundPlan): ListenerJson {
  const { destination } = outbound;
  return {
    name: outboundListenerName(outbound),
    address: listenAddress(outbound.listenAddress, outbound.listenPort),
    ...(outbound.captured === true && { bindToPort: false }),
    filterChains: [{ filters: [isHttp(destination.protocol) ? toRoutes(destination) : toCluster(destination)] }],
    trafficDirection: "OUTBOUND",
  };
}

/** All that policies decide about a destination's listener, as text: what is the same has the same listener. */
export function listenerText(destination: DestinationPlan): string {
  return isHttp(destination.protocol) ? JSON.stringify(headersTimeout(destination.timeouts)) : JSON.stringify(connectionPart(destination));
}

function connectionPart({ timeouts, retry }: DestinationPlan): Pick<TcpProxyJson, "idleTimeout" | "maxConnectAttempts"> {
  const { connectAttempts } = retry ?? {};
  return { ...tcpIdleTimeout(timeouts), ...(connectAttempts !== undefined && { maxConnectAttempts: connectAttempts }) };
}

function toRoutes(destination: DestinationPlan): ReturnType<typeof httpTraffic> {
  const rds = { configSource: overAds, routeConfigName: routeConfigName(destination) };
  return httpTraffic({ statPrefix: destination.name, rds, accessLog: accessLog("outbound", "http"), ...headersTimeout(destination.timeouts) });
}

function toCluster(destination: DestinationPlan): ReturnType<typeof tcpTraffic> {
  const { name } = destination;
  return tcpTraffic({ statPrefix: name, cluster: name, accessLog: accessLog("outbound", "tcp"), ...connectionPart(destination) });
}
