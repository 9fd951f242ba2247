import { readMachineCpuS, readUsage } from "../process-usage.ts";
import type { Clients } from "./clients.ts";
import type { Used } from "./push-run.ts";
import type { Served } from "./served.ts";

interface Reading {
  readonly server: ReturnType<typeof readUsage>;
  readonly clients: ReturnType<typeof readUsage>;
  readonly ours: number;
  readonly machine: number;
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
    return {
      cpuS: cpuS / times,
      clientCpuS: clientCpuS / times,
      othersCpuS: othersCpuS / times,
      bytes: (after.counters.bytes - before.counters.bytes) / times,
      messages: (after.counters.messages - before.counters.messages) / times,
      rssMiB: after.server.rssMiB,
    };
  };
}

async function read(served: Served, clients: Clients): Promise<Reading> {
  const counters = await clients.counters();
  return { server: readUsage(served.pid), clients: readUsage(clients.pid), ours: readUsage(process.pid).cpuS, machine: readMachineCpuS(), counters };
}
