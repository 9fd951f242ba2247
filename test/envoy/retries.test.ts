import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { connect } from "node:net";
import type { Document } from "../kit/api-client.ts";
import { Listening } from "../kit/apps/app.ts";
import { ControlPlaneProcess } from "../kit/control-plane-process.ts";
import { envoyFor } from "../kit/envoy-binary.ts";
import { httpAsk } from "../kit/http-request.ts";
import type { HttpQuestion } from "../kit/http-request.ts";
import { freePorts } from "../kit/ports.ts";
import { spawnProxy } from "../kit/proxy.ts";
import type { RunningEnvoy } from "../kit/spawn-envoy.ts";
import { waitUntil } from "../kit/wait-until.ts";

const guide = ["connect-failure", "refused-stream", "unavailable", "cancelled", "retriable-status-codes", 503];
const twice = { numRetries: 2, backOff: { baseInterval: "1ms" } };

/** Services whose app is always the same; what differs is what their MeshRetry says. */
const policies: Readonly<Record<string, object | "none">> = {
  default: "none",
  off: { http: { numRetries: 0 } },
  guide: { http: { ...twice, retryOn: guide } },
  reset: { http: { ...twice, retryOn: ["Reset"] } },
  "reset-503": { http: { ...twice, retryOn: [...guide, "reset"] } },
  "before-request": { http: { ...twice, retryOn: ["reset-before-request"] } },
  "five-xx": { http: { ...twice, retryOn: ["5XX"] } },
  gateway: { http: { ...twice, retryOn: ["GatewayError"] } },
  only503: { http: { ...twice, retryOn: [503] } },
  get: { http: { ...twice, retryOn: ["Reset", "HttpMethodGet"] } },
  canceled: { http: { ...twice, retryOn: ["Canceled"] } },
  "short-reset": { http: { ...twice, retryOn: ["Reset"], perTryTimeout: "250ms" } },
  "short-503": { http: { ...twice, retryOn: ["ConnectFailure", 503, 504], perTryTimeout: "250ms" } },
  "short-by-default": { http: { numRetries: 1, perTryTimeout: "250ms" } },
  answer: { http: { ...twice, retryOn: ["ConnectFailure"], retriableResponseHeaders: [{ name: "x-again", type: "Present" }] } },
  marked: { http: { ...twice, retryOn: ["Reset"], retriableRequestHeaders: [{ name: "idempotency-key", type: "Present" }] } },
  limited: { http: { numRetries: 1, retryOn: ["ConnectFailure", 429], rateLimitedBackOff: { resetHeaders: [{ name: "retry-after", format: "Seconds" }] } } },
};

/** An app that does what the path says, and counts the requests that reach it, by their header `x-asked-by`. */
function appThat(seen: Map<string, number>): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const by = String(request.headers["x-asked-by"]);
    seen.set(by, (seen.get(by) ?? 0) + 1);
    const [, act = ""] = (request.url ?? "").split("/");
    if (act === "close") request.socket.destroy();
    else if (act === "again") response.writeHead(200, { "x-again": "1" }).end();
    else if (act === "cancelled") response.writeHead(200, { "grpc-status": "1" }).end();
    else if (act === "429") response.writeHead(429, { "retry-after": "1" }).end();
    else if (act !== "hang") response.writeHead(Number(act)).end();
  };
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => { resolve(false); });
  });
}

