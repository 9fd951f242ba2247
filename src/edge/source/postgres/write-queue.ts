/** Writes that wait for a transaction. */
export interface GroupedQueue<W> {
  add(write: W): void;
  /** Resolves when everything that was added before is settled. */
  idle(): Promise<void>;
}

/** Bounds how much one transaction writes. */
const groupSize = 500;

/**
 * Hands over what has been added, in order, one group at a time: what is asked for in one turn of the event loop, or while a group is
 * being written, goes together. `commit` settles each write of its group and never throws.
 */
export function createGroupedQueue<W>(commit: (group: readonly W[]) => Promise<void>): GroupedQueue<W> {
  const waiting: W[] = [];
  let working: Promise<void> | undefined;
  const work = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) await commit(waiting.splice(0, groupSize));
    working = undefined;
  };
  return {
    add: (write) => {
      waiting.push(write);
      working ??= work();
    },
    idle: () => working ?? Promise.resolve(),
  };
}
