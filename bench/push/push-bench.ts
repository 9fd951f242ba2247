import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchResult } from "../result.ts";
import { measure, type Measured } from "./measure.ts";
import { startProbeplane } from "./probeplane.ts";
import { buildGoControlPlane, startBareStream, startGoControlPlane } from "./references.ts";
import type { Served } from "./served.ts";
import { pushGoals } from "./goals.ts";
import { changeTable, firstTable, peerTable, ratioTable } from "./tables.ts";
import { nodeId, type WorldSize } from "./world.ts";

export interface PushOptions {
  readonly proxies: readonly number[];
  readonly services: readonly number[];
  readonly modes: readonly Mode[];
  /** Policy edits for each run. */
  readonly rounds: number;
  /** Seconds of the idle phase, measured once: at the most proxies with the fewest services. */
  readonly idleS: number;
  readonly onProgress: (line: string) => void;
}

export type Mode = "delta" | "sotw";

/** One size in one protocol variant: the control plane, and the references beside it. */
export interface PushRun extends WorldSize {
  readonly mode: Mode;
  readonly probeplane: Measured;
  readonly bareStream: Measured;
  /** Undefined where it cannot be built. */
  readonly goControlPlane: Measured | undefined;
}

/** Time, bytes, CPU and memory that proxies and services cost, beside what the bytes alone cost and what go-control-plane costs. */
export async function runPush(options: PushOptions): Promise<BenchResult> {
  const built = buildGoControlPlane();
  if ("missing" in built) options.onProgress(`go-control-plane is left out: ${built.missing}`);
  const binary = "binary" in built ? built.binary : undefined;
  const runs: PushRun[] = [];
  for (const services of options.services) {
    for (const proxies of options.proxies) {
      for (const mode of options.modes) runs.push(await runOne({ proxies, services }, mode, binary, options));
    }
  }
  const absent = "missing" in built ? `go-control-plane was left out: ${built.missing}.` : undefined;
  return { tables: [firstTable(runs), changeTable(runs), ratioTable(runs, absent), peerTable(runs)], goals: pushGoals(runs) };
}

async function runOne(size: WorldSize, mode: Mode, binary: string | undefined, options: PushOptions): Promise<PushRun> {
  const folder = mkdtempSync(join(tmpdir(), "probeplane-recording-"));
  const recording = join(folder, "recording");
  const delta = mode === "delta";
  const isIdleRun = delta && size.proxies === Math.max(...options.proxies) && size.services === Math.min(...options.services);
  const common = { proxies: size.proxies, clusters: size.services, delta, nodeId, rounds: options.rounds };
  const run = async (start: Promise<Served>, idleS: number, record: boolean): Promise<Measured> => {
    const served = await start;
    try {
      const measured = await measure(served, { ...common, idleS, recording: record ? recording : undefined });
      options.onProgress(describe(size, mode, measured));
      return measured;
    } finally {
      await served.close();
    }
  };
  try {
    const probeplane = await run(startProbeplane(size), isIdleRun ? options.idleS : 0, true);
    const bareStream = await run(startBareStream(recording, delta), 0, false);
    const goControlPlane = binary === undefined ? undefined : await run(startGoControlPlane(binary, recording, delta, nodeId), 0, false);
    return { ...size, mode, probeplane, bareStream, goControlPlane };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function describe({ proxies, services }: WorldSize, mode: Mode, { server, first, change }: Measured): string {
  const { p50, p99, max } = change.latencyMs;
  const changed = `change ${p50.toFixed(1)} / ${p99.toFixed(1)} / ${max.toFixed(1)} ms, ${change.cpuS.toFixed(3)} CPU s`;
  return `${String(proxies)} × ${String(services)} ${mode} ${server}: first ${first.allMs.toFixed(0)} ms, ${first.cpuS.toFixed(2)} CPU s, ${changed}`;
}
