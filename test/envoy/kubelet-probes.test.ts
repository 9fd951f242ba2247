import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import { isDeepStrictEqual } from "node:util";
import { decodeProbers } from "../../src/core/probe/probers-text.ts";
import type { ProbeSpec } from "../../src/core/probe/pod-spec.ts";
import { formatTable } from "../../src/core/view/format-table.ts";
import { createStatusServer } from "../../src/edge/agent/status-server.ts";
import type { StatusServer } from "../../src/edge/agent/status-server.ts";
import { makeTestCa } from "../kit/certificates.ts";
import { documentedProbes, overWire } from "../kit/documented-probes.ts";
import type { DocumentedProbes, ProbePorts, RewrittenProbe } from "../kit/documented-probes.ts";
import { envoyFor } from "../kit/envoy-binary.ts";
import { freePorts } from "../kit/ports.ts";
import { fetchText } from "../kit/pods/fetch-text.ts";
import type { PeerTls } from "../kit/pods/fetch-text.ts";
import type { Pod } from "../kit/pods/pod.ts";
import { startPodNetwork } from "../kit/pods/pod-network.ts";
import type { PodNetwork } from "../kit/pods/pod-network.ts";
import { whyNoPods } from "../kit/pods/pods-for.ts";
import { redirect } from "../kit/pods/redirect.ts";
import { sidecarGroup } from "../kit/pods/sidecar.ts";
import { startStatusAgent } from "../kit/pods/start-status-agent.ts";
import { probeOverWire } from "../kit/pods/wire-probe.ts";
import type { ProbeVerdict, WireProbe } from "../kit/pods/wire-probe.ts";
import { scratchFolder } from "../kit/scratch-folder.ts";
import { silentLog } from "../kit/silent-log.ts";
import { skipBecause } from "../kit/skip.ts";
import { spawnEnvoy } from "../kit/spawn-envoy.ts";
import type { RunningEnvoy } from "../kit/spawn-envoy.ts";
import { strictInbound, trafficStats } from "../kit/strict-inbound.ts";
import { waitUntil } from "../kit/wait-until.ts";

/** A pod whose probes a kubelet does. */
interface Subject {
  /** Where the kubelet takes the pod to be. */
  readonly address: string;
  readonly probes: DocumentedProbes;
  readonly envoy: RunningEnvoy;
  readonly kubelet: (probe: WireProbe) => Promise<ProbeVerdict>;
}

const reset = /^Get "http:.*: read tcp .*: read: connection reset by peer$/;
const failed = (status: number): string => `HTTP probe failed with statuscode: ${status}`;
const good: ProbeVerdict["ok"] = true;

/** Undefined: pods in network namespaces can be had. */
const reason = await whyNoPods();

