import type { InboundPlan } from "../model/plan.ts";
import type { ListenerJson } from "../proto/envoy/config/listener/v3/listener_pb.ts";
import { accessLog } from "./access-log.ts";
import { listenAddress } from "./addresses.ts";
import { httpTraffic, tcpTraffic } from "./filters.ts";
import { inboundListenerName, isHttp, localClusterName } from "./names.ts";
import { appRoutes } from "./routes.ts";

/** Where other proxies reach the app. An HTTP/2 request, or check, to an app that speaks HTTP/1.1 reaches it as HTTP/1.1. */
export function inboundListener(inbound: InboundPlan, all: readonly InboundPlan[]): ListenerJson {
  const name = inboundListenerName(inbound);
  const cluster = localClusterName(inbound, all);
  const filter = isHttp(inbound.protocol)
    ? httpTraffic({ statPrefix: cluster, routeConfig: appRoutes(name, cluster), accessLog: accessLog("inbound", "http") })
    : tcpTraffic({ statPrefix: cluster, cluster, accessLog: accessLog("inbound", "tcp") });
  return {
    name,
    address: listenAddress(inbound.listenAddress, inbound.listenPort),
    ...(inbound.captured === true && { bindToPort: false }),
    filterChains: [{ filters: [filter] }],
    trafficDirection: "INBOUND",
  };
}
