import assert from "node:assert/strict";
import { startGrpcApp } from "../kit/apps/grpc-app.ts";
import { startHttpApp } from "../kit/apps/http-app.ts";
import { ping, pong, startTcpApp } from "../kit/apps/tcp-app.ts";
import { envoyFor } from "../kit/envoy-binary.ts";
import type { RunningEnvoy } from "../kit/spawn-envoy.ts";
import { spawnEnvoy } from "../kit/spawn-envoy.ts";
import { waitUntil } from "../kit/wait-until.ts";

// The tools of the other tests, tried on an Envoy that no control plane speaks to: were they blind, every test on top would be.

const seconds = { interval: "0.1s", no_traffic_interval: "0.1s", timeout: "0.2s", unhealthy_threshold: 2, healthy_threshold: 1 };

function cluster(name: string, port: number, check: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const address = { socket_address: { address: "127.0.0.1", port_value: port } };
  return {
    name,
    type: "STATIC",
    typed_extension_protocol_options: check["grpc_health_check"] === undefined ? {} : {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        explicit_http_config: { http2_protocol_options: {} },
      },
    },
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
    health_checks: [{ ...seconds, ...check }],
  };
}

function hex(text: string): string {
  return Buffer.from(text).toString("hex");
}

async function until(envoy: RunningEnvoy, name: string, healthy: boolean): Promise<void> {
  await waitUntil(`${name} is ${healthy ? "healthy" : "unhealthy"}`, async () => (await envoy.admin.verdicts(name))[0]?.healthy === healthy);
}

describe("the test kit", () => {
  it("sees a real Envoy judge an http, a tcp and a grpc app, out and in again, and the apps see what Envoy sends", async function () {
    const binary = await envoyFor(this);
    const http = await startHttpApp("http");
    const tcp = await startTcpApp("tcp");
    const grpc = await startGrpcApp("grpc");
    const envoy = await spawnEnvoy({
      binary,
      bootstrap: {
        static_resources: {
          clusters: [
            cluster("http", http.port, { http_health_check: { path: "/health" } }),
            cluster("tcp", tcp.port, { tcp_health_check: { send: { text: hex(ping) }, receive: [{ text: hex(pong) }] } }),
            cluster("grpc", grpc.port, { grpc_health_check: { service_name: "payments" } }),
          ],
        },
      },
    });
    try {
      for (const name of ["http", "tcp", "grpc"]) await until(envoy, name, true);
      http.behaviour = 503;
      tcp.behaviour = "wrong";
      grpc.behaviour = "NOT_SERVING";
      for (const name of ["http", "tcp", "grpc"]) await until(envoy, name, false);
      assert.deepEqual((await envoy.admin.verdict("http", `127.0.0.1:${http.port}`))?.flags, ["failed_active_health_check"]);
      http.behaviour = 200;
      tcp.behaviour = "pong";
      grpc.behaviour = "SERVING";
      for (const name of ["http", "tcp", "grpc"]) await until(envoy, name, true);
      for (const app of [http, tcp, grpc]) await app.closePort();
      for (const name of ["http", "tcp", "grpc"]) await until(envoy, name, false);
      for (const app of [http, tcp, grpc]) await app.openPort();
      for (const name of ["http", "tcp", "grpc"]) await until(envoy, name, true);

      assert.ok(http.seen.every((request) => request.isCheck && request.path === "/health"));
      assert.ok(tcp.seen.every((bytes) => bytes.toString() === ping));
      assert.ok(grpc.seen.every((check) => check.service === "payments"));
      assert.ok(await envoy.admin.stat("cluster.http.health_check.success") > 0);
    } finally {
      await envoy.close();
      for (const app of [http, tcp, grpc]) await app.close();
    }
  });
});
