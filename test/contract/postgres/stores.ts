import { isDeepStrictEqual } from "node:util";
import { openPostgresStore, type PostgresStore, type PostgresStoreOptions } from "../../../src/edge/source/postgres/postgres-store.ts";
import { keyText } from "../../../src/core/model/resource.ts";
import type { SourceEvent } from "../../../src/edge/source/port.ts";
import { StoreUnavailable } from "../../../src/edge/source/store-error.ts";
import { waitUntil } from "../../kit/wait-until.ts";
import { record, type Recorder } from "../recorder.ts";
import { intervalOf } from "../source-contract.ts";

/** A store as one control plane has it, and everything that it told. */
export interface OpenStore {
  readonly store: PostgresStore;
  readonly events: Recorder<SourceEvent>;
}

/** Opens a store, and waits for its first state. */
export async function openStore(url: string, options: Partial<PostgresStoreOptions> = {}): Promise<OpenStore> {
  const store = openPostgresStore({ url, timeoutMs: 2_000, ...options });
  const events = record(store.events);
  await events.until((told) => told.length > 0);
  return { store, events };
}

/** What was told after the first state, a line each: `Kind/mesh/name=interval`, `-Kind/mesh/name`. */
export function changesOf({ events }: OpenStore): readonly string[] {
  return events.told.flatMap((event) => {
    if (event.type === "state") return [];
    return [...event.changed.map((resource) => `${keyText(resource)}=${intervalOf(resource)}`), ...event.removed.map((key) => `-${keyText(key)}`)];
  });
}

/** Resolves when a store has told this of itself or of others. */
export async function untilTold(open: OpenStore, line: string): Promise<void> {
  await open.events.until(() => changesOf(open).includes(line));
}

/** How a write failed; fails itself when it did not. */
export async function failureOf(write: Promise<unknown>): Promise<StoreUnavailable> {
  const failure = await write.then(
    () => new Error("the write was made"),
    (error: unknown) => error,
  );
  if (failure instanceof StoreUnavailable) return failure;
  throw failure;
}

/** The problem that the store has with its database, if it has one. */
export function standingProblem({ store }: OpenStore): string | undefined {
  let found: string | undefined;
  store.problems.subscribe((problems) => (found = problems.find(({ origin }) => origin === "store")?.violations[0]?.message)).unsubscribe();
  return found;
}

/** Resolves when all stores have the same policies. A write is told here at once, and others' earlier ones may still be on their way. */
export async function untilEqual(stores: readonly OpenStore[]): Promise<void> {
  await waitUntil("all stores have the same", async () => {
    const [first, ...others] = await Promise.all(stores.map(({ store }) => store.list("MeshHealthCheck")));
    return others.every((other) => isDeepStrictEqual(other, first));
  });
}
