import { availableParallelism } from "node:os";
import { readMachineCpuS, readUsage } from "../process-usage.ts";
import type { Clients } from "./clients.ts";
import type { Used } from "./push-run.ts";
import type { Served } from "./served.ts";

interface Reading {
  readonly server: ReturnType<typeof readUsage>;
  readonly clients: ReturnType<typeof readUsage>;
  readonly ours: number;
  readonly machine: number;
  readonly atMs: number;
  readonly counters: Awaited<ReturnType<Clients["counters"]>>;
}

/** Starts to meter a server and its clients. What it gives tells what was used since; `times` divides it, for means. */
export async function startMeter(served: Served, clients: Clients): Promise<(times?: number) => Promise<Used>> {
  const before = await read(served, clients);
  return async (times = 1) => {
    const after = await read(served, clients);
    const cpuS = after.server.cpuS - before.server.cpuS;
    const clientCpuS = after.clients.cpuS - before.clients.cpuS;
    const othersCpuS = Math.max(0, after.machine - before.machine - cpuS - clientCpuS - (after.ours - before.ours));
    const machineS = ((after.atMs - before.atMs) / 1000) * availableParallelism();
    return {
      cpuS: cpuS / times,
      clientCpuS: clientCpuS / times,
      othersPercent: (othersCpuS / machineS) * 100,
      bytes: (after.counters.bytes - before.counters.bytes) / times,
      messages: (after.counters.messages - before.counters.messages) / times,
      rssMiB: after.server.rssMiB,
    };
  };
}

async function read(served: Served, clients: Clients): Promise<Reading> {
  const counters = await clients.counters();
  const [server, ofClients, ours] = [readUsage(served.pid), readUsage(clients.pid), readUsage(process.pid).cpuS];
  return { server, clients: ofClients, ours, machine: readMachineCpuS(), atMs: performance.now(), counters };
}
