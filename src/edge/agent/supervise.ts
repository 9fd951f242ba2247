import { setTimeout as sleep } from "node:timers/promises";
import { createBackOff } from "./back-off.ts";
import type { EnvoyEnd, EnvoyProcess } from "./envoy-process.ts";
import type { AgentLog } from "./log.ts";

export interface SuperviseOptions {
  start(): EnvoyProcess;
  /** Whether the first Envoy has ever answered. Asked while it starts, and once more when it has ended before it did. */
  answers(): Promise<boolean>;
  readonly logger: AgentLog;
}

/** Keeps one Envoy running. */
export interface Supervisor {
  /** The one that runs; undefined between a crash and the next start. */
  readonly current: EnvoyProcess | undefined;
  /** Resolves when it is over: stopped, or the first start failed. */
  readonly done: Promise<FailedStart | undefined>;
  /** Ends it for good. */
  stop(graceMs: number): Promise<void>;
}

/** The first Envoy ended before it ever answered: its binary, its bootstrap or its rights are wrong, and will be the next time. */
export interface FailedStart {
  readonly end: EnvoyEnd;
}

const firstWaitMs = 500;
const longestWaitMs = 30_000;
/** One that ran this long did not crash because of its start. */
const settledMs = 60_000;

export function supervise(options: SuperviseOptions): Supervisor {
  const { logger } = options;
  const stopping = new AbortController();
  const backOff = createBackOff(firstWaitMs, longestWaitMs);
  const isStopping = (): boolean => stopping.signal.aborted;
  let current: EnvoyProcess | undefined;

  async function run(): Promise<FailedStart | undefined> {
    for (let starts = 1; !isStopping(); starts++) {
      const envoy = options.start();
      const startedMs = performance.now();
      current = envoy;
      logger.info({ pid: envoy.pid, starts }, "Envoy started");
      const answered = starts > 1 ? Promise.resolve(true) : untilAnswers(options, envoy);
      const end = await envoy.ended;
      current = undefined;
      if (isStopping()) return undefined;
      if (!(await answered)) return { end };
      if (performance.now() - startedMs > settledMs) backOff.reset();
      const waitMs = backOff.next();
      logger.error({ code: end.code, signal: end.signal, waitMs: Math.round(waitMs) }, "Envoy ended by itself; starting it again");
      await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    return undefined;
  }

  const done = run();
  return {
    get current() {
      return current;
    },
    done,
    async stop(graceMs) {
      stopping.abort();
      await current?.stop(graceMs);
      await done;
    },
  };
}

/** True once it has answered, whoever asked; false when it ended before. */
async function untilAnswers({ answers }: SuperviseOptions, envoy: EnvoyProcess): Promise<boolean> {
  const ended = envoy.ended.then(() => true);
  for (;;) {
    if (await answers()) return true;
    if (await Promise.race([ended, sleep(100, false)])) return await answers();
  }
}