describe("probes of a kubelet and a real Envoy that wants mutual TLS", () => {
  let binary: string;
  let peer: PeerTls;
  const rows: string[][] = [];
  const endings: (() => Promise<unknown>)[] = [];

  before(async function () {
    binary = await envoyFor(this);
    const ca = await makeTestCa("the mesh");
    peer = { ca: ca.cert, ...(await ca.issue("peer")) };
  });
  after(async () => {
    for (const end of endings.reverse()) await end();
    console.log(formatTable(["PROBE", "THE APP", "NOT REWRITTEN", "REWRITTEN"], rows).replace(/^(?=.)/gm, "    "));
  });

  const ask = (subject: Subject, probe: ProbeSpec): Promise<ProbeVerdict> => subject.kubelet(overWire(probe, subject.address));

  /** What the kubelet finds of a probe, rewritten and not; Envoy counts nothing of the former. */
  async function both(subject: Subject, name: string, works: boolean, probe: RewrittenProbe): Promise<{ readonly without: ProbeVerdict; readonly rewritten: ProbeVerdict }> {
    const { httpGet, tcpSocket } = probe.before;
    const [well, ill] = httpGet !== undefined ? ["answers 200", "answers 503"] : tcpSocket !== undefined ? ["listens", "does not listen"] : ["serves", "does not serve"];
    const app = works ? well : ill;
    const counted = await settledStats(subject.envoy);
    const rewritten = await ask(subject, probe.after);
    assert.deepEqual(await settledStats(subject.envoy), counted);
    const without = await ask(subject, probe.before);
    await waitUntil("Envoy counts the probe that was not rewritten", async () => !isDeepStrictEqual(await settledStats(subject.envoy), counted));
    rows.push([name, app, ...[without, rewritten].map((verdict) => describeVerdict(verdict, works))]);
    return { without, rewritten };
  }

  if (reason === undefined) describe("in pods whose connections iptables redirects", () => {
    let network: PodNetwork;
    const pods = new Map<string, { readonly pod: Pod; readonly subject: Subject }>();

    before(async () => {
      network = await startPodNetwork("strict", "strict6", "plain");
      endings.push(() => network.close());
      const probes = await documentedProbes();
      await Promise.all(network.pods.map(async (pod) => {
        const address = pod.name === "strict6" ? pod.address6 : pod.address;
        await pod.serve(80);
        await redirect(pod);
        const [envoy] = await Promise.all([sidecarIn(pod, pod.name === "plain" ? undefined : peer), agentIn(pod, address, probes.variable)]);
        pods.set(pod.name, { pod, subject: { address, probes, envoy, kubelet: (probe) => network.node.probe(probe) } });
      }));
    });

    const at = (name: string): { readonly pod: Pod; readonly subject: Subject } => pods.get(name) ?? assert.fail(name);

    async function sidecarIn(pod: Pod, tls: PeerTls | undefined): Promise<RunningEnvoy> {
      const families = [{ name: "ipv4", address: "0.0.0.0", from: "127.0.0.6" }, { name: "ipv6", address: "::", from: "::6" }];
      const bootstrap = strictInbound(pod.name, families.map((family) => ({ ...family, port: 15_006 })), tls);
      const envoy = await spawnEnvoy({ binary, bootstrap, name: pod.name, enter: [...pod.namespace.enter, "setpriv", "--regid", String(sidecarGroup), "--clear-groups"] });
      endings.push(() => envoy.close());
      return await listening(envoy);
    }

    async function agentIn(pod: Pod, podIp: string, probers: string): Promise<void> {
      endings.push(await startStatusAgent(pod, { podIp, probers }));
    }

    it("lets peers of the mesh in, and nobody else", async () => {
      const { pod } = at("strict");
      assert.deepEqual(await network.node.get(`https://${pod.address}:80/peer`, peer), { status: 200, body: "strict" });
      await assert.rejects(network.node.get(`http://${pod.address}:80/nobody`));
      assert.deepEqual((await pod.seen(80)).map(({ path, from }) => [path, from]), [["/peer", "127.0.0.6"]]);
    });

    for (const [name, family, marked] of [["strict", "IPv4", "127.0.0.6"], ["strict6", "IPv6", "::6"]] as const) {
      it(`over HTTP (${family}): reset as it was written; rewritten, it tells what the app answers, and Envoy sees nothing of it`, async () => {
        const { pod, subject } = at(name);
        const { http } = subject.probes;
        const first = await both(subject, `HTTP (${family})`, true, http);
        assert.match(first.without.output, reset);
        assert.equal(first.rewritten.ok, good);
        await pod.answer(80, 503);
        const second = await both(subject, `HTTP (${family})`, false, http);
        assert.match(second.without.output, reset);
        assert.deepEqual(second.rewritten, { ok: false, output: failed(503) });
        await pod.answer(80, 200);
        assert.deepEqual((await pod.seen(80)).filter(({ path }) => path === "/index.html").map(({ from }) => from), [marked, marked]);
      });

      it(`over TCP (${family}) of a port on which nobody listens: good as it was written, which is wrong; rewritten, it fails with status 500`, async () => {
        const { subject } = at(name);
        const { without, rewritten } = await both(subject, `TCP (${family})`, false, subject.probes.tcp);
        assert.equal(without.ok, good);
        assert.deepEqual(rewritten, { ok: false, output: failed(500) });
      });
    }

    it("over TCP of a port on which the app listens, rewritten, is good", async () => {
      const { pod, subject } = at("strict");
      await pod.serve(2940);
      const { rewritten } = await both(subject, "TCP (IPv4)", true, subject.probes.tcp);
      assert.equal(rewritten.ok, good);
    });

    it("over gRPC: fails as it was written, whatever the app says; rewritten, it is what the app says", async () => {
      const { pod, subject } = at("strict");
      for (const [behaviour, works] of [["SERVING", true], ["NOT_SERVING", false]] as const) {
        await pod.serveGrpc(9090, behaviour);
        const { without, rewritten } = await both(subject, "gRPC (IPv4)", works, subject.probes.grpc);
        assert.match(without.output, /^error: health rpc probe failed: 14 UNAVAILABLE/);
        assert.deepEqual(rewritten, works ? { ok: true, output: "" } : { ok: false, output: failed(500) });
      }
    });

    it("by command is left as it is, and meets no sidecar", async () => {
      const { pod, subject } = at("strict");
      const { before, after } = subject.probes.command;
      assert.deepEqual(after, before);
      const folder = await scratchFolder("app");
      const { command } = after.exec as { readonly command: readonly string[] };
      const line = command.join(" ").replace("/tmp", folder);
      assert.equal(line, `cat ${folder}/healthy`);
      const counted = await settledStats(subject.envoy);
      await assert.rejects(pod.namespace.shell([line]));
      await pod.namespace.shell([`touch ${folder}/healthy`, line]);
      assert.deepEqual(await settledStats(subject.envoy), counted);
      rows.push(["command", "succeeds", "succeeds", "succeeds: is left as it is"]);
    });

    it("works over HTTP as it was written where there is no mutual TLS; over TCP it does not", async () => {
      const { subject } = at("plain");
      const http = await both(subject, "HTTP, no mutual TLS", true, subject.probes.http);
      assert.deepEqual([http.without.ok, http.rewritten.ok], [good, good]);
      const tcp = await both(subject, "TCP, no mutual TLS", false, subject.probes.tcp);
      assert.deepEqual([tcp.without.ok, tcp.rewritten], [good, { ok: false, output: failed(500) }]);
    });
  });

  // The kubelet takes one address for the pod's, on which are Envoy and the agent; the app is on another. Where pods cannot be had, this has to do.
  describe(`without redirection${reason === undefined ? "" : `, because ${reason}`}`, () => {
    const [podAddress, appAddress] = ["127.77.0.1", "127.77.0.2"];
    let subject: Subject;
    let ports: ProbePorts;

    before(async function () {
      if (process.platform !== "linux") skipBecause(this, "only Linux has all of 127.0.0.0/8");
      const [http = 0, tcp = 0, grpc = 0, status = 0] = await freePorts(4);
      ports = { http, tcp, grpc, status };
      const app = await listenOn(createServer((_, response) => response.end("app")), appAddress, http);
      endings.push(() => closed(app));
      const probes = await documentedProbes(ports);
      const agent = await startAgent(probes.variable, status);
      endings.push(() => agent.close());
      const inbounds = [http, tcp].map((port) => ({ name: String(port), address: podAddress, port, app: { address: appAddress, port }, from: "127.0.0.6" }));
      const envoy = await spawnEnvoy({ binary, bootstrap: strictInbound("alone", inbounds, peer), name: "alone" });
      endings.push(() => envoy.close());
      subject = { address: podAddress, probes, envoy: await listening(envoy), kubelet: probeOverWire };
    });

    async function startAgent(variable: string, port: number): Promise<StatusServer> {
      const decoded = decodeProbers(variable);
      assert.ok(decoded.ok);
      const server = createStatusServer({ probers: decoded.probers, podIp: appAddress, logger: silentLog });
      await server.listen({ host: podAddress, port });
      return server;
    }

    it("lets peers of the mesh in", async () => {
      assert.deepEqual(await fetchText(`https://${podAddress}:${ports.http}/`, peer), { status: 200, body: "app" });
    });

    it("tells the truth about the app once they are rewritten, over HTTP and TCP, and Envoy sees nothing of it", async () => {
      const http = await both(subject, "HTTP, on separate addresses", true, subject.probes.http);
      assert.match(http.without.output, reset);
      assert.equal(http.rewritten.ok, good);
      const tcp = await both(subject, "TCP, on separate addresses", false, subject.probes.tcp);
      assert.equal(tcp.without.ok, good);
      assert.deepEqual(tcp.rewritten, { ok: false, output: failed(500) });
      assert.deepEqual(subject.probes.command.after, subject.probes.command.before);
    });
  });
});

