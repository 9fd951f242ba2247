import { setTimeout as sleep } from "node:timers/promises";
import { heldBy, holderOf, unclaimed } from "../../core/bootstrap/direct-labels.ts";
import type { Dataplane } from "../../core/model/dataplane.ts";
import { isConflict, keyOf, type DirectLifecycleOptions } from "./port.ts";

export interface Sweeper {
  start(): void;
  close(): Promise<void>;
}

/** Between two looks for orphans, in removal times and at least in milliseconds. */
const removalTimesBetween = 6;
const leastBetweenMs = 60_000;

/** Envoys ask again within 30 s at the latest; who was connected to a control plane that ended needs that long. */
const leastFirstMs = 30_000;

/**
 * Removes Dataplanes whose proxy went away while no control plane looked. Nobody keeps a list of control planes, and proxies'
 * Dataplanes are not written to while they are connected. Instead a control plane is asked: one of the Dataplanes under its name is
 * marked as unclaimed, and whoever has the proxy puts its name there again. When nobody does, all the others of that name are
 * marked; what is still unclaimed after the removal time goes.
 */
export function createSweeper(options: DirectLifecycleOptions): Sweeper {
  const { removeAfterMs, logger } = options;
  const stop = new AbortController();
  const betweenMs = Math.max(leastBetweenMs, removeAfterMs * removalTimesBetween);
  let running = Promise.resolve();

  async function run(): Promise<void> {
    await pause(Math.max(leastFirstMs, removeAfterMs));
    for (;;) {
      await sweepOnce(options, () => pause(removeAfterMs)).catch((error: unknown) => {
        if (!stop.signal.aborted) logger.warn({ err: error }, "cannot look for Dataplanes whose proxies are gone");
      });
      await pause(betweenMs);
    }
  }

  async function pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: stop.signal, ref: false });
  }

  return {
    start() {
      running = run().catch((error: unknown) => {
        if (!stop.signal.aborted) throw error;
      });
    },
    async close() {
      stop.abort();
      await running;
    },
  };
}

/** One look for orphans. @param untilAnswered waits as long as a control plane may take to say that a proxy is its own. */
export async function sweepOnce(options: DirectLifecycleOptions, untilAnswered: () => Promise<void>): Promise<void> {
  const others = (await listDirect(options)).filter((dataplane) => holderOf(dataplane) !== options.holder);
  if (others.length === 0) return;
  const samples = new Map(others.filter((each) => holderOf(each) !== unclaimed).map((each) => [holderOf(each), each]));
  for (const sample of samples.values()) await mark(options, sample);
  await untilAnswered();
  const silent = new Set<string>();
  for (const [holder, sample] of samples) {
    const now = (await options.store.get(keyOf(sample))) as Dataplane | undefined;
    if (now === undefined || holderOf(now) !== holder) silent.add(holder ?? "");
  }
  const suspects = others.filter((each) => silent.has(holderOf(each) ?? "") && samples.get(holderOf(each)) !== each);
  for (const suspect of suspects) await mark(options, suspect);
  if (suspects.length > 0) await untilAnswered();
  await removeUnclaimed(options, new Set(others.map(({ mesh, name }) => `${mesh}/${name}`)));
}

/** Only those that were seen before: they have been unclaimed for as long as an answer may take. */
async function removeUnclaimed(options: DirectLifecycleOptions, seen: ReadonlySet<string>): Promise<void> {
  for (const dataplane of await listDirect(options)) {
    const { mesh, name } = dataplane;
    if (holderOf(dataplane) !== unclaimed || !seen.has(`${mesh}/${name}`)) continue;
    await options.store.delete(keyOf(dataplane));
    options.logger.info({ mesh, dataplane: name }, "nobody has the proxy; its Dataplane is removed");
  }
}

async function listDirect({ store }: DirectLifecycleOptions): Promise<readonly Dataplane[]> {
  return ((await store.list("Dataplane")) as readonly Dataplane[]).filter((dataplane) => holderOf(dataplane) !== undefined);
}

/** One that is written to meanwhile is somebody's. */
async function mark({ store }: DirectLifecycleOptions, dataplane: Dataplane): Promise<void> {
  try {
    await store.put(heldBy(dataplane, unclaimed), { expectedModificationTime: dataplane.modificationTime ?? "" });
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
}
