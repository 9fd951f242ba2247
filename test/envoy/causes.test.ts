import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Finding } from "../../src/core/doctor/finding.ts";
import type { Report } from "../../src/core/doctor/report.ts";
import { command, withFiles } from "../feature/cli/command.ts";
import type { Document } from "../kit/api-client.ts";
import { envoyFor } from "../kit/envoy-binary.ts";
import { httpGet } from "../kit/http-request.ts";
import { probeAsKubelet } from "../kit/kubelet-probe.ts";
import type { RunningEnvoy } from "../kit/spawn-envoy.ts";
import { waitUntil } from "../kit/wait-until.ts";
import { startCauses, type CausesFixture } from "./causes-fixture.ts";

describe("the causes of 503s, made with real Envoys, named by doctor, and ended by what it prints", () => {
  let mesh: CausesFixture;
  const counts: string[] = [];

  before(async function () {
    mesh = await startCauses(await envoyFor(this));
  });

  after(async () => {
    await mesh.close();
    for (const line of counts) console.log(`      ${line}`);
  });

  /** How many of so many requests at the same time were not answered with 200. */
  async function failing(service: string, atOnce: number): Promise<number> {
    const outcomes = await Promise.all(Array.from({ length: atOnce }, () => httpGet(mesh.calls[service] ?? 0)));
    return outcomes.filter(({ status }) => status !== 200).length;
  }

  /** What doctor says of what an Envoy logged, as soon as it has the failures: Envoy writes them a moment later. */
  async function doctor(envoys: readonly RunningEnvoy[], cause: string, failures: number, resources: readonly Document[] = [], more: readonly string[] = []): Promise<Finding> {
    return await withFiles({ "mesh.yaml": resources.map((each) => JSON.stringify(each)).join("\n---\n") }, async (folder) => {
      const given = resources.length === 0 ? [] : ["-f", `${folder}/mesh.yaml`];
      return await waitUntil(`doctor finds ${cause}`, async () => {
        const log = [...envoys.flatMap(({ output }) => output.lines), ...more].join("\n");
        const { out, err, status } = await command(["doctor", "-", "-o", "json", ...given], log);
        assert.equal(status, 0, err);
        const report = JSON.parse(out) as Report;
        const found = report.findings.find((finding) => finding.cause === cause);
        if (found === undefined || found.count < failures) throw new Error(JSON.stringify(report.findings.map(({ cause: other, count, evidence }) => [other, count, evidence])));
        return found;
      }, { giveUpMs: 20_000 });
    });
  }

  /** Stores what a remedy prints, as it is. */
  async function apply(finding: Finding, type: string): Promise<void> {
    const remedy = finding.remedies.find(({ documents = [] }) => documents.some((each) => each["type"] === type));
    assert.ok(remedy, `no ${type} among the remedies`);
    for (const document of remedy.documents ?? []) await mesh.controlPlane.api.put(document as unknown as Document);
  }

  /** Waits until a cluster or the routes to a service, as an Envoy has them, have this in them. */
  async function untilRuns(envoy: RunningEnvoy, kind: "dynamic_active_clusters" | "dynamic_route_configs", name: string, text: string): Promise<void> {
    await waitUntil(`${envoy.name} runs with ${text} for ${name}`, async () => {
      const { configs = [] } = JSON.parse(await envoy.admin.text(`/config_dump?resource=${kind}`)) as { readonly configs?: readonly object[] };
      return configs.some((config) => {
        const shown = JSON.stringify(config);
        return shown.includes(`"name":"${name}"`) && shown.includes(text);
      });
    });
  }

  async function untilRetried(service: string): Promise<void> {
    await untilRuns(mesh.web, "dynamic_route_configs", `outbound:${service}`, "previous_hosts");
    await untilRuns(mesh.web, "dynamic_active_clusters", service, '"max_retries":100');
  }

  function told(cause: string, before: string, { sure, evidence }: Finding, after: string): void {
    counts.push(`${cause}: ${before} before, ${after} after; doctor is ${sure}: ${evidence[0] ?? ""}`);
  }

  it("an app that keeps idle connections for a second", async () => {
    const rounds = async (idleMs: number): Promise<number> => {
      let failed = await failing("racy", 4);
      for (let round = 0; round < 2; round++) {
        await sleep(idleMs);
        failed += await failing("racy", 4);
        // What was closed is there again, to be idle.
        if (failed > 0 && round === 0) await failing("racy", 4);
      }
      return failed;
    };
    const racy = mesh.peers["racy-1"]!;
    const before = await rounds(1_020);
    assert.ok(before >= 4, `${before} failed`);
    const finding = await doctor([racy.envoy], "keep-alive-race", before, [racy.dataplane]);
    await apply(finding, "MeshTimeout");
    await untilRuns(racy.envoy, "dynamic_active_clusters", `localhost:${racy.appPort}`, '"idle_timeout"');
    const after = await rounds(1_400);
    told("keep-alive of the app", `${before} of 12`, finding, `${after} of 12`);
    assert.equal(after, 0);
  });

  it("a listener that changes while requests are in flight", async () => {
    const { envoy, dataplane } = mesh.peers["slow-1"]!;
    const headers = (timeout: string): Document => ({
      type: "MeshTimeout", mesh: "default", name: "slow-headers",
      spec: { targetRef: { kind: "MeshService", name: "slow" }, rules: [{ default: { http: { requestHeadersTimeout: timeout, requestTimeout: "0s" } } }] },
    });
    mesh.slow.held = true;
    const cut = async (timeout: string): Promise<number> => {
      const requests = failing("slow", 4);
      await waitUntil("the app has the requests", () => mesh.slow.waiting === 4);
      await mesh.controlPlane.api.put(headers(timeout));
      return await requests;
    };
    const before = await cut("11s");
    assert.equal(before, 4);
    const finding = await doctor([mesh.web, envoy], "listener-change", before, [dataplane]);
    assert.equal(finding.sure, "certain");
    await apply(finding, "MeshRetry");
    await untilRetried("slow");
    await waitUntil("the app knows that nobody waits any more", () => mesh.slow.waiting === 0);
    const seen = mesh.slow.seen.length;
    const requests = cut("12s");
    await waitUntil("the app has the requests again", () => mesh.slow.seen.length === seen + 8);
    mesh.slow.release();
    const after = await requests;
    told("change of a listener", `${before} of 4`, finding, `${after} of 4`);
    assert.equal(after, 0);
  });

  it("a pod whose proxy ends before callers are told", async () => {
    const both = [mesh.peers["pod-1"]!, mesh.peers["pod-2"]!];
    assert.equal(await failing("pods", 10), 0);
    await both[0]!.envoy.close();
    await waitUntil("the caller's proxy is refused", async () => await failing("pods", 2) > 0);
    const before = await failing("pods", 20);
    assert.ok(before > 0, `${before} failed`);
    const finding = await doctor([mesh.web], "restart-order", before, both.map(({ dataplane }) => dataplane));
    await apply(finding, "MeshRetry");
    await untilRetried("pods");
    const after = await failing("pods", 20);
    told("restart in the wrong order", `${before} of 20`, finding, `${after} of 20`);
    assert.equal(after, 0);
  });

  it("an app that listens on localhost", async () => {
    const { envoy, dataplane } = mesh.peers["local-1"]!;
    const before = await failing("local", 5);
    assert.equal(before, 5);
    const finding = await doctor([envoy], "app-on-localhost", before, [dataplane]);
    await apply(finding, "Dataplane");
    await waitUntil("the caller reaches the app", async () => await failing("local", 1) === 0);
    const after = await failing("local", 5);
    told("app on localhost", `${before} of 5`, finding, `${after} of 5`);
    assert.equal(after, 0);
  });

  it("a kubelet's probe in plain text, where mutual TLS is STRICT", async () => {
    const peer = mesh.peers["pod-2"]!;
    const events: string[] = [];
    const probes = async (): Promise<number> => {
      let failed = 0;
      for (let each = 0; each < 4; each++) {
        await probeAsKubelet({ port: peer.port, path: "/" }).catch((error: unknown) => {
          failed += 1;
          events.push(`Warning  Unhealthy  pod/pod-2  Readiness probe failed: Get "http://127.0.0.1:${peer.port}/": ${inWordsOfGo(error)}`);
        });
      }
      return failed;
    };
    assert.equal(await probes(), 0);
    const strict = { type: "Mesh", name: "default", mtls: { enabledBackend: "ca", backends: [{ name: "ca", type: "builtin", mode: "STRICT" }] } };
    await mesh.controlPlane.api.put(strict);
    await waitUntil("plain text is refused", async () => await probes() === 4);
    events.length = 0;
    const before = await probes();
    assert.equal(before, 4);
    assert.equal(await failing("pods", 4), 0, "traffic of the mesh goes on");
    await waitUntil("Envoy has logged the handshakes", () => peer.envoy.output.lines.filter((line) => line.includes("handshake_failure")).length >= before);
    const finding = await doctor([peer.envoy], "probe-under-mutual-tls", before, [strict, peer.dataplane], events);
    assert.equal(finding.sure, "certain", JSON.stringify([finding.evidence, events]));
    await apply(finding, "MeshTLS");
    await waitUntil("plain text is taken", async () => await probes() === 0);
    const after = await probes();
    told("probe under STRICT", `${before} of 4 probes`, finding, `${after} of 4`);
    assert.equal(after, 0);
    assert.equal(await failing("pods", 4), 0);
  });
});

/** What a kubelet says of a connection that ends like this one; the alert of TLS may reach it before the end, or not. */
function inWordsOfGo(error: unknown): string {
  const said = String(error);
  if (said.includes("Parse Error")) return 'net/http: HTTP/1.x transport connection broken: malformed HTTP response "\\x15\\x03\\x01"';
  if (said.includes("EPIPE")) return "write: broken pipe";
  return said.includes("ECONNRESET") ? "read: connection reset by peer" : "EOF";
}
