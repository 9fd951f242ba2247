import assert from "node:assert/strict";
import { Agent } from "node:http";
import { connect } from "node:net";
import { startTcpApp, ping } from "../kit/apps/tcp-app.ts";
import type { TcpApp } from "../kit/apps/tcp-app.ts";
import { startRawApp } from "../kit/apps/raw-app.ts";
import type { RawApp } from "../kit/apps/raw-app.ts";
import { ControlPlaneProcess } from "../kit/control-plane-process.ts";
import { envoyFor } from "../kit/envoy-binary.ts";
import { httpAsk } from "../kit/http-request.ts";
import { freePorts } from "../kit/ports.ts";
import { spawnProxy } from "../kit/proxy.ts";
import type { RunningEnvoy } from "../kit/spawn-envoy.ts";
import { waitUntil } from "../kit/wait-until.ts";

const keepAliveMs = 1_000;

/**
 * Answers at once, except under `/hang`. After its keep-alive a connection is as good as closed: what comes on it afterwards finds nobody, as
 * a request does that crosses the app's FIN.
 */
class KeepAliveApp {
  /** Connections on which nobody listens any more. */
  stale = 0;
  raw: RawApp | undefined;

  async start(): Promise<void> {
    this.raw = await startRawApp((socket) => {
      let isStale = false;
      let ending: NodeJS.Timeout | undefined;
      socket.on("data", (bytes) => {
        clearTimeout(ending);
        if (isStale) socket.destroy();
        else if (!bytes.toString("latin1").includes(" /hang ")) socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        ending = setTimeout(() => {
          isStale = true;
          this.stale += 1;
        }, keepAliveMs);
      });
      socket.once("close", () => { clearTimeout(ending); });
    });
  }

  get port(): number {
    return this.raw?.port ?? 0;
  }

  get open(): number {
    return this.raw?.open ?? 0;
  }
}

