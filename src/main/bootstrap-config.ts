import { isIP } from "node:net";
import type { JsonObject } from "../core/base/json.ts";

export interface BootstrapOptions {
  readonly mesh: string;
  readonly dataplane: string;
  readonly xdsHost: string;
  readonly xdsPort: number;
  readonly adminPort: number;
  readonly variant: "delta" | "sotw";
}

const xdsCluster = "probeplane_xds";

/**
 * An Envoy bootstrap (config.bootstrap.v3.Bootstrap) that takes everything else over one aggregated stream. The node id is
 * `<mesh>.<name>`, as in Kuma. Envoy waits for its first configuration however long it takes, and asks again within seconds after
 * the control plane was away or said no.
 */
export function bootstrapConfig(options: BootstrapOptions): JsonObject {
  const overAds = { ads: {}, resource_api_version: "V3", initial_fetch_timeout: "0s" };
  return {
    node: { id: `${options.mesh}.${options.dataplane}`, cluster: options.dataplane },
    dynamic_resources: { ads_config: adsConfig(options), lds_config: overAds, cds_config: overAds },
    static_resources: { clusters: [controlPlaneCluster(options)] },
    admin: { address: socketAddress("127.0.0.1", options.adminPort) },
  };
}

function adsConfig({ variant }: BootstrapOptions): JsonObject {
  // Envoy's own default grows to 30 s, a long time to look at a proxy whose Dataplane was just created.
  const retry = { retry_back_off: { base_interval: "0.5s", max_interval: "3s" } };
  return {
    api_type: variant === "delta" ? "DELTA_GRPC" : "GRPC",
    transport_api_version: "V3",
    set_node_on_first_message_only: true,
    grpc_services: [{ envoy_grpc: { cluster_name: xdsCluster, retry_policy: retry } }],
  };
}

function controlPlaneCluster({ xdsHost, xdsPort }: BootstrapOptions): JsonObject {
  const endpoint = { endpoint: { address: socketAddress(xdsHost, xdsPort) } };
  return {
    name: xdsCluster,
    type: isIP(xdsHost) === 0 ? "STRICT_DNS" : "STATIC",
    connect_timeout: "1s",
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        // A control plane that vanished without a word is noticed, and the stream opened anew.
        explicit_http_config: { http2_protocol_options: { connection_keepalive: { interval: "15s", timeout: "5s" } } },
      },
    },
    load_assignment: { cluster_name: xdsCluster, endpoints: [{ lb_endpoints: [endpoint] }] },
  };
}

function socketAddress(address: string, port: number): JsonObject {
  return { socket_address: { address, port_value: port } };
}
