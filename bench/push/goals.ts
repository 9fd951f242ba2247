import { type Goal, goalAtMost } from "../result.ts";
import type { PushRun } from "./push-bench.ts";

/** The goals of this bench that the measured sizes can answer. */
export function pushGoals(runs: readonly PushRun[]): Goal[] {
  return runs.flatMap((run) => [...sizeGoals(run), ...ratioGoals(run)]);
}

function sizeGoals({ proxies, services, mode, probeplane }: PushRun): Goal[] {
  const { first, change, idleCpuPercent } = probeplane;
  const name = `${String(proxies)} × ${String(services)} ${mode}`;
  const goals: Goal[] = [];
  if (proxies === 100 && services === 10) goals.push(goalAtMost(`${name}: edit, p99`, 50, change.latencyMs.p99, "ms"));
  if (proxies === 1000 && services === 10) {
    goals.push(
      goalAtMost(`${name}: edit, p99`, 600, change.latencyMs.p99, "ms"),
      goalAtMost(`${name}: sent for an edit`, 45, change.bytes / 2 ** 20, "MiB"),
      goalAtMost(`${name}: memory`, 220, change.rssMiB, "MiB"),
      goalAtMost(`${name}: all first configurations`, 3, first.allMs / 1000, "s"),
      goalAtMost(`${name}: memory a proxy`, 100, first.rssPerProxyKiB, "KiB"),
    );
  }
  if (proxies === 1000 && services === 100) goals.push(goalAtMost(`${name}: edit in all clusters`, 3, change.latencyMs.max / 1000, "s"));
  if (proxies === 1000 && idleCpuPercent !== undefined) goals.push(goalAtMost(`${name}: idle`, 1, idleCpuPercent, "% of a core"));
  return goals;
}

/** Ratios to the references, from 100 proxies on: below that, a single timer tick outweighs all work. */
function ratioGoals({ proxies, services, mode, probeplane, bareStream, goControlPlane }: PushRun): Goal[] {
  if (proxies < 100) return [];
  const name = `${String(proxies)} × ${String(services)} ${mode}`;
  const goals = [
    goalAtMost(`${name}: time ÷ bare stream`, 1.5, probeplane.change.allMs / bareStream.change.allMs, ""),
    goalAtMost(`${name}: CPU ÷ bare stream`, 1.5, probeplane.change.cpuS / bareStream.change.cpuS, ""),
  ];
  if (goControlPlane === undefined) return goals;
  return [...goals, goalAtMost(`${name}: time ÷ go-control-plane`, 1, probeplane.change.allMs / goControlPlane.change.allMs, "")];
}