describe("retries in an Envoy", () => {
  const seen = new Map<string, number>();
  const ports = new Map<string, number>();
  let controlPlane: ControlPlaneProcess;
  let app: Listening;
  let envoy: RunningEnvoy;
  let asked = 0;

  before(async function () {
    const binary = await envoyFor(this);
    controlPlane = await ControlPlaneProcess.start();
    const services = [...Object.keys(policies), "refused", "tcp-refused", "halves"];
    const [appPort = 0, nobody = 0, ...outbounds] = await freePorts(2 + services.length);
    app = new Listening(createServer(appThat(seen)), appPort);
    await app.open();
    await controlPlane.api.put({ type: "Mesh", name: "default" });
    for (const [i, name] of services.entries()) {
      ports.set(name, outbounds[i] ?? 0);
      const at = name.includes("refused") ? [nobody] : name === "halves" ? [nobody, appPort] : [appPort];
      await controlPlane.api.put(service(name, name.startsWith("tcp") ? "tcp" : "http", at));
    }
    await controlPlane.api.put(retries());
    await controlPlane.api.put(caller());
    envoy = await spawnProxy({ binary, dataplane: "web", controlPlane, variant: "delta", token: "inline" });
    await waitUntil("Envoy serves all outbounds", async () => {
      const opened = await Promise.all([...ports].filter(([name]) => name !== "tcp-refused").map(([, port]) => isOpen(port)));
      return opened.every(Boolean) && await envoy.admin.stat("listener_manager.total_listeners_active") === services.length;
    });
  });

  after(async () => {
    await Promise.all([envoy.close(), app.close()]);
    await controlPlane.close();
  });

  function service(name: string, protocol: string, at: readonly number[]): Document {
    const endpoints = at.map((port) => ({ address: "127.0.0.1", port }));
    return { type: "MeshExternalService", mesh: "default", name, spec: { match: { port: 80, protocol }, endpoints } };
  }

  function retries(): Document {
    const previous = { hostSelection: [{ predicate: "OmitPreviousHosts" }], hostSelectionMaxAttempts: 5 };
    const confs: typeof policies = { ...policies, refused: { http: { ...twice, retryOn: ["connect-failure"] } }, "tcp-refused": { tcp: { maxConnectAttempt: 3 } }, halves: { http: { ...twice, retryOn: ["connect-failure"], ...previous } } };
    const to = Object.entries(confs).flatMap(([name, conf]) => (conf === "none" ? [] : [{ targetRef: { kind: "MeshExternalService", name }, default: conf }]));
    return { type: "MeshRetry", mesh: "default", name: "all", spec: { to } };
  }

  function caller(): Document {
    const outbound = [...ports].map(([name, port]) => ({ port, backendRef: { kind: "MeshExternalService", name } }));
    const gateway = { type: "DELEGATED", tags: { "kuma.io/service": "web" } };
    return { type: "Dataplane", mesh: "default", name: "web", networking: { address: "127.0.0.1", gateway, outbound } };
  }

  /** How often the app was asked for one request, and what came of it. */
  async function attempts(name: string, path: string, question: HttpQuestion = {}): Promise<string> {
    const by = String(++asked);
    const { status } = await httpAsk(ports.get(name) ?? 0, { ...question, path, headers: { ...question.headers, "x-asked-by": by } });
    return `${seen.get(by) ?? 0} for ${status}`;
  }

  const post = { method: "POST" };

  const tried: readonly (readonly [string, string, HttpQuestion, expected: string])[] = [
    ["default", "/close", {}, "3 for 503"],
    ["default", "/close", { method: "DELETE" }, "3 for 503"],
    ["default", "/close", post, "1 for 503"],
    ["default", "/close", { method: "PATCH" }, "1 for 503"],
    ["default", "/503", {}, "3 for 503"],
    ["default", "/503", post, "1 for 503"],
    ["default", "/500", {}, "1 for 500"],
    ["default", "/cancelled", post, "3 for 200"],
    ["off", "/close", {}, "1 for 503"],
    ["guide", "/close", {}, "1 for 503"],
    ["guide", "/503", post, "3 for 503"],
    ["reset", "/close", {}, "3 for 503"],
    ["reset", "/close", post, "3 for 503"],
    ["reset", "/503", {}, "1 for 503"],
    ["reset-503", "/close", {}, "3 for 503"],
    ["reset-503", "/503", {}, "3 for 503"],
    ["before-request", "/close", {}, "1 for 503"],
    ["five-xx", "/close", post, "3 for 503"],
    ["five-xx", "/500", {}, "3 for 500"],
    ["gateway", "/close", post, "3 for 503"],
    ["gateway", "/502", {}, "3 for 502"],
    ["gateway", "/500", {}, "1 for 500"],
    ["only503", "/503", {}, "3 for 503"],
    ["only503", "/close", {}, "3 for 503"],
    ["get", "/close", {}, "3 for 503"],
    ["get", "/close", post, "1 for 503"],
    ["canceled", "/cancelled", {}, "3 for 200"],
    ["short-reset", "/hang", {}, "3 for 504"],
    ["short-503", "/hang", {}, "1 for 504"],
    ["short-by-default", "/hang", {}, "2 for 504"],
    ["answer", "/again", {}, "3 for 200"],
    ["answer", "/200", {}, "1 for 200"],
    ["marked", "/close", {}, "1 for 503"],
    ["marked", "/close", { headers: { "idempotency-key": "a" } }, "3 for 503"],
  ];

  for (const [name, path, question, expected] of tried) {
    it(`${name}: ${question.method ?? "GET"} ${path}${question.headers === undefined ? "" : " with a key"} is asked ${expected}`, async () => {
      assert.equal(await attempts(name, path, question), expected);
    });
  }

  it("waits as long as the answer says", async () => {
    const start = performance.now();
    assert.equal(await attempts("limited", "/429"), "2 for 429");
    assert.ok(performance.now() - start > 900, "it did not wait");
  });

  /** Of the only cluster that is called something with this in it. */
  async function clusterStat(service: string, stat: string): Promise<number> {
    const found = await envoy.admin.stats(`^cluster\\..*_${service}_80\\.${stat}$`);
    assert.equal(found.size, 1, [...found.keys()].join());
    return [...found.values()][0] ?? 0;
  }

  it("attempts a refused connection as often as it is told, for HTTP and for TCP", async () => {
    assert.equal(await attempts("refused", "/200"), "0 for 503");
    assert.equal(await clusterStat("refused", "upstream_rq_retry"), 2);
    await new Promise((resolve) => connect(ports.get("tcp-refused") ?? 0, "127.0.0.1").once("close", resolve).once("error", resolve).resume());
    assert.equal(await clusterStat("tcp-refused", "upstream_cx_connect_fail"), 3);
  });

  it("never tries an endpoint again that refused, while there is another", async () => {
    for (let i = 0; i < 12; i++) assert.equal(await attempts("halves", "/200"), "1 for 200");
    assert.ok(await clusterStat("halves", "upstream_rq_retry") > 0);
  });
});
