import type { Write } from "../queued-write.ts";
import type { Transaction } from "../row-writer.ts";

export interface WriteQueue {
  add(write: Write): void;
  /** Makes everything that waits durable now. */
  flush(): void;
}

/** Bounds how long one commit keeps the event loop. */
const groupSize = 500;

/**
 * Writes that were asked for in the same turn of the event loop share one commit, and so one flush to the disk. When a group
 * fails, each of its writes is tried alone: one that is too large for what is left of the disk does not take others with it.
 */
export function createWriteQueue(runner: Transaction): WriteQueue {
  let waiting: Write[] = [];
  let scheduled: NodeJS.Immediate | undefined;
  const flush = (): void => {
    clearImmediate(scheduled);
    scheduled = undefined;
    const writes = waiting;
    waiting = [];
    for (let start = 0; start < writes.length; start += groupSize) commitGroup(runner, writes.slice(start, start + groupSize));
  };
  return {
    add: (write) => {
      waiting.push(write);
      scheduled ??= setImmediate(flush);
    },
    flush,
  };
}

function commitGroup(runner: Transaction, writes: readonly Write[]): void {
  try {
    runner.begin();
    for (const write of writes) write.run();
    runner.commit();
  } catch (error) {
    runner.rollback();
    if (writes.length === 1) writes[0]?.failed(error);
    else for (const write of writes) commitGroup(runner, [write]);
    return;
  }
  for (const write of writes) write.committed();
}
