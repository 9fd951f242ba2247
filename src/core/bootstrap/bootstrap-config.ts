import type { JsonObject } from "../base/json.ts";
import { machineCaSecret } from "../model/proxy-secrets.ts";
import { addressOf, isIpAddress, type ControlPlaneAddress } from "./address.ts";
import { adminCluster, adminClusterName, adminListener, type AdminListener } from "./admin-listener.ts";
import { credentialOf, type Credential } from "./credential.ts";
import { agentClusters, sidecarListeners, type SidecarListeners } from "./sidecar-listeners.ts";

/** Where Envoy's admin interface listens: a port (0: any free one), or a Unix socket that only Envoy's own user may open. */
export type AdminAddress = { readonly address: string; readonly port: number } | { readonly socketPath: string };

export interface BootstrapParams {
  readonly mesh: string;
  readonly name: string;
  /** `node.cluster`: the service that the proxy stands for. Default: its name. */
  readonly cluster?: string;
  /** `node.metadata`. */
  readonly metadata?: JsonObject;
  readonly controlPlane: ControlPlaneAddress;
  readonly variant: "delta" | "sotw";
  /** Absent: none is sent. */
  readonly credential?: Credential;
  readonly admin: AdminAddress;
  /** Where the control plane may ask the admin interface. Absent: nowhere. */
  readonly adminListener?: AdminListener;
  /** What it serves as the sidecar of a pod. Absent: nothing. */
  readonly sidecar?: SidecarListeners;
  /** File of the CAs that the proxy's machine trusts, for services outside the mesh. Default: Debian's. */
  readonly systemCaPath?: string;
}

/** Where Debian, Ubuntu, Alpine, Arch and the usual container images have the CAs that they trust. */
export const defaultSystemCaPath = "/etc/ssl/certs/ca-certificates.crt";

/** Names as in Kuma, so that dashboards of `cluster.ads_cluster.*` go on working. */
const adsCluster = "ads_cluster";
const validationContext = "cp_validation_ctx";

/**
 * An Envoy bootstrap (config.bootstrap.v3.Bootstrap) that takes everything else over one aggregated stream. The node id is
 * `<mesh>.<name>`, as in Kuma. Envoy waits for its first configuration however long it takes, and asks again within seconds after
 * the control plane was away or said no.
 */
export function bootstrapConfig(params: BootstrapParams): JsonObject {
  const overAds = { ads: {}, resource_api_version: "V3", initial_fetch_timeout: "0s" };
  const { controlPlane, adminListener: door, sidecar } = params;
  const admin = adminAddress(params.admin);
  const listeners = [...(door === undefined ? [] : [adminListener(door)]), ...(sidecar === undefined ? [] : sidecarListeners(sidecar, adminClusterName))];
  return {
    node: nodeOf(params),
    dynamic_resources: { ads_config: adsConfig(params), lds_config: overAds, cds_config: overAds },
    static_resources: {
      clusters: [controlPlaneCluster(params), ...(door === undefined && sidecar === undefined ? [] : [adminCluster(admin)]), ...(sidecar === undefined ? [] : agentClusters(sidecar))],
      ...(listeners.length === 0 ? {} : { listeners }),
      secrets: [...(controlPlane.caPem === undefined ? [] : [trustedCa(controlPlane.host, controlPlane.caPem)]), machineCa(params)],
    },
    admin: { address: admin },
  };
}

function nodeOf({ mesh, name, cluster = name, metadata }: BootstrapParams): JsonObject {
  return { id: `${mesh}.${name}`, cluster, ...(metadata === undefined ? {} : { metadata }) };
}

function adsConfig(params: BootstrapParams): JsonObject {
  return {
    api_type: params.variant === "delta" ? "DELTA_GRPC" : "GRPC",
    transport_api_version: "V3",
    set_node_on_first_message_only: true,
    grpc_services: [grpcService(params)],
  };
}

function grpcService({ credential, controlPlane }: BootstrapParams): JsonObject {
  const { metadata, service } = credentialOf(credential, controlPlane);
  if (service !== undefined) return service;
  // Envoy's own default grows to 30 s, a long time to look at a proxy whose Dataplane was just created.
  const retry = { retry_back_off: { base_interval: "0.5s", max_interval: "3s" } };
  return { envoy_grpc: { cluster_name: adsCluster, retry_policy: retry }, ...metadata };
}

function controlPlaneCluster({ controlPlane, credential }: BootstrapParams): JsonObject {
  const { host, port, caPem } = controlPlane;
  const { filters } = credentialOf(credential, controlPlane);
  return {
    name: adsCluster,
    type: isIpAddress(host) ? "STATIC" : "STRICT_DNS",
    connect_timeout: "1s",
    ...(caPem === undefined ? {} : { transport_socket: tlsTo(host) }),
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        // A control plane that vanished without a word is noticed, and the stream opened anew.
        explicit_http_config: { http2_protocol_options: { connection_keepalive: { interval: "15s", timeout: "5s" } } },
        ...filters,
      },
    },
    load_assignment: { cluster_name: adsCluster, endpoints: [{ lb_endpoints: [{ endpoint: { address: addressOf(host, port) } }] }] },
  };
}

function tlsTo(host: string): JsonObject {
  return {
    name: "envoy.transport_sockets.tls",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
      // A server name is never an address (RFC 6066, section 3).
      ...(isIpAddress(host) ? {} : { sni: host }),
      common_tls_context: {
        // One port serves xDS and, over HTTP/1.1, the bootstrap.
        alpn_protocols: ["h2"],
        tls_params: { tls_minimum_protocol_version: "TLSv1_2" },
        validation_context_sds_secret_config: { name: validationContext },
      },
    },
  };
}

function trustedCa(host: string, caPem: string): JsonObject {
  return {
    name: validationContext,
    validation_context: {
      trusted_ca: { inline_string: caPem },
      match_typed_subject_alt_names: [{ san_type: isIpAddress(host) ? "IP_ADDRESS" : "DNS", matcher: { exact: host } }],
    },
  };
}

/** Envoy reads the file when a cluster needs it: where it is missing, that cluster is refused, and Envoy starts all the same. */
function machineCa({ systemCaPath = defaultSystemCaPath }: BootstrapParams): JsonObject {
  return { name: machineCaSecret, validation_context: { trusted_ca: { filename: systemCaPath } } };
}

function adminAddress(admin: AdminAddress): JsonObject {
  // Mode 0600: whoever may open the socket may stop the proxy.
  return "socketPath" in admin ? { pipe: { path: admin.socketPath, mode: 0o600 } } : addressOf(admin.address, admin.port);
}
