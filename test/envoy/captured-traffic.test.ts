import assert from "node:assert/strict";
import type { MeshService } from "../../src/core/model/mesh-service.ts";
import type { Resource } from "../../src/core/model/resource.ts";
import { startControlPlane } from "../kit/control-plane.ts";
import type { ControlPlane } from "../kit/control-plane.ts";
import { ping, pong, startTcpApp } from "../kit/apps/tcp-app.ts";
import { freePort } from "../kit/ports.ts";
import { envoyFor } from "../kit/envoy-binary.ts";
import type { Pod } from "../kit/pods/pod.ts";
import { startPodNetwork } from "../kit/pods/pod-network.ts";
import type { PodNetwork } from "../kit/pods/pod-network.ts";
import { whyNoPods } from "../kit/pods/pods-for.ts";
import { redirect } from "../kit/pods/redirect.ts";
import { socketTo, spawnSidecar } from "../kit/pods/sidecar.ts";
import { dataplane, healthCheck, inboundOf, meshNamed, meshService, redirected, toService } from "../kit/resources.ts";
import type { RunningEnvoy } from "../kit/spawn-envoy.ts";
import { waitUntil } from "../kit/wait-until.ts";

/** Quick verdicts, by the callers. */
const conf = { interval: "100ms", noTrafficInterval: "100ms", timeout: "500ms", unhealthyThreshold: 2, healthyThreshold: 1, http: { path: "/health" } };
const policy = healthCheck("web-to-backend", { kind: "MeshService", name: "web" }, [toService("backend", conf)]);

function backendService(over: Partial<MeshService["spec"]> = {}): Resource {
  const vips = [{ ip: "10.96.0.10" }, { ip: "fd00:96::10" }];
  return meshService("backend", { selector: { dataplaneTags: { "kuma.io/service": "backend" } }, ports: [{ port: 80, targetPort: 8080, appProtocol: "http" }], vips, ...over });
}

/** Without VIPs: its name resolves to its pods. */
const headless = meshService("peers", { selector: { dataplaneTags: { "kuma.io/service": "backend" } }, ports: [{ port: 8080, appProtocol: "http" }] });
const backendCluster = "kri_msvc_default_default__backend_80";

/** Undefined: pods in network namespaces can be had. */
const reason = await whyNoPods();

