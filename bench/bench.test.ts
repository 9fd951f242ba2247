import assert from "node:assert/strict";
import { skipBecause } from "../test/kit/skip.ts";
import { runAgent } from "./agent/agent-bench.ts";
import { runDoctor } from "./doctor/doctor-bench.ts";
import { runKubernetes, smallCluster } from "./kubernetes/kubernetes-bench.ts";
import { runPlan } from "./plan/plan-bench.ts";
import type { Measured, PushRun } from "./push/push-run.ts";
import { type PushResult, runPush } from "./push/push-bench.ts";
import { formatPage, formatReport } from "./report.ts";
import { goalAtMost } from "./result.ts";
import { runStores } from "./stores/stores-bench.ts";

describe("the benches in small", () => {
  describe("push", () => {
    let result: PushResult;

    before(async () => {
      const nothing = (): void => undefined;
      result = await runPush({ proxies: [3], services: [2], modes: ["delta", "sotw"], rounds: 2, idleS: 0.2, edits: 2, onProgress: nothing });
    });

    const eachMode = (judge: (run: PushRun) => void): void => {
      assert.deepEqual(result.runs.map(({ mode }) => mode), ["delta", "sotw"]);
      result.runs.forEach(judge);
    };

    it("sees every edit of the control plane arrive at every proxy, in both variants", () => {
      eachMode(({ probeplane }) => {
        assertMeasured(probeplane);
        // At least the clusters and their endpoints, for each of three proxies.
        assert.ok(probeplane.change.messages >= 6, String(probeplane.change.messages));
      });
    });

    it("holds a bare stream beside it that sends the same bytes in as many messages", () => {
      eachMode(({ probeplane, bareStream }) => {
        assertMeasured(bareStream);
        assert.equal(bareStream.first.messages, probeplane.first.messages);
        assert.equal(bareStream.first.bytes, probeplane.first.bytes);
        assert.equal(bareStream.change.messages, probeplane.change.messages);
        // It repeats the first edit; in later ones of the control plane a nonce or an interval may take a byte more.
        const more = probeplane.change.bytes - bareStream.change.bytes;
        assert.ok(Math.abs(more) < probeplane.change.bytes / 100, `${more} bytes more`);
      });
    });

    it("holds go-control-plane beside it", function () {
      if (result.missing !== undefined) skipBecause(this, `go-control-plane: ${result.missing}`);
      eachMode(({ goControlPlane }) => {
        assert.ok(goControlPlane);
        assertMeasured(goControlPlane);
      });
    });

    it("tells what the control plane holds in memory", () => {
      const [memory] = result.memories;
      assert.ok(memory);
      assert.equal(result.memories.length, 1);
      assert.ok(memory.peakMiB >= memory.connectedMiB && memory.connectedMiB >= memory.loadedMiB * 0.9, JSON.stringify(memory));
    });

    it("has a row for each server and variant in its tables", () => {
      const page = formatPage(result, ["a machine"], new Date());
      for (const { mode, probeplane, bareStream } of result.runs) {
        for (const { server } of [probeplane, bareStream]) assert.equal(page.split(`| 3 × 2 | ${mode} | ${server} |`).length - 1, 2);
      }
    });
  });

  it("stores: sees every write arrive at every proxy of two control planes", async function () {
    const { tables: [table], goals, warnings } = await runStores({ proxies: 2, rounds: 2 });
    if (table === undefined) skipBecause(this, warnings.join("; "));
    assert.equal(goals.length, 1);
    for (const [what, ...ms] of table.rows) assert.ok(ms.length === 3 && ms.every((each) => Number(each) > 0), what);
  });

  it("kubernetes: sees every edit of a policy arrive at every pod's proxy, and pods that change", async function () {
    const { tables: [edits, costs], goals, warnings } = await runKubernetes({ ...smallCluster, onProgress: () => undefined });
    if (edits === undefined || costs === undefined) skipBecause(this, warnings.join("; "));
    assert.equal(goals.length, 3);
    for (const [what, ...ms] of edits.rows) assert.ok(ms.length === 3 && ms.every((each) => Number(each) > 0), what);
    assert.ok(costs.rows[0]?.slice(1).every((figure) => Number(figure) >= 0), JSON.stringify(costs.rows));
  });

  it("agent: sees every probe answered, and nothing left behind", async function () {
    const { tables: [times, costs, left], goals, warnings } = await runAgent({ rounds: 20, probes: 40, endurance: 300, onProgress: () => undefined });
    if (times === undefined || costs === undefined || left === undefined) skipBecause(this, warnings.join("; "));
    for (const [what, ...ms] of times.rows) assert.ok(ms.slice(0, 3).every((each) => Number(each) > 0), what);
    assert.deepEqual(costs.rows.map(([what]) => what), ["bare proxy, HTTP", "agent, http", "agent, tcp", "agent, grpc", "agent, https"]);
    assert.ok(costs.rows.every(([, ...figures]) => figures.every((each) => Number(each) > 0)), JSON.stringify(costs.rows));
    const leftBehind = goals.filter(({ what }) => what.startsWith("300 probes"));
    assert.equal(leftBehind.length, 2);
    for (const { what, got, met } of leftBehind) assert.ok(met, `${what}: ${got}`);
  });

  it("doctor: reads logs of both forms, and finds the same in them", async () => {
    const [table] = (await runDoctor({ lines: 2000 })).tables;
    const column = table?.columns.indexOf("findings") ?? -1;
    assert.ok(table);
    assert.deepEqual(table.rows.map((row) => [row[0], Number(row[column]) > 10]), [["istio", true], ["json", true]]);
    assert.equal(table.rows[0]?.[column], table.rows[1]?.[column]);
  });

  it("plan: an edit touches as many proxies in a World ten times as large", () => {
    const [table] = runPlan({ small: true }).tables;
    assert.ok(table);
    const [large, small] = ["proxies touched", "in small: touched"].map((column) => table.columns.indexOf(column));
    const touched = new Map(table.rows.map((row) => [row[0], [row[large!], row[small!]]]));
    assert.deepEqual(touched.get("policy for 1 proxy"), ["1", "1"]);
    assert.deepEqual(touched.get("policy for 10 proxies"), ["10", "10"]);
    assert.deepEqual(touched.get("calls of 1 proxy"), ["1", "1"]);
    assert.deepEqual(touched.get("policy for all"), ["200", "20"]);
  });
});

