import { setTimeout as pause } from "node:timers/promises";
import { readUsage } from "../process-usage.ts";
import { Clients } from "./clients.ts";
import { measureChanges, measureFirst } from "./measure.ts";
import { startLoaded } from "./probeplane.ts";
import type { Memory } from "./push-run.ts";
import type { Served } from "./served.ts";
import { nodeId, type WorldSize } from "./world.ts";

export interface MemoryOptions {
  /** Policy edits, many, so that what they leave behind for the garbage collector shows. */
  readonly edits: number;
  /** Seconds of idling that are measured. */
  readonly idleS: number;
}

/**
 * What connected proxies add to a control plane that holds nothing but the World: it has been started anew, so that no garbage of the
 * writes that made the World is there for the connections to fill.
 */
export async function measureMemory(size: WorldSize, { edits, idleS }: MemoryOptions): Promise<Memory> {
  const served = await startLoaded(size);
  const clients = new Clients();
  try {
    // Loading leaves things behind for a moment.
    await pause(1000);
    const loadedMiB = readUsage(served.pid).rssMiB;
    const { proxies, services: clusters } = size;
    const { rssMiB: connectedMiB } = await measureFirst(served, clients, { proxies, clusters, delta: true, nodeId }, false);
    const idleCpuPercent = await measureIdle(served, idleS);
    await measureChanges(served, clients, edits);
    return { ...size, loadedMiB, connectedMiB, edits, peakMiB: readUsage(served.pid).peakMiB, idleCpuPercent };
  } finally {
    await clients.close();
    await served.close();
  }
}

async function measureIdle({ pid }: Served, idleS: number): Promise<number> {
  // What the first configuration left behind, such as garbage to collect, is not idling.
  await pause(2000);
  const [before, start] = [readUsage(pid), performance.now()];
  await pause(idleS * 1000);
  return ((readUsage(pid).cpuS - before.cpuS) / (performance.now() - start)) * 1e5;
}
