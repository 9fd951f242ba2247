import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { Server, ServerResponse } from "node:http";
import { readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { ControlPlaneProcess } from "../kit/control-plane-process.ts";
import { envoyFor } from "../kit/envoy-binary.ts";
import { httpGet } from "../kit/http-request.ts";
import { freePorts } from "../kit/ports.ts";
import { ProxyProcess, reaching } from "../kit/proxy-process.ts";
import { scratchFolder } from "../kit/scratch-folder.ts";
import { waitUntil } from "../kit/wait-until.ts";

describe("probeplane proxy", () => {
  let controlPlane: ControlPlaneProcess;
  let envoy: string;
  let folder: string;
  let app: Server;
  let held: ServerResponse[] = [];
  let ports: { app: number; inbound: number; ready: number };
  let proxy: ProxyProcess | undefined;

  before(async function () {
    envoy = await envoyFor(this);
    controlPlane = await ControlPlaneProcess.start({ args: ["--direct-dataplanes-remove-after", "1s"] });
    folder = await scratchFolder("proxy");
    const [appPort = 0, inbound = 0, ready = 0, admin = 0] = await freePorts(4);
    ports = { app: appPort, inbound, ready };
    app = createServer((request, response) => {
      if (request.url === "/held") held.push(response);
      else response.end("app");
    });
    await new Promise<void>((resolve) => app.listen(appPort, "127.0.0.1", resolve));
    await writeFile(path.join(folder, "dataplane.yaml"), [
      "type: Dataplane", "mesh: default", "name: {{ name }}", "networking:", "  address: 127.0.0.1",
      `  inbound: [{ port: ${inbound}, servicePort: ${appPort}, tags: { kuma.io/service: web, kuma.io/protocol: http } }]`,
      `  admin: { port: ${admin} }`,
    ].join("\n"));
  });
  afterEach(async () => {
    await proxy?.close();
    held.forEach((response) => response.end());
    held = [];
    await waitUntil("the Dataplane is gone", async () => (await dataplane()).status === 404);
  });
  after(async () => {
    app.closeAllConnections();
    app.close();
    await controlPlane.close();
  });

  const dataplane = async (): Promise<{ status: number; body: unknown }> => await controlPlane.api.get({ type: "Dataplane", name: "web-1" });
  const ready = async (): Promise<number> => (await httpGet(ports.ready, "/ready")).status;
  const isReady = async (): Promise<boolean> => await waitUntil("the proxy is ready", async () => (await ready()) === 200);

  function start(...more: readonly string[]): ProxyProcess {
    const args = [
      "--dataplane-file", path.join(folder, "dataplane.yaml"), "--dataplane-var", "name=web-1", ...reaching(controlPlane),
      "--envoy-path", envoy, "--readiness-listen", `127.0.0.1:${ports.ready}`, "--work-dir", folder, ...more,
    ];
    proxy = new ProxyProcess({ args: more.includes("--") ? args : [...args, "--", "--concurrency", "1"] });
    return proxy;
  }

  it("brings its Dataplane along, serves, is started again after a crash, and takes its Dataplane with it", async () => {
    const running = start();
    await isReady();
    assert.equal((await dataplane()).status, 200);
    assert.equal((await httpGet(ports.inbound)).status, 200);
    const first = running.envoyPid;
    process.kill(first, "SIGKILL");
    await waitUntil("it is not ready", async () => (await ready()) === 503);
    await waitUntil("Envoy runs again", () => running.starts > 1);
    await isReady();
    assert.notEqual(running.envoyPid, first);
    assert.equal((await httpGet(ports.inbound)).status, 200);
    running.child.kill("SIGTERM");
    assert.equal(await running.ended, 0);
  });

  it("lets requests end that are under way, tells their clients to go elsewhere, and is not ready meanwhile", async () => {
    const running = start();
    await isReady();
    const underWay = httpGet(ports.inbound, "/held");
    await waitUntil("the app has the request", () => held.length === 1);
    running.child.kill("SIGTERM");
    await waitUntil("it is not ready", async () => (await ready()) === 503);
    await waitUntil("it says so to clients", async () => (await httpGet(ports.inbound)).headers["connection"] === "close");
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    assert.equal(running.child.exitCode, null, "ended before its requests did");
    held[0]?.end("late");
    assert.equal((await underWay).status, 200);
    assert.equal(await running.ended, 0);
  });

  it("ends at once when it is told so twice", async () => {
    const running = start();
    await isReady();
    const underWay = httpGet(ports.inbound, "/held");
    await waitUntil("the app has the request", () => held.length === 1);
    running.child.kill("SIGTERM");
    await waitUntil("it drains", () => running.logged("draining"));
    running.child.kill("SIGTERM");
    assert.equal(await running.ended, 0);
    assert.notEqual((await underWay).status, 200);
  });

  it("waits for its control plane, and for a Dataplane that is not stored yet", async () => {
    await controlPlane.stop();
    const running = new ProxyProcess({ args: ["--name", "web-1", ...reaching(controlPlane), "--envoy-path", envoy, "--readiness-listen", `127.0.0.1:${ports.ready}`, "--drain-time", "0s"] });
    proxy = running;
    await waitUntil("it cannot reach the control plane", () => running.logged("no bootstrap yet: connect ECONNREFUSED"));
    assert.equal(await ready(), 503);
    await controlPlane.start();
    await waitUntil("it has no Dataplane", () => running.logged("has no Dataplane of this name"));
    const document = { type: "Dataplane", mesh: "default", name: "web-1", networking: { address: "127.0.0.1", inbound: [{ port: ports.inbound, servicePort: ports.app, tags: { "kuma.io/service": "web" } }] } };
    await controlPlane.api.put(document);
    await isReady();
    running.child.kill("SIGTERM");
    assert.equal(await running.ended, 0);
    await controlPlane.api.delete(document);
  });

  it("comes back to a control plane that was killed, and is asked by it what its Envoy says", async () => {
    const running = start("--drain-time", "0s");
    await isReady();
    await controlPlane.kill();
    assert.equal((await httpGet(ports.inbound)).status, 200);
    await controlPlane.start();
    await waitUntil("the control plane can ask its Envoy", async () => {
      const { status, body } = await controlPlane.api.ask("GET", "/meshes/default/dataplanes/web-1/stats?format=json");
      return status === 200 && JSON.stringify(body).includes("server.live");
    });
    await waitUntil("it is connected", async () => {
      const { body } = await controlPlane.api.ask("GET", "/meshes/default/dataplanes/web-1/_overview");
      return JSON.stringify(body).includes("controlPlaneInstanceId");
    });
    await isReady();
    running.child.kill("SIGTERM");
    assert.equal(await running.ended, 0);
  });

  it("ends with one reason when its token is not good", async () => {
    await writeFile(path.join(folder, "bad.token"), "not.a.token");
    const running = start("--token-file", path.join(folder, "bad.token"));
    assert.equal(await running.ended, 77);
    assert.equal(running.output.lines.filter((line) => line !== "" && !/^(proxy|readiness) /.test(line)).length, 1, running.output.tail());
    assert.match(running.output.tail(), /the control plane at https:\/\/127\.0\.0\.1:\d+ refuses this proxy: status 401: the token is not valid/);
  });

  it("takes a token that replaces another one for its next stream", async () => {
    const replaced = path.join(folder, "replaced.token");
    const good = await readFile(controlPlane.tokenFile, "utf8");
    await writeFile(replaced, good);
    const running = start("--token-file", replaced, "--drain-time", "0s");
    await isReady();
    await writeFile(replaced, "spoilt");
    await waitUntil("it has seen that", () => running.logged("the token was replaced"));
    await controlPlane.kill();
    await controlPlane.start();
    // The text of a gRPC status comes with its spaces encoded.
    await waitUntil("it is not let in", () => running.logged("the%20token%20is%20not%20valid"));
    await writeFile(replaced, `${good.trim()}\n`);
    await waitUntil("it is let in again", async () => {
      const { body } = await controlPlane.api.ask("GET", "/meshes/default/dataplanes/web-1/_overview");
      return JSON.stringify(body).includes("controlPlaneInstanceId");
    });
    running.child.kill("SIGTERM");
    assert.equal(await running.ended, 0);
  });

  it("keeps its files and its token to itself, and leaves none", async () => {
    const running = start("--drain-time", "0s");
    await isReady();
    const config = (await readFile(`/proc/${running.envoyPid}/cmdline`, "utf8")).split("\0").find((argument) => argument.endsWith("bootstrap.yaml")) ?? "";
    const token = (await readFile(controlPlane.tokenFile, "utf8")).trim();
    assert.ok(token.length > 20 && !(await readFile(config, "utf8")).includes(token));
    assert.equal(((await stat(config)).mode & 0o777).toString(8), "600");
    assert.equal(((await stat(path.dirname(config))).mode & 0o777).toString(8), "700");
    assert.equal(((await stat(path.join(path.dirname(config), "admin.sock"))).mode & 0o777).toString(8), "600");
    running.child.kill("SIGTERM");
    assert.equal(await running.ended, 0);
    await assert.rejects(stat(path.dirname(config)), /ENOENT/);
  });

  it("ends with the reason when Envoy cannot be started", async () => {
    const missing = new ProxyProcess({ args: ["--name", "web-1", "--envoy-path", "/nowhere/envoy", "--readiness-listen", "127.0.0.1:0"] });
    assert.equal(await missing.ended, 69);
    assert.ok(missing.logged("--envoy-path: cannot run /nowhere/envoy"));
    const running = start("--", "--no-such-flag");
    assert.equal(await running.ended, 69);
    assert.ok(running.logged("Envoy ended at its start with status 1"), running.output.tail());
  });

  it("ends with the violations of its Dataplane's file before it asks anybody", async () => {
    const running = new ProxyProcess({ args: ["--dataplane-file", path.join(folder, "dataplane.yaml"), "--dataplane-var", "other=x", "--cp-address", "http://127.0.0.1:1"] });
    assert.equal(await running.ended, 1);
    assert.match(running.output.tail(), /dataplane.yaml: line 3: the variable name has no value/);
  });
});