describe("captured traffic, with a real Envoy", () => {
  let binary: string;
  let controlPlane: ControlPlane;
  let xds: Awaited<ReturnType<typeof socketTo>>;
  const envoys: RunningEnvoy[] = [];

  before(async function () {
    binary = await envoyFor(this);
    controlPlane = await startControlPlane([meshNamed()]);
    xds = await socketTo(controlPlane.port);
  });
  after(async () => {
    await Promise.all(envoys.map((envoy) => envoy.close()));
    await xds.close();
    await controlPlane.stop();
  });

  async function sidecar(name: string, pod?: Pod, variant?: "sotw" | "delta"): Promise<RunningEnvoy> {
    const envoy = await spawnSidecar(pod, { binary, node: `default.${name}`, xds: xds.path, ...(variant === undefined ? {} : { variant }) });
    envoys.push(envoy);
    await waitUntil(`${name} listens where connections arrive`, async () => (await envoy.admin.text("/listeners")).includes("outbound:passthrough:ipv4"));
    return envoy;
  }

  async function untilVerdict(envoy: RunningEnvoy, cluster: string, endpoint: string, healthy: boolean): Promise<void> {
    await waitUntil(`${envoy.name} finds ${endpoint} ${healthy ? "healthy" : "unhealthy"}`, async () => (await envoy.admin.verdict(cluster, endpoint))?.healthy === healthy);
  }

  if (reason === undefined) describe("between pods whose connections iptables redirects", () => {
    let network: PodNetwork;
    let web: Pod;
    let backend: Pod;
    let old: Pod;
    let webEnvoy: RunningEnvoy;
    let backendEnvoy: RunningEnvoy;

    before(async () => {
      network = await startPodNetwork("web", "backend", "old");
      [web, backend, old] = network.pods as [Pod, Pod, Pod];
      const calls = [
        dataplane("web", { address: web.address, inbound: [inboundOf("web")], transparentProxying: redirected }),
        dataplane("backend", { address: backend.address, inbound: [inboundOf("backend")], transparentProxying: redirected }),
      ];
      for (const resource of [...calls, backendService(), headless, policy]) await controlPlane.store.put(resource);
      for (const [pod, port] of [[web, 8080], [backend, 8080], [backend, 9090], [backend, 9191], [old, 8080], [network.node, 9999], [network.node, 9998]] as const) await pod.serve(port);
      for (const pod of [web, backend]) await redirect(pod, { excludeInboundPorts: [{ from: 9191, to: 9191 }], excludeOutboundPorts: [{ from: 9990, to: 9998 }] });
      [webEnvoy, backendEnvoy] = await Promise.all([sidecar("web", web), sidecar("backend", backend, "sotw")]);
      await untilVerdict(webEnvoy, backendCluster, `${backend.address}:8080`, true);
    });
    after(async () => { await network.close(); });

    const counted = (envoy: RunningEnvoy, cluster: string, what: string): Promise<number> => envoy.admin.stat(`cluster.${cluster.replaceAll(":", "_")}.${what}`);

    for (const [family, url] of [["IPv4", "http://10.96.0.10/hello"], ["IPv6", "http://[fd00:96::10]/hello"]] as const) {
      it(`brings a call to a VIP (${family}) through both sidecars to the app, which sees HTTP/1.1 from the marked address`, async () => {
        const before = await counted(backendEnvoy, "localhost:8080", "upstream_rq_total");
        assert.deepEqual(await web.get(url), { status: 200, body: "backend" });
        assert.ok(await counted(webEnvoy, backendCluster, "upstream_rq_total") > 0);
        assert.ok(await counted(backendEnvoy, "localhost:8080", "upstream_rq_total") > before);
        const seen = (await backend.seen(8080)).filter(({ path }) => path === "/hello").at(-1);
        assert.deepEqual(seen, { path: "/hello", httpVersion: "1.1", from: "127.0.0.6", isCheck: false });
      });
    }

    it("checks, by a policy, the endpoints of the VIP's cluster through their sidecars, and follows the app", async () => {
      const endpoint = `${backend.address}:8080`;
      assert.ok((await backend.seen(8080)).some(({ path, isCheck, httpVersion, from }) => isCheck && path === "/health" && httpVersion === "1.1" && from === "127.0.0.6"));
      await backend.answer(8080, 503);
      await untilVerdict(webEnvoy, backendCluster, endpoint, false);
      await backend.answer(8080, 200);
      await untilVerdict(webEnvoy, backendCluster, endpoint, true);
      const checks = (await webEnvoy.admin.dynamicCluster(backendCluster))?.["health_checks"] as readonly object[];
      assert.equal(checks.length, 1);
    });

    it("of a service without VIPs goes to the pod that was called, through its own cluster", async () => {
      const cluster = `kri_msvc_default_default__peers_8080@${backend.address}`;
      assert.deepEqual(await web.get(`http://${backend.address}:8080/peer`), { status: 200, body: "backend" });
      assert.equal(await counted(webEnvoy, cluster, "upstream_rq_total"), 1);
    });

    it("of a pod that calls its own service goes out of its sidecar and in again", async () => {
      assert.deepEqual(await backend.get("http://10.96.0.10/self"), { status: 200, body: "backend" });
      assert.equal((await backend.seen(8080)).find(({ path }) => path === "/self")?.from, "127.0.0.6");
      assert.deepEqual(await backend.get(`http://${backend.address}:8080/own`), { status: 200, body: "backend" });
    });

    it("is passed on where nobody knows it, in both directions and families", async () => {
      assert.deepEqual(await web.get(`http://${network.node.address}:9999/`), { status: 200, body: "node" });
      assert.deepEqual(await web.get(`http://[${network.node.address6}]:9999/`), { status: 200, body: "node" });
      assert.equal(await counted(webEnvoy, "outbound:passthrough:ipv4", "upstream_cx_total"), 1);
      assert.equal(await counted(webEnvoy, "outbound:passthrough:ipv6", "upstream_cx_total"), 1);
      assert.deepEqual(await network.node.get(`http://${backend.address}:9090/`), { status: 200, body: "backend" });
      assert.deepEqual(await network.node.get(`http://[${backend.address6}]:9090/`), { status: 200, body: "backend" });
      assert.deepEqual((await backend.seen(9090)).map(({ from }) => from), ["127.0.0.6", "::6"]);
    });

    it("goes from and to a pod without a sidecar as it always did", async () => {
      assert.deepEqual(await old.get(`http://${backend.address}:8080/from-old`), { status: 200, body: "backend" });
      assert.deepEqual(await web.get(`http://${old.address}:8080/`), { status: 200, body: "old" });
    });

    it("does not see ports that are excluded", async () => {
      const before = await counted(webEnvoy, "outbound:passthrough:ipv4", "upstream_cx_total");
      assert.deepEqual(await web.get(`http://${network.node.address}:9998/`), { status: 200, body: "node" });
      assert.deepEqual(await network.node.get(`http://${backend.address}:9191/`), { status: 200, body: "backend" });
      assert.equal(await counted(webEnvoy, "outbound:passthrough:ipv4", "upstream_cx_total"), before);
      assert.deepEqual((await network.node.seen(9998)).map(({ from }) => from), [web.address]);
      assert.deepEqual((await backend.seen(9191)).map(({ from }) => from), [network.node.address]);
    });

    it("that is sent to the redirect's own ports ends there, and not in a circle", async () => {
      await web.untilClosed("127.0.0.1", 15_001);
      await network.node.untilClosed(backend.address, 15_006);
      await network.node.untilClosed(backend.address, 15_001);
      assert.equal(await counted(webEnvoy, "captured:nowhere", "upstream_cx_none_healthy"), 1);
    });

    it("is served at a VIP that comes, and at one that goes no more", async () => {
      await controlPlane.store.put(backendService({ vips: [{ ip: "10.96.0.11" }] }));
      const listeners = await waitUntil("the new VIP has a listener", async () => {
        const text = await webEnvoy.admin.text("/listeners");
        return text.includes("10.96.0.11:80") ? text : undefined;
      });
      assert.ok(!listeners.includes("10.96.0.10:80"));
      assert.deepEqual(await web.get("http://10.96.0.11/moved"), { status: 200, body: "backend" });
    });

    it("to what the mesh does not know is refused where the Mesh says so", async () => {
      await controlPlane.store.put({ ...meshNamed(), spec: { networking: { outbound: { passthrough: false } } } });
      await waitUntil("the outside is refused", () => web.get(`http://${network.node.address}:9999/`).then(() => false, () => true));
      assert.deepEqual(await web.get("http://10.96.0.11/still"), { status: 200, body: "backend" });
      await controlPlane.store.put(meshNamed());
      await waitUntil("the outside is back", () => web.get(`http://${network.node.address}:9999/`).then(({ status }) => status === 200, () => false));
    });

    it("was never refused by an Envoy", async () => {
      for (const envoy of [webEnvoy, backendEnvoy]) await assertNothingRefused(envoy);
    });
  });

  // Nothing is redirected, so that checks reach the app itself and no call can be made. Where pods cannot be had, this has to do.
  describe(`without redirection${reason === undefined ? "" : `, because ${reason}`}`, () => {
    it("is given the listeners of VIPs, and checks, by a policy, the endpoints of their cluster", async () => {
      const app = await startTcpApp("cache");
      const selector = { dataplaneTags: { "kuma.io/service": "cache" } };
      const transparentProxying = { redirectPortInbound: await freePort(), redirectPortOutbound: await freePort(), ipFamilyMode: "IPv4" } as const;
      const ask = { send: Buffer.from(ping).toString("base64"), receive: [Buffer.from(pong).toString("base64")] };
      for (const resource of [
        dataplane("cache", { address: "127.0.0.1", inbound: [inboundOf("cache", { port: app.port, protocolTag: "tcp" })], transparentProxying: redirected }),
        dataplane("job", { transparentProxying }),
        meshService("cache", { selector, ports: [{ port: 6379, targetPort: app.port }], vips: [{ ip: "10.96.0.20" }] }),
        healthCheck("job-to-cache", undefined, [toService("cache", { ...conf, tcp: ask })]),
      ]) await controlPlane.store.put(resource);
      const job = await sidecar("job", undefined, "sotw");
      const [cluster, endpoint] = ["kri_msvc_default_default__cache_6379", `127.0.0.1:${String(app.port)}`];
      assert.match(await job.admin.text("/listeners"), /outbound:10\.96\.0\.20:6379/);
      await untilVerdict(job, cluster, endpoint, true);
      app.behaviour = "wrong";
      await untilVerdict(job, cluster, endpoint, false);
      app.behaviour = "pong";
      await untilVerdict(job, cluster, endpoint, true);
      await assertNothingRefused(job);
      await app.close();
    });
  });

  async function assertNothingRefused(envoy: RunningEnvoy): Promise<void> {
    for (const what of ["cluster_manager.cds.update_rejected", "listener_manager.lds.update_rejected"]) assert.equal(await envoy.admin.stat(what), 0);
  }
});
