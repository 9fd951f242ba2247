import assert from "node:assert/strict";
import type { Mesh } from "../../src/core/model/mesh.ts";
import type { Resource } from "../../src/core/model/resource.ts";
import { probersVariable } from "../../src/core/probe/prober.ts";
import type { ContainerSpec, ProbeSpec } from "../../src/core/probe/pod-spec.ts";
import { rewritePod } from "../../src/core/probe/rewrite-pod.ts";
import { formatTable } from "../../src/core/view/format-table.ts";
import { makeTestCa } from "../kit/certificates.ts";
import type { TestCa } from "../kit/certificates.ts";
import { closeAfter } from "../kit/close-after.ts";
import { startControlPlane } from "../kit/control-plane.ts";
import type { ControlPlane } from "../kit/control-plane.ts";
import { overWire } from "../kit/documented-probes.ts";
import { envoyFor } from "../kit/envoy-binary.ts";
import type { PeerTls } from "../kit/pods/fetch-text.ts";
import type { Pod } from "../kit/pods/pod.ts";
import { startPodNetwork } from "../kit/pods/pod-network.ts";
import type { PodNetwork } from "../kit/pods/pod-network.ts";
import { whyNoPods } from "../kit/pods/pods-for.ts";
import { redirect } from "../kit/pods/redirect.ts";
import { socketTo, spawnSidecar } from "../kit/pods/sidecar.ts";
import { startStatusAgent } from "../kit/pods/start-status-agent.ts";
import type { ProbeVerdict } from "../kit/pods/wire-probe.ts";
import { dataplane, healthCheck, inboundOf, meshNamed, meshService, redirected, toService } from "../kit/resources.ts";
import { skipBecause } from "../kit/skip.ts";
import type { RunningEnvoy } from "../kit/spawn-envoy.ts";
import { waitUntil } from "../kit/wait-until.ts";

/** Ports of the backend's apps: all speak HTTP, except the payment (gRPC). */
const ports = { backend: 8080, cache: 7171, payment: 9090, local: 7070, secure: 8443, metrics: 9191, undeclared: 6060, nobody: 2940 } as const;
const protocols = { backend: "http", cache: "tcp", payment: "grpc", local: "http", secure: "http", metrics: "http" } as const;
type Service = keyof typeof protocols;
const services = Object.keys(protocols) as Service[];
const vip = (service: Service): string => `10.96.0.${String(10 + services.indexOf(service))}`;
const clusterOf = (service: Service): string => `kri_msvc_default_default__${service}_80`;

const quick = { interval: "100ms", noTrafficInterval: "100ms", timeout: "1s", unhealthyThreshold: 2, healthyThreshold: 1 };
const http = { ...quick, http: { path: "/health" } };
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const tcp = { ...quick, tcp: { send: base64("GET /health HTTP/1.1\r\nHost: cache\r\n\r\n"), receive: [base64("HTTP/1.1 200")] } };
const checks = healthCheck("of-web", { kind: "MeshService", name: "web" }, [toService("backend", http), toService("local", http), toService("cache", tcp), toService("payment", { ...quick, grpc: {} })]);

function meshIn(mode: "STRICT" | "PERMISSIVE"): Mesh {
  return { ...meshNamed(), spec: { mtls: { enabledBackend: "ca-1", backends: [{ name: "ca-1", type: "builtin", mode }] } } };
}

function serviceOf(name: Service): Resource {
  const selector = { dataplaneTags: { "kuma.io/service": name } };
  return meshService(name, { selector, ports: [{ port: 80, targetPort: ports[name], appProtocol: protocols[name] }], vips: [{ ip: vip(name) }] });
}

function backendOf(pod: Pod): Resource {
  const inbound = services.map((name) => inboundOf(name, { port: ports[name], protocolTag: protocols[name], ...(name === "local" && { serviceAddress: "127.0.0.1" }) }));
  return dataplane("backend", { address: pod.address, inbound, transparentProxying: { ...redirected, excludedInboundPorts: [ports.metrics] } });
}

