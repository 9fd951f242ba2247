import type { PeerTls } from "./pods/fetch-text.ts";

export interface Inbound {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** Address of the app; absent: where a redirected connection was meant to go, from the address that is left alone. */
  readonly app?: { readonly address: string; readonly port: number };
  /** From where the app is called. */
  readonly from: string;
}

/**
 * A bootstrap whose listeners let nobody in but peers with a certificate of the mesh: what a mesh in STRICT mode gives a sidecar, written by
 * hand. Without certificates it lets everybody in. The statistics of its traffic are those of `trafficStats`.
 */
export function strictInbound(name: string, inbounds: readonly Inbound[], tls?: PeerTls): Readonly<Record<string, unknown>> {
  return {
    node: { id: name, cluster: name },
    static_resources: { listeners: inbounds.map((inbound) => listener(inbound, tls)), clusters: inbounds.map(cluster) },
  };
}

/** What such an Envoy counts of traffic: connections and requests that come in, those that it makes of them, and connections that it turns away or that go before it knows what they are. */
export const trafficStats = "^(listener|http|cluster)\\.inbound.*(cx_total|rq_total|no_filter_chain_match|filter_remote_close)$";

function listener({ name, address, port, app }: Inbound, tls: PeerTls | undefined): object {
  const inspector = typed("envoy.filters.listener.tls_inspector", "envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector");
  const original = typed("envoy.filters.listener.original_dst", "envoy.extensions.filters.listener.original_dst.v3.OriginalDst");
  const chain = { filters: [httpFilter(name)] };
  return {
    name, stat_prefix: "inbound", address: { socket_address: { address, port_value: port } },
    listener_filters: [...(app === undefined ? [original] : []), ...(tls === undefined ? [] : [inspector])],
    // Plain text finds no chain, and its connection is closed.
    filter_chains: [tls === undefined ? chain : { ...chain, filter_chain_match: { transport_protocol: "tls" }, transport_socket: mutualTls(tls) }],
  };
}

function mutualTls({ ca, cert, key }: PeerTls): object {
  return typed("envoy.transport_sockets.tls", "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext", {
    require_client_certificate: true,
    common_tls_context: {
      tls_certificates: [{ certificate_chain: { inline_string: cert }, private_key: { inline_string: key } }],
      validation_context: { trusted_ca: { inline_string: ca } },
    },
  });
}

function httpFilter(name: string): object {
  return typed("envoy.filters.network.http_connection_manager", "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", {
    stat_prefix: "inbound",
    route_config: { virtual_hosts: [{ name: "all", domains: ["*"], routes: [{ match: { prefix: "/" }, route: { cluster: `inbound_${name}` } }] }] },
    http_filters: [typed("envoy.filters.http.router", "envoy.extensions.filters.http.router.v3.Router")],
  });
}

function cluster({ name, app, from }: Inbound): object {
  const common = { name: `inbound_${name}`, connect_timeout: "5s", upstream_bind_config: { source_address: { address: from, port_value: 0 } } };
  if (app === undefined) return { ...common, type: "ORIGINAL_DST", lb_policy: "CLUSTER_PROVIDED" };
  const endpoint = { address: { socket_address: { address: app.address, port_value: app.port } } };
  return { ...common, type: "STATIC", load_assignment: { cluster_name: common.name, endpoints: [{ lb_endpoints: [{ endpoint }] }] } };
}

function typed(name: string, type: string, config: object = {}): object {
  return { name, typed_config: { "@type": `type.googleapis.com/${type}`, ...config } };
}
