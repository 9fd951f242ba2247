import { drain } from "./drain.ts";
import type { EnvoyAdmin } from "./envoy-admin.ts";
import type { AgentLog } from "./log.ts";
import type { Supervisor } from "./supervise.ts";

/** How a proxy ends. */
export interface Ending {
  /** It drains, or is being stopped. */
  readonly asked: boolean;
  drain(): Promise<void>;
  end(): Promise<void>;
  quit(): Promise<void>;
}

export interface EndingOptions {
  /** See `drain`. */
  readonly drainMs: number;
  readonly leastDrainMs?: number;
  readonly logger: AgentLog;
}

/** What Envoy may take to end once it has nothing to do any more. */
const endMs = 5_000;

export function createEnding(supervisor: Supervisor, admin: EnvoyAdmin, { drainMs, leastDrainMs, logger }: EndingOptions): Ending {
  const atOnce = new AbortController();
  let draining: Promise<void> | undefined;
  let isEnding = false;

  async function drainNow(): Promise<void> {
    const running = supervisor.current;
    if (running === undefined || drainMs === 0) return;
    logger.info({ drainMs }, "draining");
    void running.ended.then(() => atOnce.abort());
    await drain({ admin, drainMs, ...(leastDrainMs === undefined ? {} : { leastMs: leastDrainMs }), signal: atOnce.signal, logger });
  }

  async function stop(graceMs: number): Promise<void> {
    isEnding = true;
    atOnce.abort();
    await supervisor.stop(graceMs);
  }

  return {
    get asked() {
      return isEnding || draining !== undefined;
    },
    drain: () => (draining ??= drainNow()),
    async end() {
      // Told twice: nobody wants to wait any more.
      const isTold = isEnding;
      const isDrained = draining !== undefined;
      isEnding = true;
      if (!isTold && !isDrained) await (draining = drainNow());
      await stop(isTold || atOnce.signal.aborted ? 0 : endMs);
    },
    quit: () => stop(endMs),
  };
}
