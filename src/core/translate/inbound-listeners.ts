import type { InboundPlan } from "../model/plan.ts";
import type { FilterJson } from "../proto/envoy/config/listener/v3/listener_components_pb.ts";
import type { ListenerJson } from "../proto/envoy/config/listener/v3/listener_pb.ts";
import { accessLog, refusedConnectionLog } from "./access-log.ts";
import { listenAddress } from "./addresses.ts";
import { httpTraffic, tcpTraffic } from "./filters.ts";
import { inboundChains } from "./inbound-chains.ts";
import { headersTimeout, tcpIdleTimeout } from "./listener-timeouts.ts";
import { appRouteConfigName, inboundListenerName, isHttp, localClusterName } from "./names.ts";
import { overAds } from "./over-ads.ts";
import { permissionsDiscovery, permissionsName } from "./permissions.ts";

/**
 * Where other proxies reach the app. An HTTP/2 request, or check, to an app that speaks HTTP/1.1 reaches it as HTTP/1.1. As on the way
 * out, the routes come over RDS, so that no timeout of a request drains the connections of those who call; so does who may call, by its
 * own discovery.
 */
export function inboundListener(inbound: InboundPlan, all: readonly InboundPlan[]): ListenerJson {
  const { tls } = inbound;
  const filters = filtersOf(inbound, localClusterName(inbound, all), all);
  return {
    name: inboundListenerName(inbound),
    address: listenAddress(inbound.listenAddress, inbound.listenPort),
    ...(inbound.captured === true && { bindToPort: false }),
    ...(tls === undefined ? { filterChains: [{ filters: filters.plainText }] } : inboundChains(tls, filters, !isHttp(inbound.protocol))),
    trafficDirection: "INBOUND",
    ...(tls !== undefined && { accessLog: refusedConnectionLog() }),
  };
}

interface Filters {
  readonly plainText: FilterJson[];
  readonly mutualTls: FilterJson[];
  readonly unread: FilterJson[];
}

function filtersOf(inbound: InboundPlan, cluster: string, all: readonly InboundPlan[]): Filters {
  const http = isHttp(inbound.protocol);
  const bytes = tcpTraffic({ statPrefix: cluster, cluster, accessLog: accessLog("inbound", "tcp"), ...(!http && tcpIdleTimeout(inbound.timeouts)) });
  const permissions = { name: permissionsName(inbound), configDiscovery: permissionsDiscovery(inbound) };
  if (!http) return { plainText: [bytes], mutualTls: [permissions, bytes], unread: [bytes] };
  const rds = { configSource: overAds, routeConfigName: appRouteConfigName(inbound, all) };
  const settings = { statPrefix: cluster, rds, accessLog: accessLog("inbound", "http"), ...headersTimeout(inbound.timeouts) };
  // The app is told who calls; what callers say of that themselves does not count.
  const known = { ...settings, forwardClientCertDetails: "SANITIZE_SET" as const, setCurrentClientCertDetails: { uri: true } };
  return { plainText: [httpTraffic(settings)], mutualTls: [httpTraffic(known, [permissions])], unread: [bytes] };
}
