import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import type { Server, ServerResponse } from "node:http";
import path from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { root } from "../../scripts/lib/root.mjs";
import { ControlPlaneProcess } from "../kit/control-plane-process.ts";
import { envoyFor } from "../kit/envoy-binary.ts";
import { freePorts } from "../kit/ports.ts";
import { ProxyProcess } from "../kit/proxy-process.ts";
import { scratchFolder } from "../kit/scratch-folder.ts";
import { waitUntil } from "../kit/wait-until.ts";

const run = promisify(execFile);
const probeplane = path.join(root, "dist", "main", "probeplane.js");

describe("probeplane agent", () => {
  let controlPlane: ControlPlaneProcess;
  let envoy: string;
  let folder: string;
  let app: Server;
  let healthy = true;
  let held: ServerResponse[] = [];
  let ports: { app: number; inbound: number; status: number; health: number; prometheus: number };
  let env: Record<string, string>;
  let agent: ProxyProcess;

  before(async function () {
    envoy = await envoyFor(this);
    controlPlane = await ControlPlaneProcess.start();
    folder = await scratchFolder("agent");
    const [appPort = 0, inbound = 0, status = 0, health = 0, prometheus = 0] = await freePorts(5);
    ports = { app: appPort, inbound, status, health, prometheus };
    app = createServer((asked, response) => {
      if (asked.url === "/held") held.push(response);
      else if (asked.url === "/metrics") response.end("app_requests 7");
      else response.writeHead(healthy ? 200 : 503).end(`app, asked from ${asked.socket.remoteAddress ?? ""}`);
    });
    await new Promise<void>((resolve) => app.listen(appPort, resolve));
    env = {
      PATH: process.env["PATH"] ?? "",
      POD_NAME: "web-1", POD_NAMESPACE: "shop", INSTANCE_IP: "127.0.0.1",
      PROBEPLANE_CP_ADDRESS: `https://127.0.0.1:${controlPlane.xdsPort}`,
      PROBEPLANE_CA_CERT: await readFile(controlPlane.caFile, "utf8"),
      PROBEPLANE_TOKEN_FILE: await controlPlane.tokenFileFor("web-1.shop"),
      PROBEPLANE_WORK_DIR: folder, PROBEPLANE_STATUS_PORT: String(status), PROBEPLANE_CONCURRENCY: "1",
      ISTIO_KUBE_APP_PROBERS: JSON.stringify({ "/app-health/web/readyz": { httpGet: { path: "/ready", port: appPort }, timeoutSeconds: 5 } }),
      ISTIO_PROMETHEUS_ANNOTATIONS: JSON.stringify({ scrape: "true", path: "", port: String(appPort) }),
    };
    agent = start();
  });
  after(async () => {
    await agent.close();
    held.forEach((response) => response.end());
    app.closeAllConnections();
    app.close();
    await controlPlane.close();
  });

  function start(more: Readonly<Record<string, string>> = {}): ProxyProcess {
    const args = ["--health-port", String(ports.health), "--prometheus-port", String(ports.prometheus), "--envoy-path", envoy];
    return new ProxyProcess({ command: "agent", args, env: { ...env, ...more } });
  }
  async function ask(port: number, url: string, method = "GET"): Promise<{ status: number; body: string }> {
    return await new Promise((resolve, reject) => {
      const asked = request({ host: "127.0.0.1", port, path: url, method, agent: false }, (reply) => {
        text(reply).then((body) => resolve({ status: reply.statusCode ?? 0, body }), reject);
      });
      asked.on("error", reject).end();
    });
  }
  const statusOf = async (port: number, url: string, method?: string): Promise<number> => (await ask(port, url, method).catch(() => ({ status: 0 }))).status;
  const ready = async (): Promise<number> => await statusOf(ports.status, "/healthz/ready");
  const isReady = async (): Promise<unknown> => await waitUntil("the sidecar is ready", async () => (await statusOf(ports.health, "/healthz/ready")) === 200);
  const probe = async (): Promise<number> => await statusOf(ports.status, "/app-health/web/readyz");
  const cli = async (...args: readonly string[]): Promise<unknown> => await run(process.execPath, [probeplane, "agent", ...args], { env });

  it("answers the probes of the app while there is no configuration for the sidecar, which is not ready", async () => {
    await waitUntil("it answers", async () => (await probe()) === 200);
    assert.deepEqual([await ready(), await statusOf(ports.health, "/healthz/ready")], [503, 0]);
    healthy = false;
    assert.equal(await probe(), 503);
    healthy = true;
    assert.deepEqual([await statusOf(ports.status, "/app-health/web/livez"), await statusOf(ports.status, "/"), await statusOf(ports.status, "/ready")], [400, 404, 404]);
    assert.doesNotMatch((await ask(ports.status, "/metrics")).body, /envoy_/);
  });

  it("is ready, itself and through Envoy, once Envoy has its configuration; nothing else passes by that listener", async () => {
    await controlPlane.api.put({
      type: "Dataplane", mesh: "default", name: "web-1.shop",
      networking: { address: "127.0.0.1", inbound: [{ port: ports.inbound, servicePort: ports.app, tags: { "kuma.io/service": "web", "kuma.io/protocol": "http" } }] },
    });
    await cli("wait", "--url", `http://127.0.0.1:${ports.health}/healthz/ready`, "--period", "50ms");
    assert.deepEqual(await ask(ports.status, "/healthz/ready"), { status: 200, body: "" });
    assert.equal(await statusOf(ports.inbound, "/"), 200);
    assert.deepEqual([await statusOf(ports.health, "/metrics"), await statusOf(ports.health, "/healthz/ready", "POST"), await statusOf(ports.health, "/quitquitquit", "POST")], [404, 404, 404]);
  });

  it("shows its own metrics, Envoy's and the app's; what is not there is left out", async () => {
    const own = 'probeplane_agent_probes_total{path="/app-health/web/readyz",type="http",outcome="failure"} 1\n';
    for (const url of ["/metrics", "/stats/prometheus"]) {
      const { body } = await ask(ports.status, url);
      for (const part of [own, "\nenvoy_server_live{} 1\n", "\napp_requests 7\n"]) assert.ok(body.includes(part), part);
    }
    app.close();
    app.closeAllConnections();
    const { body } = await ask(ports.status, "/metrics");
    assert.ok(body.includes(own) && body.includes("\nenvoy_server_live{} 1\n") && !body.includes("app_requests"));
    await new Promise<void>((resolve) => app.listen(ports.app, resolve));
    assert.match((await ask(ports.prometheus, "/stats/prometheus?usedonly")).body, /^envoy_server_live\{\} 1$/m);
    assert.deepEqual([await statusOf(ports.prometheus, "/config_dump"), await statusOf(ports.prometheus, "/quitquitquit", "POST")], [404, 404]);
  });

  it("counts no probe of the app among the traffic", async () => {
    const traffic = async (): Promise<readonly string[]> =>
      (await ask(ports.prometheus, "/stats/prometheus")).body.split("\n").filter((line) => /^envoy_(http_downstream_rq_total|cluster_upstream_rq_total|listener_downstream_cx_total)\{/.test(line) && !/"(admin|stats|agent|sidecar|kuma:envoy:admin|kuma_envoy_admin)"/.test(line));
    const before = await traffic();
    assert.ok(before.length > 0);
    for (let i = 0; i < 5; i++) assert.equal(await probe(), 200);
    assert.deepEqual(await traffic(), before);
  });

  it("stays ready while the control plane is away, is not while Envoy is, and starts it again", async () => {
    await controlPlane.kill();
    process.kill(agent.envoyPid, "SIGKILL");
    await waitUntil("it is not ready", async () => (await ready()) === 503);
    assert.equal(await probe(), 200);
    await controlPlane.start();
    await isReady();
    await controlPlane.kill();
    assert.deepEqual([await ready(), await statusOf(ports.health, "/healthz/ready"), agent.starts], [200, 200, 2]);
    await controlPlane.start();
  });

  it("drains when asked to, and then ends at once on SIGTERM, whatever is under way", async () => {
    const underWay = statusOf(ports.inbound, "/held");
    await waitUntil("the app has the request", () => held.length === 1);
    assert.equal(await statusOf(ports.status, "/drain"), 405);
    await cli("drain");
    assert.equal(await ready(), 503);
    await waitUntil("it drains", () => agent.logged("draining"));
    agent.child.kill("SIGTERM");
    assert.equal(await agent.ended, 0);
    assert.equal(await underWay, 0);
    held = [];
  });

  it("ends at once when asked to, without a signal, and leaves no files", async () => {
    agent = start();
    await isReady();
    const underWay = statusOf(ports.inbound, "/held");
    await waitUntil("the app has the request", () => held.length === 1);
    assert.equal(await statusOf(ports.status, "/quitquitquit"), 405);
    assert.deepEqual(await ask(ports.status, "/quitquitquit", "POST"), { status: 200, body: "OK" });
    assert.equal(await agent.ended, 0);
    assert.equal(await underWay, 0);
    held = [];
    assert.ok(agent.logged("/quitquitquit") && !agent.logged("draining"));
    assert.deepEqual(await readdir(folder), []);
  });

  it("lets requests end on SIGTERM, and removes what another one left that was killed", async () => {
    agent = start();
    await waitUntil("Envoy runs", () => agent.envoyPid > 0);
    process.kill(agent.envoyPid, "SIGKILL");
    agent.child.kill("SIGKILL");
    await agent.ended;
    assert.equal((await readdir(folder)).length, 1);
    agent = start();
    await isReady();
    assert.equal((await readdir(folder)).length, 1);
    const underWay = statusOf(ports.inbound, "/held");
    await waitUntil("the app has the request", () => held.length === 1);
    agent.child.kill("SIGTERM");
    await waitUntil("it drains", () => agent.logged("draining"));
    assert.equal(await probe(), 200, "probes are answered until the end");
    held[0]?.end("late");
    assert.deepEqual([await underWay, await agent.ended], [200, 0]);
    held = [];
  });

  it("ends with all that is wrong with the probes, and when it cannot listen; not for the sake of metrics", async () => {
    const probers = JSON.stringify({ "/ready": { httpGet: { port: 80 } }, "/app-health/web/livez": { httpGet: { port: "http" } } });
    const bad = start({ ISTIO_KUBE_APP_PROBERS: probers });
    assert.equal(await bad.ended, 64);
    for (const problem of [/^ISTIO_KUBE_APP_PROBERS: "\/ready": invalid path/m, /^ISTIO_KUBE_APP_PROBERS: "\/app-health\/web\/livez": .*must be int type/m]) assert.match(bad.output.tail(), problem);
    const broken = start({ ISTIO_KUBE_APP_PROBERS: "{" });
    assert.equal(await broken.ended, 64);
    assert.match(broken.output.tail(), /ISTIO_KUBE_APP_PROBERS: .*failed to decode/);
    const taken = start({ PROBEPLANE_STATUS_PORT: String(ports.app) });
    assert.equal(await taken.ended, 69);
    assert.match(taken.output.tail(), /--status-port: cannot listen .*another process listens there/);
    const nameless = start({ POD_NAME: "" });
    assert.equal(await nameless.ended, 64);
    agent = start({ ISTIO_PROMETHEUS_ANNOTATIONS: JSON.stringify({ scrape: "true", port: String(ports.status) }) });
    await waitUntil("it answers", async () => (await probe()) === 200);
    assert.ok(agent.logged("the app's metrics are left out: port"));
    assert.equal((await ask(ports.status, "/metrics")).status, 200);
  });
});
