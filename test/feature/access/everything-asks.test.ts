import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { request as httpsRequest } from "node:https";
import path from "node:path";
import { Client, credentials, Metadata, status } from "@grpc/grpc-js";
import type { FastifyInstance } from "fastify";
import { createUserAuthentication } from "../../../src/edge/access/authenticate-user.ts";
import { routesOf } from "../../../src/edge/api/authenticate.ts";
import { createDiagnosticsServer } from "../../../src/edge/api/diagnostics-server.ts";
import { noAdsMetrics } from "../../../src/edge/serve/ads-metrics.ts";
import { createAdsServer } from "../../../src/edge/serve/ads-server.ts";
import { createFakeProxies } from "../../kit/fake-proxies.ts";
import { silentLog } from "../../kit/silent-log.ts";
import { startWholeControlPlane, type WholeControlPlane } from "../../kit/whole-control-plane.ts";
import { apiUnderTest } from "../api/api-under-test.ts";

/** Who may be answered without a token. */
const openToAll = ["/", "/healthy", "/ready"];

const authenticate = createUserAuthentication({ loopbackIsAdmin: false, verify: () => Promise.resolve("not valid" as const) });

/** A URL in the place of its pattern. */
function filled(url: string): string {
  return url.replace(/:[a-zA-Z]+/g, "x").replace("*", "x");
}

async function answered(app: FastifyInstance, headers: Record<string, string>): Promise<readonly string[]> {
  await app.ready();
  const routes = routesOf(app);
  const open: string[] = [];
  for (const { method, url } of routes) {
    const reply = await app.inject({ method: method as "GET", url: filled(url), headers: { host: "127.0.0.1:5681", "content-type": "application/json", ...headers }, payload: ["GET", "HEAD"].includes(method) ? undefined : "{}" } as never);
    if (reply.statusCode !== 401) open.push(`${method} ${url} ${reply.statusCode}`);
    else assert.equal(reply.body.includes("x\""), false, "what is refused says nothing of what was asked for");
  }
  return open;
}

describe("without a token, and with loopback no administrator", () => {
  const servers = {
    "the API": () => apiUnderTest(() => ({}), { authenticate }).app,
    "the diagnostics": () => createDiagnosticsServer({ listenHost: "127.0.0.1", logger: silentLog, authenticate, notReadyReason: () => undefined, metrics: { contentType: "text/plain", text: () => Promise.resolve("") } }),
  };
  for (const [name, create] of Object.entries(servers)) {
    it(`${name} answers at no route but ${openToAll.join(", ")}`, async () => {
      const app = create();
      const routes = routesOf(app);
      assert.ok(routes.length >= (name === "the API" ? 150 : 18), `only ${routes.length} routes seen`);
      for (const headers of [{}, { authorization: "Bearer x" }, { authorization: "" }] as readonly Record<string, string>[]) {
        const open = await answered(app, headers);
        assert.ok(open.length > 0);
        assert.deepEqual(open.filter((line) => !openToAll.includes(line.split(" ")[1] ?? "")), [], JSON.stringify(headers));
      }
      await app.close();
    });
  }

  it("the API answers nowhere at all for a server that was not told whom to let in", async () => {
    const { app } = apiUnderTest(() => ({}), { authenticate: () => Promise.resolve("missing") });
    assert.equal((await app.inject({ url: "/meshes", headers: { host: "localhost" } })).statusCode, 401);
    await app.close();
  });
});

describe("a whole control plane, without a token and with loopback no administrator", () => {
  let whole: WholeControlPlane;
  let ca: string;
  before(async () => {
    whole = await startWholeControlPlane(["--api-loopback-is-admin=false"]);
    ca = await readFile(path.join(whole.dataDir, "tls", "ca.crt"), "utf8");
  });
  after(async () => whole.stop());

  const { rpcs } = createAdsServer({ snapshots: createFakeProxies(), logger: silentLog, metrics: noAdsMetrics });

  it("answers at none of the URLs that its own document lists, over HTTP and diagnostics", async () => {
    const { app } = apiUnderTest();
    const document = (await app.inject({ url: "/openapi.json", headers: { host: "localhost" } })).json<{ paths: Record<string, object> }>();
    await app.close();
    const urls = Object.keys(document.paths).map((url) => url.replace(/\{[^}]+\}/g, "x"));
    assert.ok(urls.length > 40, `only ${urls.length} URLs seen`);
    for (const url of [...urls, "/metrics"]) {
      for (const base of [whole.api, whole.diagnostics]) {
        const reply = await fetch(`${base}${url}`, { headers: { connection: "close" } });
        await reply.text();
        assert.equal(reply.status === 401, !openToAll.includes(url) || (url === "/" && base === whole.diagnostics), `${base}${url} answers ${reply.status}`);
      }
    }
  });

  it("answers no RPC, whatever is shown for a token", async () => {
    assert.equal(rpcs.length, 2);
    for (const rpc of [...rpcs, `${rpcs[0] ?? ""}/../x`, "/envoy.service.health.v3.HealthDiscoveryService/StreamHealthCheck", "/x"]) {
      for (const authorization of [undefined, "", "Bearer x", "x.y.z"]) {
        const ended = await callEnded(rpc, authorization);
        assert.equal(ended.code, rpcs.includes(rpc) ? status.UNAUTHENTICATED : status.UNIMPLEMENTED, `${rpc} ${String(authorization)}: ${ended.details}`);
        if (rpcs.includes(rpc)) assert.match(ended.details, /^(a token is needed|the token is not valid)$/);
      }
    }
  });

  it("gives no bootstrap, and serves nothing else on the proxies' port", async () => {
    const body = JSON.stringify({ mesh: "default", name: "web-1", version: {} });
    for (const [method, url] of [["POST", "/bootstrap"], ["GET", "/bootstrap"], ["GET", "/"], ["GET", "/ready"], ["GET", "/config"], ["PUT", "/meshes/default"]] as const) {
      const status = await proxyPort(method, url, method === "GET" ? undefined : body);
      assert.ok(status >= 400 && status < 500, `${method} ${url} answers ${status}`);
    }
  });

  async function callEnded(rpc: string, authorization: string | undefined): Promise<{ code: number; details: string }> {
    const client = new Client(`127.0.0.1:${whole.xdsPort}`, credentials.createSsl(Buffer.from(ca)), { "grpc.use_local_subchannel_pool": 1, "grpc.ssl_target_name_override": "localhost" });
    const metadata = new Metadata();
    if (authorization !== undefined) metadata.set("authorization", authorization);
    const bytes = (buffer: Buffer): Buffer => buffer;
    const call = client.makeBidiStreamRequest(rpc, bytes, bytes, metadata);
    call.on("error", () => undefined);
    call.on("data", () => undefined);
    const ended = await new Promise<{ code: number; details: string }>((resolve) => call.on("status", resolve));
    client.close();
    return ended;
  }

  function proxyPort(method: string, url: string, body: string | undefined): Promise<number> {
    return new Promise((resolve, reject) => {
      const asked = httpsRequest({ host: "127.0.0.1", port: whole.xdsPort, method, path: url, ca, agent: false, headers: { "content-type": "application/json" } }, (reply) => {
        reply.resume();
        resolve(reply.statusCode ?? 0);
      });
      asked.on("error", reject);
      asked.end(body);
    });
  }
});
