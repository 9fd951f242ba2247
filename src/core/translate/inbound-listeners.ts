import type { InboundPlan } from "../model/plan.ts";
import type { ListenerJson } from "../proto/envoy/config/listener/v3/listener_pb.ts";
import { accessLog, refusedConnectionLog } from "./access-log.ts";
import { listenAddress } from "./addresses.ts";
import { overAds } from "./over-ads.ts";
import { httpTraffic, tcpTraffic } from "./filters.ts";
import { appRouteConfigName, inboundListenerName, isHttp, localClusterName } from "./names.ts";

/**
 * Where other proxies reach the app. An HTTP/2 request, or check, to an app that speaks HTTP/1.1 reaches it as HTTP/1.1. As on the way
 * out, the routes come over RDS, so that no timeout of a request drains the connections of those who call.
 */
export function inboundListener(inbound: InboundPlan, all: readonly InboundPlan[]): ListenerJson {
  const name = inboundListenerName(inbound);
  const cluster = localClusterName(inbound, all);
  const filter = isHttp(inbound.protocol)
    ? httpTraffic({ statPrefix: cluster, rds: { configSource: overAds, routeConfigName: appRouteConfigName(inbound, all) }, accessLog: accessLog("inbound", "http") })
    : tcpTraffic({ statPrefix: cluster, cluster, accessLog: accessLog("inbound", "tcp") });
  return {
    name,
    address: listenAddress(inbound.listenAddress, inbound.listenPort),
    ...(inbound.captured === true && { bindToPort: false }),
    filterChains: [{ filters: [filter] }],
    trafficDirection: "INBOUND",
    ...(inbound.tls !== undefined && { accessLog: refusedConnectionLog() }),
  };
}
