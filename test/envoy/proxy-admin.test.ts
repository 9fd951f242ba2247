import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { request } from "node:https";
import path from "node:path";
import { proxyBootstrap } from "../../src/core/bootstrap/proxy-bootstrap.ts";
import { parseBootstrapRequest } from "../../src/core/bootstrap/bootstrap-request.ts";
import type { Dataplane } from "../../src/core/model/dataplane.ts";
import { askProxy } from "../../src/edge/access/ask-proxy.ts";
import { createProxyAdminAuthority, proxyCertificateName, type AdminCertificate, type ProxyAdminAuthority } from "../../src/edge/access/proxy-admin-authority.ts";
import { createMemoryStore } from "../../src/edge/source/memory/memory-store.ts";
import { endChild, endWithUs } from "../kit/children.ts";
import { envoyFor } from "../kit/envoy-binary.ts";
import { freePort } from "../kit/ports.ts";
import { dataplane } from "../kit/resources.ts";
import { scratchFolder } from "../kit/scratch-folder.ts";
import { waitUntil } from "../kit/wait-until.ts";

describe("the control plane's door to an Envoy's admin interface", () => {
  const proxy = { mesh: "default", name: "web-1" };
  const store = createMemoryStore();
  let authority: ProxyAdminAuthority;
  let envoy: ChildProcess;
  let port: number;

  before(async function () {
    const binary = await envoyFor(this);
    authority = createProxyAdminAuthority(store);
    port = await freePort();
    const folder = await scratchFolder("door");
    const plain = dataplane("web-1", { address: "127.0.0.1" });
    const stated: Dataplane = { ...plain, spec: { networking: { ...plain.spec.networking, admin: { port } } } };
    const asked = parseBootstrapRequest({ ...proxy, adminSocketPath: path.join(folder, "admin.sock") });
    assert.ok(asked.ok);
    const { caPem, cert, key } = await authority.forProxy(proxy);
    const controlPlane = { host: "127.0.0.1", port: 1 };
    const whole = proxyBootstrap(asked.request, stated, { controlPlane, reloadableTokens: false, adminCertificates: { caPem, certPem: cert, keyPem: key } });
    // Without a control plane to wait for: an Envoy listens nowhere before it has its configuration.
    const bootstrap = Object.fromEntries(Object.entries(whole).filter(([field]) => field !== "dynamic_resources"));
    await writeFile(path.join(folder, "envoy.json"), JSON.stringify(bootstrap));
    envoy = spawn(binary, ["-c", path.join(folder, "envoy.json"), "--disable-hot-restart", "--concurrency", "1", "-l", "error"], { stdio: "ignore" });
    endWithUs(envoy);
    await waitUntil("the door is there", async () => (await ask("/stats", await authority.forControlPlane())) === 200);
  });
  after(() => endChild(envoy));

  const ask = async (what: string, certificate: AdminCertificate): Promise<number> => {
    return (await askProxy({ address: "127.0.0.1", port, name: proxyCertificateName(proxy), path: what, certificate })).status;
  };

  it("opens for the control plane, also for another one on the same store, and lets ask three paths", async () => {
    const { body } = await askProxy({ address: "127.0.0.1", port, name: "default.web-1", path: "/stats?format=json", certificate: await authority.forControlPlane() });
    assert.ok(Buffer.from(body).toString().includes("server.live"));
    const other = await createProxyAdminAuthority(store).forControlPlane();
    for (const what of ["/clusters", "/config_dump?include_eds", "/stats"]) assert.equal(await ask(what, other), 200, what);
    for (const what of ["/", "/runtime", "/quitquitquit", "/stats/prometheus", "/clusters/../quitquitquit", "/ready"]) assert.equal(await ask(what, other), 404, what);
  });

  it("lets change nothing", async () => {
    const { cert, key, caPem: ca } = await authority.forControlPlane();
    for (const what of ["/stats", "/healthcheck/fail"]) {
      const status = await new Promise((resolve, reject) => {
        request({ host: "127.0.0.1", port, path: what, method: "POST", cert, key, ca, servername: "default.web-1", agent: false }, (reply) => {
          reply.resume();
          resolve(reply.statusCode);
        }).on("error", reject).end();
      });
      assert.equal(status, 404, what);
    }
  });

  it("stays shut for a proxy's certificate, for another authority's, and without any", async () => {
    const ca = await authority.forControlPlane();
    await assert.rejects(ask("/stats", await authority.forProxy({ mesh: "default", name: "other" })));
    await assert.rejects(ask("/stats", { ...(await createProxyAdminAuthority(createMemoryStore()).forControlPlane()), caPem: ca.caPem }));
    await assert.rejects(ask("/stats", { caPem: ca.caPem, cert: "", key: "" }));
  });

  it("is not mistaken for another proxy's", async () => {
    const certificate = await authority.forControlPlane();
    await assert.rejects(askProxy({ address: "127.0.0.1", port, name: "default.web-2", path: "/stats", certificate }), /altnames/);
  });
});
