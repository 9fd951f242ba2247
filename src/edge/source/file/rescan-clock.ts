export interface RescanClockOptions {
  /** Quiet time after the last event before a scan begins. */
  readonly quietMs: number;
  /** Longest time that events may put a scan off. */
  readonly maxDelayMs: number;
  /** Time between scans that no event asked for; they repair what a lost event hid. */
  readonly periodMs: number;
}

/** Says when to scan: soon after events, and now and then without any. One scan at a time. */
export interface RescanClock {
  /** Something happened. */
  nudge(): void;
  /** Stops; resolves when a scan that is under way has ended. */
  stop(): Promise<void>;
}

export function startRescanClock(options: RescanClockOptions, scan: () => Promise<void>): RescanClock {
  let timer: NodeJS.Timeout | undefined;
  let firstNudgeMs: number | undefined;
  let running: Promise<void> | undefined;
  let stopped = false;
  const arm = (delayMs: number): void => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(run, delayMs).unref();
  };
  const run = (): void => {
    firstNudgeMs = undefined;
    running = scan().finally(() => {
      running = undefined;
      arm(firstNudgeMs === undefined ? options.periodMs : options.quietMs);
    });
  };
  run();
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
