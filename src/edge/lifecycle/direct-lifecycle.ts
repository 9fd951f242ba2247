import { setTimeout as sleep } from "node:timers/promises";
import { heldBy, holderOf, unclaimed } from "../../core/bootstrap/direct-labels.ts";
import { readNodeMetadata } from "../../core/bootstrap/node-metadata.ts";
import type { Dataplane } from "../../core/model/dataplane.ts";
import type { Resource, ResourceKey } from "../../core/model/resource.ts";
import { createHolds } from "./holds.ts";
import { isConflict, keyOf, type Arrival, type DirectLifecycleOptions } from "./port.ts";
import { register, type Refusal } from "./register.ts";
import { createSweeper } from "./sweep.ts";

/** Dataplanes that come with their proxies and go with them (Kuma's direct lifecycle). */
export interface DirectLifecycle {
  /** Asked at a stream's first request. Who brings no Dataplane along is let in without a word. */
  admit(arrival: Arrival): Promise<{ closed?(): void } | Refusal>;
  /** To be told of every change of the store: somebody may ask who has a proxy. */
  storeChanged(changed: readonly Resource[]): void;
  /** Starts to look for Dataplanes whose control plane ended before it could remove them. */
  start(): void;
  /** From here on nothing is removed: who disconnects now goes to another control plane. */
  close(): Promise<void>;
}

/** How long a proxy waits for its Dataplane to be served. It is there within milliseconds; else the stream says that it is not. */
const servedWithinMs = 5_000;

export function createDirectLifecycle(options: DirectLifecycleOptions): DirectLifecycle {
  const { logger } = options;
  const sweeper = createSweeper(options);
  const holds = createHolds({ goneAfterMs: options.removeAfterMs, onGone: (key) => remove(options, key, () => holds.has(key)) });
  return {
    async admit(arrival) {
      const { dataplaneResource } = readNodeMetadata(arrival.metadata);
      if (dataplaneResource === undefined) return {};
      // Held before it is stored, so that nothing removes it in between.
      const hold = holds.hold(keyOf(arrival.proxy));
      const outcome = await register(options, arrival, dataplaneResource).catch((error: unknown) => {
        hold.closed();
        throw error;
      });
      if (outcome === "held") {
        await untilServed(options, keyOf(arrival.proxy));
        logger.debug({ ...arrival.proxy }, "the Dataplane of a proxy is stored");
        return hold;
      }
      hold.closed();
      return outcome === "stored" ? {} : outcome;
    },
    storeChanged(changed) {
      for (const resource of changed) {
        const asked = resource.kind === "Dataplane" && holderOf(resource as Dataplane) === unclaimed;
        if (asked && holds.has(resource)) void claim(options, resource as Dataplane);
      }
    },
    start: () => sweeper.start(),
    async close() {
      holds.close();
      await sweeper.close();
    },
  };
}

/** Unless the proxy came back, here or to another control plane, or somebody made the Dataplane theirs. */
async function remove({ store, holder, logger }: DirectLifecycleOptions, key: ResourceKey, isBack: () => boolean): Promise<void> {
  const { mesh, name } = key;
  try {
    const stored = (await store.get(key)) as Dataplane | undefined;
    if (stored === undefined || isBack() || holderOf(stored) !== holder) return;
    await store.delete(key);
    logger.info({ mesh, dataplane: name }, "the proxy is gone; its Dataplane is removed");
  } catch (error) {
    logger.warn({ mesh, dataplane: name, err: error }, "cannot remove the Dataplane of a proxy that is gone; trying again");
    throw error;
  }
}

/** Somebody who looks for orphans asks whose this is. That somebody else said so already is as good. */
async function claim({ store, holder, logger }: DirectLifecycleOptions, dataplane: Dataplane): Promise<void> {
  try {
    await store.put(heldBy(dataplane, holder), { expectedModificationTime: dataplane.modificationTime ?? "" });
  } catch (error) {
    if (!isConflict(error)) logger.warn({ mesh: dataplane.mesh, dataplane: dataplane.name, err: error }, "cannot say that a proxy is connected here");
  }
}

async function untilServed({ isServed }: DirectLifecycleOptions, key: ResourceKey): Promise<void> {
  const end = performance.now() + servedWithinMs;
  while (!isServed(key) && performance.now() < end) await sleep(2);
}