/** Without addresses, which are others each time. */
function describeVerdict({ ok, output }: ProbeVerdict, works: boolean): string {
  const text = ok ? "succeeds" : `fails: ${output.replace(/^Get ".*": read tcp .*: read: /, "").replace(/(?<=UNAVAILABLE).*/, "")}`;
  return ok === works ? text : `${text} (wrong)`;
}

async function listening(envoy: RunningEnvoy): Promise<RunningEnvoy> {
  await waitUntil(`${envoy.name} takes connections`, async () => (await envoy.admin.stat("listener_manager.workers_started")) === 1);
  return envoy;
}

/** What Envoy counts of traffic, once it has nothing to do any more. */
async function settledStats(envoy: RunningEnvoy): Promise<ReadonlyMap<string, number>> {
  let last: ReadonlyMap<string, number> = new Map();
  return await waitUntil(`${envoy.name} has nothing to do`, async () => {
    const [before, active, now] = [last, await envoy.admin.stats("^listener\\.inbound\\.downstream_(pre_)?cx_active$"), await envoy.admin.stats(trafficStats)];
    last = now;
    return now.size > 0 && [...active.values()].every((count) => count === 0) && isDeepStrictEqual(now, before) ? now : undefined;
  });
}

async function listenOn(server: Server, host: string, port: number): Promise<Server> {
  server.listen(port, host);
  await once(server, "listening");
  return server;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
}
