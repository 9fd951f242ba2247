import type { DestinationPlan, OutboundPlan } from "../model/plan.ts";
import type { ListenerJson } from "../proto/envoy/config/listener/v3/listener_pb.ts";
import { accessLog } from "./access-log.ts";
import { listenAddress } from "./addresses.ts";
import { overAds } from "./clusters.ts";
import { httpTraffic, tcpTraffic } from "./filters.ts";
import { isHttp, outboundListenerName, routeConfigName } from "./names.ts";

/**
 * Where the app reaches a destination. Depends on the outbound's address and port and on the destination's name and kind of traffic,
 * on nothing that a policy sets: routes come over RDS, checks are the cluster's, so no edit of a policy drains a connection.
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

function toRoutes(destination: DestinationPlan): ReturnType<typeof httpTraffic> {
  const rds = { configSource: overAds, routeConfigName: routeConfigName(destination) };
  return httpTraffic({ statPrefix: destination.name, rds, accessLog: accessLog("outbound", "http") });
}

function toCluster({ name }: DestinationPlan): ReturnType<typeof tcpTraffic> {
  return tcpTraffic({ statPrefix: name, cluster: name, accessLog: accessLog("outbound", "tcp") });
}
