/** What is to be done for objects, each once, the most urgent first. */
export interface StatusQueue {
  /** `atMs`: not before; an object that waits already is due at the earlier of both times. */
  put(id: string, atMs: number): void;
  delete(id: string): void;
  /** Takes out one that is due. */
  take(nowMs: number): string | undefined;
  /** When the next one is due; undefined when nothing waits. */
  readonly nextMs: number | undefined;
  readonly size: number;
}

/** Cost of a look: the number of objects that wait, which is small but for bursts, where nearly the first one is due. */
export function createStatusQueue(): StatusQueue {
  const due = new Map<string, number>();
  return {
    put: (id, atMs) => void due.set(id, Math.min(atMs, due.get(id) ?? Infinity)),
    delete: (id) => void due.delete(id),
    take(nowMs) {
      for (const [id, atMs] of due) {
        if (atMs > nowMs) continue;
        due.delete(id);
        return id;
      }
      return undefined;
    },
    get nextMs() {
      let next: number | undefined;
      for (const atMs of due.values()) if (next === undefined || atMs < next) next = atMs;
      return next;
    },
    get size() {
      return due.size;
    },
  };
}
