import type { JsonObject } from "../base/json.ts";
import { addressOf } from "./address.ts";

/** A door to Envoy's admin interface for the control plane alone. */
export interface AdminListener {
  readonly address: string;
  readonly port: number;
  /** PEM of the authority that signed this door's certificate and the control plane's. */
  readonly caPem: string;
  readonly certPem: string;
  readonly keyPem: string;
}

/** The name in the certificate that the control plane shows. No proxy's certificate has it: theirs are `<mesh>.<name>`. */
export const adminClientName = "control-plane";

/** What may be asked; only with GET, which changes nothing. */
export const adminPaths = ["/config_dump", "/clusters", "/stats"] as const;

const type = "type.googleapis.com/envoy.extensions.";
/** Of listener and cluster, as in Kuma. */
export const adminClusterName = "kuma:envoy:admin";
const name = adminClusterName;

export function adminCluster(admin: JsonObject): JsonObject {
  return { name, type: "STATIC", connect_timeout: "1s", load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address: admin } }] }] } };
}

/** TLS with a certificate on both sides, and three paths behind it. */
export function adminListener({ address, port, caPem, certPem, keyPem }: AdminListener): JsonObject {
  const validation = { trusted_ca: { inline_string: caPem }, match_typed_subject_alt_names: [{ san_type: "DNS", matcher: { exact: adminClientName } }] };
  const tls = {
    "@type": `${type}transport_sockets.tls.v3.DownstreamTlsContext`,
    require_client_certificate: true,
    common_tls_context: {
      tls_params: { tls_minimum_protocol_version: "TLSv1_2" },
      tls_certificates: [{ certificate_chain: { inline_string: certPem }, private_key: { inline_string: keyPem } }],
      validation_context: validation,
    },
  };
  return {
    name,
    address: addressOf(address, port),
    // An address that this machine does not have must not keep Envoy from starting.
    freebind: true,
    filter_chains: [{ transport_socket: { name: "envoy.transport_sockets.tls", typed_config: tls }, filters: [onlyThesePaths()] }],
  };
}

function onlyThesePaths(): JsonObject {
  const routes = adminPaths.map((path) => ({
    match: { path, headers: [{ name: ":method", string_match: { exact: "GET" } }] },
    route: { cluster: name },
  }));
  return {
    name: "envoy.filters.network.http_connection_manager",
    typed_config: {
      "@type": `${type}filters.network.http_connection_manager.v3.HttpConnectionManager`,
      stat_prefix: "kuma_envoy_admin",
      route_config: { virtual_hosts: [{ name: "admin", domains: ["*"], routes }] },
      http_filters: [{ name: "envoy.filters.http.router", typed_config: { "@type": `${type}filters.http.router.v3.Router` } }],
    },
  };
}
