/** Work that waits for its turn. */
export interface PushQueue {
  /** Runs `push` soon, never re-entrantly. */
  add(push: () => void): void;
}

/**
 * Runs pushes one after another in slices, and lets the event loop breathe between slices: a push to a thousand clients must not keep
 * requests, acknowledgements and the API waiting.
 * @param sliceMs how long a slice may take, in milliseconds; the push that is running when it is over is finished.
 */
export function createPushQueue(sliceMs = 8): PushQueue {
  let waiting: (() => void)[] = [];
  let scheduled = false;
  function schedule(): void {
    if (!scheduled) {
      scheduled = true;
      setImmediate(runSlice);
    }
  }
  function runSlice(): void {
    scheduled = false;
    const until = performance.now() + sliceMs;
    const batch = waiting;
    waiting = [];
    let next = 0;
    for (; next < batch.length && performance.now() < until; next++) {
      batch[next]?.();
    }
    if (next < batch.length) {
      waiting = [...batch.slice(next), ...waiting];
    }
    if (waiting.length > 0) {
      schedule();
    }
  }
  return {
    add(push) {
      waiting.push(push);
      schedule();
    },
  };
}