describe("timeouts in an Envoy", () => {
  const app = new KeepAliveApp();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let cache: TcpApp;
  let controlPlane: ControlPlaneProcess;
  let backend: RunningEnvoy;
  let web: RunningEnvoy;
  let ports = { http: 0, tcp: 0, caller: 0 };

  before(async function () {
    const binary = await envoyFor(this);
    controlPlane = await ControlPlaneProcess.start();
    await app.start();
    cache = await startTcpApp("cache");
    const [http = 0, tcp = 0, caller = 0, own = 0] = await freePorts(4);
    ports = { http, tcp, caller };
    await controlPlane.api.put({ type: "Mesh", name: "default" });
    await putDataplane("backend", {
      inbound: [
        { port: http, servicePort: app.port, tags: { "kuma.io/service": "backend", "kuma.io/protocol": "http" } },
        { port: tcp, servicePort: cache.port, tags: { "kuma.io/service": "cache", "kuma.io/protocol": "tcp" } },
      ],
    });
    await putDataplane("web", {
      inbound: ["web", "web-batch"].map((service, i) => ({ port: own + i, tags: { "kuma.io/service": service, "kuma.io/protocol": "tcp" } })),
      outbound: [{ port: caller, tags: { "kuma.io/service": "backend" } }],
    });
    [backend, web] = await Promise.all([
      spawnProxy({ binary, dataplane: "backend", controlPlane, variant: "delta", token: "inline" }),
      spawnProxy({ binary, dataplane: "web", controlPlane, variant: "sotw", token: "inline" }),
    ]);
    await waitUntil("both proxies serve", async () => (await ask("/")).status === 200 && (await httpAsk(ports.caller, {})).status === 200);
  });

  after(async () => {
    agent.destroy();
    await Promise.all([backend, web, cache].map((one) => one.close()));
    await app.raw?.close();
    await controlPlane.close();
  });

  async function putDataplane(name: string, networking: object): Promise<void> {
    await controlPlane.api.put({ type: "Dataplane", mesh: "default", name, networking: { address: "127.0.0.1", ...networking } });
  }

  async function put(name: string, spec: object): Promise<void> {
    await controlPlane.api.put({ type: "MeshTimeout", mesh: "default", name, spec });
  }

  /** On one connection, so that the proxy uses the same one to the app, if it still has it. */
  async function ask(path: string): ReturnType<typeof httpAsk> {
    return await httpAsk(ports.http, { path, method: "POST", agent });
  }

  async function untilHeld(what: string, by: RunningEnvoy, resources: string, text: string): Promise<void> {
    await waitUntil(`${by.name} holds ${what}`, async () => (await by.admin.text(`/config_dump?resource=${resources}`)).includes(text));
  }

  async function listenersChanged(): Promise<number> {
    const counts = await Promise.all([backend, web].flatMap(({ admin }) => ["modified", "in_place_updated"].map((how) => admin.stat(`listener_manager.listener_${how}`))));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  it("let a request meet a connection that the app has closed, until the proxy closes it first", async () => {
    assert.equal((await ask("/")).status, 200);
    await waitUntil("the app has given up its connections", () => app.stale === app.open);
    assert.equal((await ask("/")).status, 503);

    await put("below-keep-alive", { targetRef: { kind: "MeshSubset", tags: { "kuma.io/service": "backend" } }, rules: [{ default: { idleTimeout: "300ms" } }] });
    await untilHeld("the idle timeout", backend, "dynamic_active_clusters", `"idle_timeout": "0.300s"`);
    const before = app.stale;
    for (let i = 0; i < 2; i++) {
      assert.equal((await ask("/")).status, 200);
      await waitUntil("the proxy has closed its connection", () => app.open === 0);
    }
    assert.equal(app.stale, before, "the proxy was first, each time");
  });

  it("end a request that takes too long, on the side that says so, within the time of one stream too", async () => {
    await put("to-backend", { targetRef: { kind: "MeshService", name: "web" }, to: [{ targetRef: { kind: "MeshService", name: "backend" }, default: { http: { requestTimeout: "200ms" } } }] });
    await untilHeld("the request timeout", web, "dynamic_route_configs", `"timeout": "0.200s"`);
    assert.equal((await httpAsk(ports.caller, { path: "/hang", method: "POST" })).status, 504);

    await put("of-streams", { rules: [{ default: { http: { streamIdleTimeout: "200ms" } } }] });
    await untilHeld("the stream's idle timeout", backend, "dynamic_route_configs", `"idle_timeout": "0.200s"`);
    assert.equal((await ask("/hang")).status, 504);
    assert.equal(await listenersChanged(), 0, "no timeout so far changed a listener");
  });

  it("close a TCP connection on which nothing moves, and refuse a request whose headers do not come", async () => {
    await put("of-listeners", { targetRef: { kind: "Dataplane", name: "backend" }, rules: [{ default: { idleTimeout: "250ms", http: { requestHeadersTimeout: "250ms" } } }] });
    await untilHeld("the timeouts of listeners", backend, "dynamic_listeners", "request_headers_timeout");
    await waitUntil("the TCP inbound closes what is idle", async () => (await said(ports.tcp, ping)).includes("PONG"));
    assert.match(await said(ports.http, "GET / HTTP/1.1\r\nhost: x\r\n"), /^HTTP\/1.1 408 /);
  });

  it("tell callers apart by any name in their certificate", async () => {
    await controlPlane.api.put({ type: "Mesh", name: "default", mtls: { enabledBackend: "ca", backends: [{ name: "ca", type: "builtin" }] } });
    await controlPlane.api.delete({ type: "MeshTimeout", mesh: "default", name: "of-streams" });
    await put("to-backend", { to: [{ targetRef: { kind: "Mesh" }, default: { http: { requestTimeout: "0s" } } }] });
    const matches = [{ spiffeID: { type: "Exact", value: "spiffe://default/web-batch" } }];
    await put("of-callers", { rules: [{ matches, default: { http: { requestTimeout: "200ms" } } }] });
    await untilHeld("the callers' routes", backend, "dynamic_route_configs", "x-forwarded-client-cert");
    await waitUntil("the proxies talk by mutual TLS", async () => {
      const { status } = await httpAsk(ports.caller, { method: "POST" });
      return status === 200 && await backend.admin.stat(`listener.127.0.0.1_${ports.http}.ssl.handshake`) > 0;
    });
    assert.equal((await httpAsk(ports.caller, { path: "/hang", method: "POST" })).status, 504);
    assert.ok(await backend.admin.stat(`cluster.localhost_${app.port}.upstream_rq_timeout`) + await backend.admin.stat(`cluster.localhost:${app.port}.upstream_rq_timeout`) > 0, "it was the side of the app that gave up");
  });

  it("were all taken by both", async () => {
    for (const { admin } of [backend, web]) assert.deepEqual([...(await admin.stats("update_rejected$"))].filter(([, count]) => count > 0), []);
  });
});

/** All that comes back until the other end closes. */
async function said(port: number, bytes: string): Promise<string> {
  return await new Promise((resolve) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => { socket.write(bytes); });
    socket.on("data", (chunk) => { text += chunk.toString("latin1"); });
    socket.on("error", () => undefined);
    socket.once("close", () => { resolve(text); });
  });
}
