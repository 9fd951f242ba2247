/** Does one thing, again and again, whenever it is due. */
export interface Pacer {
  /** In so many milliseconds at the latest; what is due earlier stays so. */
  in(ms: number): void;
  close(): void;
}

export interface PacerOptions {
  /** Of the time, at most so much is spent on it: after one turn that took long, the next one waits. */
  readonly share: number;
  readonly onError: (error: unknown) => void;
}

export function createPacer(turn: () => void, { share, onError }: PacerOptions): Pacer {
  let timer: NodeJS.Timeout | undefined;
  let dueMs = Infinity;
  let notBeforeMs = 0;
  let closed = false;

  function run(): void {
    timer = undefined;
    dueMs = Infinity;
    const startMs = performance.now();
    try {
      turn();
    } catch (error) {
      onError(error);
    }
    const endMs = performance.now();
    notBeforeMs = endMs + (endMs - startMs) * (1 / share - 1);
    // What the turn itself asked for comes no sooner either.
    if (dueMs < notBeforeMs) arm(notBeforeMs);
  }

  function arm(atMs: number): void {
    clearTimeout(timer);
    dueMs = atMs;
    timer = setTimeout(run, Math.max(0, atMs - performance.now())).unref();
  }

  return {
    in(ms) {
      const atMs = Math.max(performance.now() + ms, notBeforeMs);
      if (!closed && (timer === undefined || atMs < dueMs)) arm(atMs);
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