describe("what a bench writes", () => {
  const goals = [goalAtMost("speed", 5, 4, "ms"), goalAtMost("size", 5, 6, "MiB")];
  const result = { goals, tables: [{ title: "Sizes", columns: ["what", "MiB"], rows: [["all", "6"]], notes: ["Measured."] }], warnings: ["The clock stood still"] };
  const first = "1 of 2 goals met; missed: size (6.00 MiB, wanted ≤ 5 MiB)";

  it("begins and ends with the line to read first", () => {
    const lines = formatReport(result).trimEnd().split("\n");
    assert.equal(lines[0], first);
    assert.equal(lines.at(-1), first);
  });

  it("says on the page when and on what it was measured", () => {
    const page = formatPage(result, ["2 cores"], new Date("2026-01-02T03:04:05Z"));
    assert.ok(page.startsWith(`# Benchmarks\n\n**${first}.**\n`));
    assert.match(page, /\n\nThe clock stood still\.\n\n/);
    assert.match(page, /on 2026-01-02; measured on:\n\n- 2 cores\n/);
    assert.match(page, /\n## Sizes\n\nMeasured\.\n\n\| what \| MiB \|\n\|---\|---:\|\n\| all \| 6 \|\n$/);
  });
});

function assertMeasured({ server, first, change }: Measured): void {
  for (const ms of [first.allMs, change.allMs, change.latencyMs.p50]) assert.ok(ms > 0, server);
  assert.ok(change.latencyMs.p50 <= change.latencyMs.p99 && change.latencyMs.p99 <= change.latencyMs.max, server);
  assert.ok(change.messages >= 3, `${server}: every proxy gets at least one message`);
}
