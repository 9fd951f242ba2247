import { readUsage } from "../process-usage.ts";
import { type Quantiles, quantiles } from "../quantiles.ts";
import { Clients } from "./clients.ts";
import type { Served } from "./served.ts";

export interface MeasureOptions {
  readonly proxies: number;
  readonly clusters: number;
  readonly delta: boolean;
  readonly nodeId: string;
  readonly rounds: number;
  /** Seconds of the idle phase after the first configuration; 0 for none. */
  readonly idleS: number;
  /** Where to write what the clients received; undefined: nothing is kept. */
  readonly recording: string | undefined;
}

export interface Measured {
  readonly server: string;
  readonly first: {
    /** Milliseconds until all proxies had their full configuration, counted from the first connection. */
    readonly allMs: number;
    readonly cpuS: number;
    readonly bytes: number;
    readonly messages: number;
    readonly rssMiB: number;
    /** Growth of resident memory for each connected proxy. */
    readonly rssPerProxyKiB: number;
  };
  /** CPU while nothing happens, in percent of a core; undefined when it was not measured. */
  readonly idleCpuPercent: number | undefined;
  readonly change: {
    /** Milliseconds from the start of the write to a proxy holding it in every cluster, over all proxies and rounds. */
    readonly latencyMs: Quantiles;
    /** Mean over the rounds of the milliseconds until the last proxy held it. */
    readonly allMs: number;
    /** Means over the rounds. */
    readonly cpuS: number;
    readonly clientCpuS: number;
    readonly bytes: number;
    readonly messages: number;
    /** Resident memory when the last round has settled. */
    readonly rssMiB: number;
    readonly bytesByType: Readonly<Record<string, number>>;
  };
}

const quietMs = 400;
const timeoutMs = 180_000;

/** Connects the proxies to a server, lets it idle, changes the policy, and tells what that took. */
export async function measure(served: Served, options: MeasureOptions): Promise<Measured> {
  const clients = new Clients();
  try {
    const first = await measureFirst(served, clients, options);
    const idleCpuPercent = options.idleS > 0 ? await measureIdle(served.pid, options.idleS) : undefined;
    const change = await measureChanges(served, clients, options);
    if (options.recording !== undefined) await clients.saveRecording(options.recording);
    return { server: served.name, first, idleCpuPercent, change };
  } finally {
    clients.close();
  }
}

async function measureFirst(served: Served, clients: Clients, options: MeasureOptions): Promise<Measured["first"]> {
  const { proxies, clusters, delta, nodeId } = options;
  const before = readUsage(served.pid);
  // The process of the clients takes its time to load; the clock starts when it can connect.
  await clients.load();
  const start = process.hrtime.bigint();
  const record = options.recording !== undefined;
  const at = await clients.connect({ host: "127.0.0.1", port: served.xdsPort, proxies, clusters, delta, nodeId, record }, timeoutMs);
  const { bytes, messages } = await clients.settle(quietMs);
  const after = readUsage(served.pid);
  const allMs = Math.max(...at.map((each) => sinceMs(start, each)));
  const rssPerProxyKiB = ((after.rssMiB - before.rssMiB) * 1024) / proxies;
  return { allMs, cpuS: after.cpuS - before.cpuS, bytes, messages, rssMiB: after.rssMiB, rssPerProxyKiB };
}

async function measureIdle(pid: number, idleS: number): Promise<number> {
  // What the first configuration left behind, such as garbage to collect, is not idling.
  await pauseMs(2000);
  const [before, start] = [readUsage(pid), process.hrtime.bigint()];
  await pauseMs(idleS * 1000);
  return ((readUsage(pid).cpuS - before.cpuS) / (sinceMs(start, process.hrtime.bigint()) / 1000)) * 100;
}

async function measureChanges(served: Served, clients: Clients, options: MeasureOptions): Promise<Measured["change"]> {
  const latencies: number[] = [];
  const slowest: number[] = [];
  const before = { server: readUsage(served.pid), client: readUsage(clients.pid), counters: await clients.counters() };
  for (let round = 1; round <= options.rounds; round++) {
    const intervalMs = served.intervalMsOf(round);
    let start = 0n;
    const at = await clients.change(
      intervalMs,
      async () => {
        start = process.hrtime.bigint();
        await served.setInterval(intervalMs);
      },
      timeoutMs,
    );
    const taken = at.map((each) => sinceMs(start, each));
    latencies.push(...taken);
    slowest.push(Math.max(...taken));
    await clients.settle(quietMs);
  }
  const [server, client, counters] = [readUsage(served.pid), readUsage(clients.pid), await clients.counters()];
  const { rounds } = options;
  return {
    latencyMs: quantiles(latencies),
    allMs: slowest.reduce((sum, each) => sum + each, 0) / rounds,
    cpuS: (server.cpuS - before.server.cpuS) / rounds,
    clientCpuS: (client.cpuS - before.client.cpuS) / rounds,
    bytes: (counters.bytes - before.counters.bytes) / rounds,
    messages: (counters.messages - before.counters.messages) / rounds,
    rssMiB: server.rssMiB,
    bytesByType: difference(before.counters.bytesByType, counters.bytesByType, rounds),
  };
}

function difference(before: Readonly<Record<string, number>>, after: Readonly<Record<string, number>>, rounds: number): Record<string, number> {
  return Object.fromEntries(Object.entries(after).map(([type, bytes]) => [type, (bytes - (before[type] ?? 0)) / rounds]));
}

function sinceMs(start: bigint, end: bigint): number {
  return Number(end - start) / 1e6;
}

async function pauseMs(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
