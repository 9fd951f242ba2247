import { type Goal, goalAtMost } from "../result.ts";
import type { Memory, PushRun } from "./push-run.ts";

/** The goals that the measured sizes can answer. */
export function pushGoals(runs: readonly PushRun[]): Goal[] {
  return runs.flatMap((run) => [...sizeGoals(run), ...ratioGoals(run)]);
}

export function memoryGoals(memories: readonly Memory[]): Goal[] {
  return memories.filter(({ proxies }) => proxies >= 1000).flatMap((memory) => {
    const name = `${memory.proxies} × ${memory.services}`;
    return [
      goalAtMost(`${name}: memory a proxy`, 100, perProxyKiB(memory), "KiB"),
      goalAtMost(`${name}: idle`, 1, memory.idleCpuPercent, "% of a core"),
    ];
  });
}

export function perProxyKiB({ proxies, loadedMiB, connectedMiB }: Memory): number {
  return ((connectedMiB - loadedMiB) * 1024) / proxies;
}

function sizeGoals({ proxies, services, mode, probeplane }: PushRun): Goal[] {
  const { first, change } = probeplane;
  const name = `${proxies} × ${services} ${mode}`;
  if (proxies === 100 && services === 10) return [goalAtMost(`${name}: edit, p99`, 50, change.latencyMs.p99, "ms")];
  if (proxies !== 1000) return [];
  const all = goalAtMost(`${name}: all first configurations`, 3, first.allMs / 1000, "s");
  if (services === 100) return [goalAtMost(`${name}: edit in all clusters`, 3, change.latencyMs.max / 1000, "s"), all];
  if (services !== 10) return [];
  return [
    goalAtMost(`${name}: edit, p99`, 600, change.latencyMs.p99, "ms"),
    goalAtMost(`${name}: sent for an edit`, 45, change.bytes / 2 ** 20, "MiB"),
    goalAtMost(`${name}: memory`, 220, change.rssMiB, "MiB"),
    all,
  ];
}

/** Ratios to the references, from 100 proxies on: below that, a single timer tick outweighs all work. */
function ratioGoals({ proxies, services, mode, probeplane, bareStream, goControlPlane }: PushRun): Goal[] {
  if (proxies < 100) return [];
  const name = `${proxies} × ${services} ${mode}`;
  const goals = [
    goalAtMost(`${name}: time ÷ bare stream`, 1.5, probeplane.change.allMs / bareStream.change.allMs, ""),
    goalAtMost(`${name}: CPU ÷ bare stream`, 1.5, probeplane.change.cpuS / bareStream.change.cpuS, ""),
  ];
  if (goControlPlane === undefined) return goals;
  return [...goals, goalAtMost(`${name}: time ÷ go-control-plane`, 1, probeplane.change.allMs / goControlPlane.change.allMs, "")];
}
