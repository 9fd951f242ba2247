import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchResult } from "../result.ts";
import { memoryGoals, pushGoals } from "./goals.ts";
import { measure } from "./measure.ts";
import { measureMemory } from "./memory.ts";
import { startProbeplane } from "./probeplane.ts";
import type { Measured, Memory, Mode, PushRun } from "./push-run.ts";
import { buildGoControlPlane, startBareStream, startGoControlPlane } from "./references.ts";
import type { Served } from "./served.ts";
import { changeTable, firstTable, memoryTable, peerTable, ratioTable } from "./tables.ts";
import { sizeText } from "./units.ts";
import { nodeId, type WorldSize } from "./world.ts";

export interface PushOptions {
  readonly proxies: readonly number[];
  readonly services: readonly number[];
  readonly modes: readonly Mode[];
  /** Policy edits for each run. */
  readonly rounds: number;
  /** Seconds of idling that are measured, at the most proxies. */
  readonly idleS: number;
  /** Policy edits over which the most memory is measured, at the most proxies. */
  readonly edits: number;
  readonly onProgress: (line: string) => void;
}

export interface PushResult extends BenchResult {
  readonly runs: readonly PushRun[];
  readonly memories: readonly Memory[];
  /** Why go-control-plane is not there; undefined where it is. */
  readonly missing: string | undefined;
}

/** Time, bytes, CPU and memory that proxies and services cost, beside what the bytes alone cost and what go-control-plane costs. */
export async function runPush(options: PushOptions): Promise<PushResult> {
  const built = buildGoControlPlane();
  const [binary, missing] = "missing" in built ? [undefined, built.missing] : [built.binary, undefined];
  if (missing !== undefined) options.onProgress(`go-control-plane is left out: ${missing}`);
  const runs: PushRun[] = [];
  const memories: Memory[] = [];
  for (const services of options.services) {
    for (const proxies of options.proxies) {
      for (const mode of options.modes) runs.push(await runOne({ proxies, services }, mode, binary, options));
    }
    const memory = await measureMemory({ proxies: Math.max(...options.proxies), services }, options);
    options.onProgress(`${sizeText(memory)} memory: ${[memory.loadedMiB, memory.connectedMiB, memory.peakMiB].map((mib) => mib.toFixed(0)).join(" / ")} MiB`);
    memories.push(memory);
  }
  const tables = [firstTable(runs), changeTable(runs), ratioTable(runs, missing), memoryTable(memories), peerTable(runs)];
  return { runs, memories, missing, tables, goals: [...pushGoals(runs), ...memoryGoals(memories)], warnings: disturbances(runs) };
}

const disturbedPercent = 10;

/** A warning when something else was at work while we measured. */
function disturbances(runs: readonly PushRun[]): string[] {
  const measured = runs.flatMap(({ probeplane, bareStream, goControlPlane }) => [probeplane, bareStream, goControlPlane ?? []].flat());
  const disturbed = measured.filter(({ change }) => change.othersPercent > disturbedPercent).length;
  if (disturbed === 0) return [];
  return [`The machine was not quiet: others took more than ${disturbedPercent} % of it in ${disturbed} of ${measured.length} measurements, whose times say little`];
}

async function runOne(size: WorldSize, mode: Mode, binary: string | undefined, options: PushOptions): Promise<PushRun> {
  const folder = mkdtempSync(join(tmpdir(), "probeplane-recording-"));
  const recording = join(folder, "recording");
  const delta = mode === "delta";
  const common = { proxies: size.proxies, clusters: size.services, delta, nodeId, rounds: options.rounds };
  const run = async (served: Served, record = false): Promise<Measured> => {
    try {
      const measured = await measure(served, { ...common, recording: record ? recording : undefined });
      options.onProgress(describe(size, mode, measured));
      return measured;
    } finally {
      await served.close();
    }
  };
  try {
    const probeplane = await run(await startProbeplane(size), true);
    const bareStream = await run(await startBareStream(recording, delta));
    const goControlPlane = binary === undefined ? undefined : await run(await startGoControlPlane(binary, recording, delta, nodeId));
    return { ...size, mode, probeplane, bareStream, goControlPlane };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function describe(size: WorldSize, mode: Mode, { server, first, change }: Measured): string {
  const { p50, p99, max } = change.latencyMs;
  const changed = `change ${p50.toFixed(1)} / ${p99.toFixed(1)} / ${max.toFixed(1)} ms, ${change.cpuS.toFixed(3)} CPU s`;
  return `${sizeText(size)} ${mode} ${server}: first ${first.allMs.toFixed(0)} ms, ${first.cpuS.toFixed(2)} CPU s, ${changed}`;
}
