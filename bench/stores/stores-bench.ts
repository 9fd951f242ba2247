import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { PostgresUnavailable } from "../../scripts/lib/postgres-binaries.ts";
import { startPostgres } from "../../test/kit/postgres.ts";
import { startSharedStore, writtenCluster, type SharedStore } from "../../test/kit/shared-store.ts";
import { quantiles, type Quantiles } from "../quantiles.ts";
import { goalAtMost, type BenchResult } from "../result.ts";

export interface StoresOptions {
  /** On each of the two control planes. */
  readonly proxies: number;
  /** Writes, half of them through each control plane. */
  readonly rounds: number;
}

/** What the whole team of control planes is allowed for one write, in ms. */
const limitMs = 250;

/**
 * Two control planes as processes on one PostgreSQL that flushes to the disk, proxies on both: how long after a write was sent every
 * proxy has it, on the control plane that took the write and on the other. Beside it, in the same run, a bare commit with a
 * notification on the same database.
 */
export async function runStores({ proxies, rounds }: StoresOptions): Promise<BenchResult> {
  const server = await startPostgres({ durable: true }).catch((error: unknown) => {
    if (error instanceof PostgresUnavailable) return error;
    throw error;
  });
  if (server instanceof PostgresUnavailable) return { tables: [], goals: [], warnings: [`Stores were not measured: ${server.message}`] };
  const databaseUrl = await server.createDatabase();
  const shared = await startSharedStore({ databaseUrl, proxies });
  try {
    const measured = await measure(shared, proxies, rounds);
    return report(proxies, rounds, { ...measured, bare: await bareNotifications(databaseUrl, rounds) });
  } finally {
    await shared.close();
    await server.close();
  }
}

interface Measured {
  readonly answered: Quantiles;
  readonly own: Quantiles;
  readonly other: Quantiles;
  readonly all: Quantiles;
  readonly bare: Quantiles;
}

async function measure({ controlPlanes, proxies, write }: SharedStore, half: number, rounds: number): Promise<Omit<Measured, "bare">> {
  const [answered, own, other]: [number[], number[], number[]] = [[], [], []];
  // The first few warm the processes up.
  for (let round = -4; round < rounds; round++) {
    const through = round & 1;
    const word = `round-${round}-end`;
    const began = performance.now();
    const answer = write(controlPlanes[through === 0 ? 0 : 1], word).then(() => performance.now());
    const arrivals = await Promise.all(proxies.map((proxy) => proxy.until(writtenCluster, `/${word}`)));
    const answeredAt = await answer;
    if (round >= 0) {
      answered.push(answeredAt - began);
      arrivals.forEach((at, i) => (i < half === (through === 0) ? own : other).push(at - began));
    }
    await sleep(20);
  }
  return { answered: quantiles(answered), own: quantiles(own), other: quantiles(other), all: quantiles([...own, ...other]) };
}

/** From sending a commit with a notification to having that on another connection. */
async function bareNotifications(databaseUrl: string, rounds: number): Promise<Quantiles> {
  const [writer, listener] = [new Client({ connectionString: databaseUrl }), new Client({ connectionString: databaseUrl })];
  await Promise.all([writer.connect(), listener.connect()]);
  await writer.query("CREATE TABLE bare (round int)");
  await listener.query("LISTEN bare");
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const notified = new Promise((resolve) => listener.once("notification", resolve));
    const began = performance.now();
    await Promise.all([notified, writer.query(`BEGIN; INSERT INTO bare VALUES (${round}); NOTIFY bare, '${round}'; COMMIT`)]);
    times.push(performance.now() - began);
  }
  await Promise.all([writer.end(), listener.end()]);
  return quantiles(times);
}

function report(proxies: number, rounds: number, { answered, own, other, all, bare }: Measured): BenchResult {
  const row = (what: string, { p50, p99, max }: Quantiles): readonly string[] => [what, ...[p50, p99, max].map((ms) => ms.toFixed(1))];
  const table = {
    title: "Two control planes on one PostgreSQL",
    columns: ["ms after the write was sent", "p50", "p99", "max"],
    rows: [
      row("bare commit with a notification, on another connection", bare),
      row("the API has answered", answered),
      row("a proxy of the control plane that took the write has it", own),
      row("a proxy of the other control plane has it", other),
    ],
    notes: [`${rounds} writes of a policy that concerns all ${2 * proxies} proxies, ${proxies} on each control plane; half of the writes through each. All proxies are in one process, which takes its share of the time.`],
  };
  return { tables: [table], goals: [goalAtMost("a write through either control plane is at every proxy of both (p99)", limitMs, all.p99, "ms")], warnings: [] };
}