const containers: readonly ContainerSpec[] = [
  { name: "http", readinessProbe: { httpGet: { path: "/ready", port: ports.backend } } },
  { name: "tcp", readinessProbe: { tcpSocket: { port: ports.cache } } },
  { name: "nobody", readinessProbe: { tcpSocket: { port: ports.nobody } } },
  { name: "grpc", readinessProbe: { grpc: { port: ports.payment } } },
  { name: "local", readinessProbe: { httpGet: { path: "/ready", port: ports.local } } },
];

/** A connection that ends without an answer. */
const refused = /^(socket hang up|read ECONNRESET)$/;

/** Undefined: pods in network namespaces can be had. */
const reason = await whyNoPods();

describe("captured traffic under mutual TLS, with real Envoys", () => {
  let controlPlane: ControlPlane;
  let network: PodNetwork;
  let [web, backend] = [] as unknown as [Pod, Pod];
  let [webEnvoy, backendEnvoy] = [] as unknown as [RunningEnvoy, RunningEnvoy];
  let ca: TestCa;
  let peer: PeerTls;
  let probes: ReadonlyMap<string, { readonly before: ProbeSpec; readonly after: ProbeSpec }>;
  let mode = "STRICT";
  const rows: string[][] = [];
  const close = closeAfter();
  close(() => { console.log(formatTable(["MODE", "FROM", "TO", "ANSWER"], rows).replace(/^(?=.)/gm, "    ")); });

  before(async function () {
    if (reason !== undefined) skipBecause(this, reason);
    const binary = await envoyFor(this);
    ca = await makeTestCa("the app's own");
    peer = { ca: ca.cert, ...(await ca.issue("somebody")) };
    controlPlane = await startControlPlane([meshIn("STRICT"), ...services.map(serviceOf), checks], { certificates: true });
    close(() => controlPlane.stop());
    const xds = await socketTo(controlPlane.port);
    close(() => xds.close());
    network = await startPodNetwork("web", "backend");
    close(() => network.close());
    [web, backend] = network.pods as [Pod, Pod];
    await controlPlane.store.put(backendOf(backend));
    await controlPlane.store.put(dataplane("web", { address: web.address, inbound: [inboundOf("web")], transparentProxying: redirected }));
    await startApps();
    await redirect(web);
    await redirect(backend, { excludeInboundPorts: [{ from: ports.metrics, to: ports.metrics }] });
    [webEnvoy, backendEnvoy] = await Promise.all([
      spawnSidecar(web, { binary, node: "default.web", xds: xds.path }),
      spawnSidecar(backend, { binary, node: "default.backend", xds: xds.path, variant: "sotw" }),
      startAgent(),
    ]);
    close(() => Promise.all([webEnvoy, backendEnvoy].map((envoy) => envoy.close())));
    await untilVerdicts(true);
  });

  async function startApps(): Promise<void> {
    for (const port of [ports.backend, ports.cache, ports.metrics, ports.undeclared]) await backend.serve(port);
    await backend.serve(ports.local, { host: "127.0.0.1" });
    await backend.serve(ports.secure, { tls: await ca.issue("the app") });
    await backend.serveGrpc(ports.payment, "SERVING");
  }

  async function startAgent(): Promise<void> {
    const pod = { spec: { containers: [...containers, { name: "istio-proxy" }] } };
    const rewritten = rewritePod(pod, { sidecarName: "istio-proxy", rewriteByDefault: true, defaultStatusPort: 15_020 }).pod.spec?.containers ?? [];
    const named = (name: string) => rewritten.find((each) => each.name === name);
    probes = new Map(containers.map(({ name, readinessProbe }) => [name, { before: readinessProbe ?? {}, after: named(name)?.readinessProbe ?? {} }]));
    const probers = named("istio-proxy")?.env?.find((each) => each.name === probersVariable)?.value ?? "";
    close(await startStatusAgent(backend, { podIp: backend.address, probers, appAddress: `${String(ports.local)}=127.0.0.1` }));
  }

  async function untilVerdicts(healthy: boolean): Promise<void> {
    for (const service of ["backend", "cache", "payment", "local"] as const) {
      await waitUntil(`web finds ${service} ${healthy ? "healthy" : "unhealthy"}`, async () => (await webEnvoy.admin.verdict(clusterOf(service), `${backend.address}:${String(ports[service])}`))?.healthy === healthy);
    }
  }

  /** What comes of a call from one pod, or from the node, to the backend. */
  async function said(from: Pod, to: string, url: string, tls?: PeerTls): Promise<string> {
    const answer = await from.get(url, tls).then(({ status }) => String(status), (error: unknown) => (error instanceof Error ? error.message.replace(/^node: /, "") : "no Error"));
    rows.push([mode, from.name, to, answer]);
    return answer;
  }

  const call = (service: Service, from = web): Promise<string> => said(from, `VIP of ${service}`, `http://${vip(service)}/${service}`);
  const plain = (port: keyof typeof ports): Promise<string> => said(network.node, `port of ${port}, plain text`, `http://${backend.address}:${String(ports[port])}/plain`);
  const plain6 = (port: keyof typeof ports): Promise<string> => said(network.node, `port of ${port}, plain text, IPv6`, `http://[${backend.address6}]:${String(ports[port])}/plain6`);

  async function probed(name: string, how: "before" | "after"): Promise<ProbeVerdict> {
    const verdict = await network.node.probe(overWire(probes.get(name)?.[how] ?? assert.fail(name), backend.address));
    const shown = verdict.ok ? "succeeds" : `fails: ${verdict.output.replace(/^Get ".*?": /, "").replace(/(?<=UNAVAILABLE).*/, "")}`;
    rows.push([mode, "kubelet", `${name} probe, ${how === "after" ? "by the agent" : "as it was written"}`, shown]);
    return verdict;
  }

  it("STRICT: goes from pod to pod by mutual TLS, also to an app that listens on 127.0.0.1 alone, and to oneself", async () => {
    for (const service of ["backend", "cache", "local"] as const) assert.equal(await call(service), "200");
    assert.match((await backend.seen(ports.backend)).find(({ path }) => path === "/backend")?.caller ?? "", /URI=spiffe:\/\/default\/web;/);
    assert.match((await backend.seen(ports.local)).find(({ path }) => path === "/local")?.caller ?? "", /URI=spiffe:\/\/default\/web;/);
    for (const service of ["backend", "cache", "local"] as const) assert.ok(await webEnvoy.admin.stat(`cluster.${clusterOf(service)}.ssl.handshake`) > 0);
    assert.equal(await call("backend", backend), "200");
    assert.equal(await said(backend, "its own address", `http://${backend.address}:${String(ports.backend)}/own`), "200");
  });

  it("STRICT: is refused in plain text at every port, declared or not, in both families; excluded ports are reached by everybody", async () => {
    for (const port of ["backend", "cache", "local", "undeclared"] as const) assert.match(await plain(port), refused);
    for (const port of ["backend", "undeclared"] as const) assert.match(await plain6(port), refused);
    assert.match(await said(network.node, "port of secure, the app's TLS", secureUrl(), peer), refused);
    for (const port of [15_001, 15_006]) await network.node.untilClosed(backend.address, port);
    assert.deepEqual([await plain("metrics"), await plain6("metrics"), await call("metrics")], ["200", "200", "200"]);
    assert.equal(await webEnvoy.admin.stat(`cluster.${clusterOf("metrics")}.ssl.handshake`), 0);
    for (const port of ["backend", "local", "cache", "undeclared"] as const) assert.ok((await backend.seen(ports[port])).every(({ path }) => !path.startsWith("/plain")), port);
  });

  it("STRICT: probes of a kubelet fail as they were written, whatever the app says; by the agent they are what the app says", async () => {
    for (const name of ["http", "local"]) assert.match((await probed(name, "before")).output, /EOF$|connection reset by peer$/);
    assert.match((await probed("grpc", "before")).output, /^error: health rpc probe failed: 14 UNAVAILABLE/);
    assert.equal((await probed("nobody", "before")).ok, true, "a proxy takes every connection");
    for (const name of ["http", "local", "tcp", "grpc"]) assert.equal((await probed(name, "after")).ok, true, name);
    await everyApp(503, "NOT_SERVING");
    for (const name of ["http", "local"]) assert.deepEqual(await probed(name, "after"), { ok: false, output: "HTTP probe failed with statuscode: 503" });
    for (const name of ["grpc", "nobody"]) assert.deepEqual(await probed(name, "after"), { ok: false, output: "HTTP probe failed with statuscode: 500" });
  });

  it("STRICT: active checks of all protocols fail and pass as the apps do", async () => {
    await untilVerdicts(false);
    await everyApp(200, "SERVING");
    await untilVerdicts(true);
  });

  it("PERMISSIVE: takes mutual TLS, plain text, and TLS of the app's own to a port that is said to be HTTP", async () => {
    await controlPlane.store.put(meshIn("PERMISSIVE"));
    await waitUntil("plain text is taken", () => network.node.get(`http://${backend.address}:${String(ports.backend)}/`).then(() => true, () => false));
    mode = "PERMISSIVE";
    await waitUntil("web knows who takes mutual TLS", async () => (await webEnvoy.admin.text("/config_dump?include_eds")).includes('"mutualTls": true'));
    const shaken = await webEnvoy.admin.stat(`cluster.${clusterOf("cache")}.ssl.handshake`);
    for (const service of ["backend", "cache", "local"] as const) assert.equal(await call(service), "200");
    assert.ok(await webEnvoy.admin.stat(`cluster.${clusterOf("cache")}.ssl.handshake`) > shaken, "a new connection is a secured one");
    for (const port of ["backend", "cache", "local", "undeclared", "metrics"] as const) assert.equal(await plain(port), "200");
    assert.equal(await said(network.node, "port of secure, the app's TLS", secureUrl(), peer), "200");
    assert.equal((await backend.seen(ports.secure)).at(-1)?.caller, undefined, "bytes are passed on as they are");
    for (const name of ["http", "local", "grpc"]) assert.equal((await probed(name, "before")).ok, true, name);
    await untilVerdicts(true);
  });

  it("PERMISSIVE, with one port STRICT: nobody comes past mutual TLS to that port by another address of the pod", async () => {
    await controlPlane.store.put({ kind: "MeshTLS", mesh: "default", name: "one", labels: {}, spec: { targetRef: { kind: "Dataplane", name: "backend", sectionName: String(ports.backend) }, rules: [{ default: { mode: "Strict" } }] } });
    await waitUntil("plain text is refused", () => network.node.get(`http://${backend.address}:${String(ports.backend)}/`).then(() => false, () => true));
    mode = "one STRICT";
    assert.match(await plain("backend"), refused);
    assert.match(await plain6("backend"), refused);
    assert.deepEqual([await plain("cache"), await plain6("cache"), await plain("undeclared"), await plain6("undeclared")], ["200", "200", "200", "200"]);
    assert.deepEqual([await call("backend"), await call("cache")], ["200", "200"]);
  });

  it("was never refused by an Envoy", async () => {
    for (const { name, admin } of [webEnvoy, backendEnvoy]) {
      for (const [stat, count] of await admin.stats("update_rejected$")) assert.equal(count, 0, `${name}: ${stat}`);
    }
  });

  function secureUrl(): string {
    return `https://${backend.address}:${String(ports.secure)}/own-tls`;
  }

  async function everyApp(status: number, behaviour: "SERVING" | "NOT_SERVING"): Promise<void> {
    for (const port of [ports.backend, ports.cache, ports.local]) await backend.answer(port, status);
    await backend.serveGrpc(ports.payment, behaviour);
  }
});
