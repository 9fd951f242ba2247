import type { JsonObject } from "../base/json.ts";
import { addressOf } from "./address.ts";

/** What a sidecar's Envoy serves beside the mesh's traffic; ports that are 0 are not served. */
export interface SidecarListeners {
  /** Of the agent, on 127.0.0.1. Without it nobody can answer the kubelet. */
  readonly statusPort: number;
  /** For the kubelet's probes of the sidecar itself: `/healthz/ready`, answered by the agent, so that Envoy and the agent both have to be there. */
  readonly healthPort: number;
  /** For Prometheus: `/stats/prometheus`, Envoy's own statistics. */
  readonly prometheusPort: number;
  /** Listens on both families. */
  readonly ipv6: boolean;
}

/** Istio's name of the agent's cluster. */
const agentClusterName = "agent";

/** Of the listeners' statistics: `listener.sidecar.downstream_cx_active`. No traffic of the mesh is among them. */
export const sidecarStatPrefix = "sidecar";

const type = "type.googleapis.com/envoy.extensions.filters.";

/** None, or one. */
export function agentClusters({ statusPort }: SidecarListeners): readonly JsonObject[] {
  if (statusPort === 0) return [];
  const endpoint = { address: addressOf("127.0.0.1", statusPort) };
  return [{ name: agentClusterName, type: "STATIC", connect_timeout: "1s", load_assignment: { cluster_name: agentClusterName, endpoints: [{ lb_endpoints: [{ endpoint }] }] } }];
}

/** @param adminCluster the cluster of Envoy's admin interface. */
export function sidecarListeners(sidecar: SidecarListeners, adminCluster: string): readonly JsonObject[] {
  const health = listener(sidecar, { port: sidecar.healthPort, path: "/healthz/ready", cluster: agentClusterName, statPrefix: "agent" });
  const prometheus = listener(sidecar, { port: sidecar.prometheusPort, path: "/stats/prometheus", cluster: adminCluster, statPrefix: "stats" });
  return [...(sidecar.healthPort === 0 || sidecar.statusPort === 0 ? [] : [health]), ...(sidecar.prometheusPort === 0 ? [] : [prometheus])];
}

interface OnePath {
  readonly port: number;
  readonly path: string;
  readonly cluster: string;
  /** Istio's, of the HTTP statistics. */
  readonly statPrefix: string;
}

/** One path of it can be asked for, with GET. */
function listener({ ipv6 }: SidecarListeners, { port, path, cluster, statPrefix }: OnePath): JsonObject {
  const routes = [{ match: { path, headers: [{ name: ":method", string_match: { exact: "GET" } }] }, route: { cluster } }];
  const manager = {
    "@type": `${type}network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: statPrefix,
    route_config: { virtual_hosts: [{ name: "sidecar", domains: ["*"], routes }] },
    http_filters: [{ name: "envoy.filters.http.router", typed_config: { "@type": `${type}http.router.v3.Router` } }],
  };
  const address = ipv6 ? { socket_address: { address: "::", port_value: port, ipv4_compat: true } } : addressOf("0.0.0.0", port);
  return {
    name: `sidecar:${statPrefix}`,
    stat_prefix: sidecarStatPrefix,
    address,
    filter_chains: [{ filters: [{ name: "envoy.filters.network.http_connection_manager", typed_config: manager }] }],
  };
}
