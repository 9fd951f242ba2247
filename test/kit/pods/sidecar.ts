import { createServer, connect } from "node:net";
import type { Server } from "node:net";
import path from "node:path";
import { scratchFolder } from "../scratch-folder.ts";
import { spawnEnvoy } from "../spawn-envoy.ts";
import type { RunningEnvoy } from "../spawn-envoy.ts";
import type { Pod } from "./pod.ts";

/** Group of every sidecar. */
export const sidecarGroup = 5678;

export interface SidecarOptions {
  readonly binary: string;
  /** `<mesh>.<Dataplane>`. */
  readonly node: string;
  /** Path of a socket that leads to a control plane. */
  readonly xds: string;
  readonly variant?: "sotw" | "delta";
}

/** An Envoy with a bootstrap of its own that gets everything else from the control plane; in a pod's namespace, or in ours. */
export async function spawnSidecar(pod: Pod | undefined, { binary, node, xds, variant = "delta" }: SidecarOptions): Promise<RunningEnvoy> {
  const overAds = { ads: {}, resource_api_version: "V3" };
  const bootstrap = {
    node: { id: node, cluster: node },
    dynamic_resources: {
      ads_config: {
        api_type: variant === "delta" ? "DELTA_GRPC" : "GRPC",
        transport_api_version: "V3",
        grpc_services: [{ envoy_grpc: { cluster_name: "control-plane" } }],
      },
      cds_config: overAds,
      lds_config: overAds,
    },
    static_resources: { clusters: [controlPlaneCluster(xds)] },
  };
  const enter = pod === undefined ? {} : { enter: [...pod.namespace.enter, "setpriv", "--regid", String(sidecarGroup), "--clear-groups"] };
  return await spawnEnvoy({ binary, bootstrap, name: node, ...enter });
}

function controlPlaneCluster(socket: string): object {
  const http2 = { "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions", explicit_http_config: { http2_protocol_options: {} } };
  return {
    name: "control-plane",
    type: "STATIC",
    connect_timeout: "1s",
    typed_extension_protocol_options: { "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": http2 },
    load_assignment: { cluster_name: "control-plane", endpoints: [{ lb_endpoints: [{ endpoint: { address: { pipe: { path: socket } } } }] }] },
  };
}

/** A Unix socket that leads to a port of 127.0.0.1, also from other network namespaces. */
export async function socketTo(port: number): Promise<{ readonly path: string; close(): Promise<void> }> {
  const file = path.join(await scratchFolder("relay"), "xds.sock");
  const server: Server = createServer((from) => {
    const to = connect(port, "127.0.0.1");
    for (const [one, other] of [[from, to], [to, from]] as const) {
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(file, resolve);
  });
  return {
    path: file,
    close: () => new Promise((resolve) => {
      server.close(() => { resolve(); });
    }),
  };
}
