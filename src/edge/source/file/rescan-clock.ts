export interface RescanClockOptions {
  /** Quiet time after the last event before a scan begins. */
  readonly quietMs: number;
  /** Longest time that events may put a scan off. */
  readonly maxDelayMs: number;
}

/** Says when to scan: soon after events, and now and then without any. One scan at a time. */
export interface RescanClock {
  /** Something happened. */
  nudge(): void;
  /** Stops; resolves when a scan that is under way has ended. */
  stop(): Promise<void>;
}

/** Starts with a scan. Each scan says after how many milliseconds the next is due when nothing happens. */
export function startRescanClock(options: RescanClockOptions, scan: () => Promise<number>): RescanClock {
  let timer: NodeJS.Timeout | undefined;
  let firstNudgeMs: number | undefined;
  let running: Promise<void> | undefined;
  let stopped = false;
  const arm = (delayMs: number): void => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(begin, delayMs).unref();
  };
  const run = async (): Promise<void> => {
    const dueMs = await scan();
    running = undefined;
    arm(firstNudgeMs === undefined ? dueMs : Math.min(dueMs, options.quietMs));
  };
  const begin = (): void => {
    firstNudgeMs = undefined;
    running = run();
  };
  begin();
  return {
    nudge: () => {
      const now = performance.now();
      firstNudgeMs ??= now;
      if (running === undefined) arm(Math.max(0, Math.min(options.quietMs, firstNudgeMs + options.maxDelayMs - now)));
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
