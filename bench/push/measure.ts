import { quantiles } from "../quantiles.ts";
import { Clients } from "./clients.ts";
import { startMeter } from "./meter.ts";
import type { Change, First, Measured } from "./push-run.ts";
import type { Served } from "./served.ts";

export interface ConnectionOptions {
  readonly proxies: number;
  /** Clusters with a check that make a configuration full. */
  readonly clusters: number;
  readonly delta: boolean;
  readonly nodeId: string;
}

export interface MeasureOptions extends ConnectionOptions {
  /** Policy edits. */
  readonly rounds: number;
  /** Where to write what the clients received; undefined: nothing is kept. */
  readonly recording: string | undefined;
}

const quietMs = 400;

/** Connects the proxies to a server, changes the policy, and tells what that took. */
export async function measure(served: Served, options: MeasureOptions): Promise<Measured> {
  const clients = new Clients();
  try {
    const first = await measureFirst(served, clients, options, options.recording !== undefined);
    const change = await measureChanges(served, clients, options.rounds);
    if (options.recording !== undefined) await clients.saveRecording(options.recording);
    return { server: served.name, first, change };
  } finally {
    await clients.close();
  }
}

/** Connects every proxy at once and waits until each has its full configuration and nothing comes any more. */
export async function measureFirst(served: Served, clients: Clients, options: ConnectionOptions, record: boolean): Promise<First> {
  const { proxies, clusters, delta, nodeId } = options;
  // The process of the clients takes its time to load; the clock starts when it can connect.
  await clients.load();
  const stop = await startMeter(served, clients);
  const start = process.hrtime.bigint();
  const at = await clients.connect({ host: "127.0.0.1", port: served.xdsPort, proxies, clusters, delta, nodeId, record });
  await clients.settle(quietMs);
  return { allMs: Math.max(...at.map((each) => sinceMs(start, each))), ...(await stop()) };
}

/** Edits the policy round after round, each once the last has settled. The clock of a round starts before its write is sent. */
export async function measureChanges(served: Served, clients: Clients, rounds: number): Promise<Change> {
  const latencies: number[] = [];
  const slowest: number[] = [];
  const stop = await startMeter(served, clients);
  for (let round = 1; round <= rounds; round++) {
    const intervalMs = served.intervalMsOf(round);
    let start = 0n;
    const write = async (): Promise<void> => {
      start = process.hrtime.bigint();
      await served.setInterval(intervalMs);
    };
    const at = await clients.change(intervalMs, write);
    const taken = at.map((each) => sinceMs(start, each));
    latencies.push(...taken);
    slowest.push(Math.max(...taken));
    await clients.settle(quietMs);
  }
  return { latencyMs: quantiles(latencies), allMs: quantiles(slowest).p50, ...(await stop(rounds)) };
}

function sinceMs(start: bigint, end: bigint): number {
  return Number(end - start) / 1e6;
}
