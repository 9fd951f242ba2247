import { spawn, type ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

export interface EnvoyCommand {
  readonly envoyPath: string;
  readonly bootstrapFile: string;
  readonly logLevel: string;
  /** How long Envoy's own graceful drain of its listeners takes. */
  readonly drainMs: number;
  /** Further arguments. */
  readonly args: readonly string[];
}

/** How an Envoy ended. */
export interface EnvoyEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** It could not be started at all. */
  readonly error?: Error;
}

export interface EnvoyProcess {
  readonly pid: number | undefined;
  /** Resolves when it has ended, however that came. */
  readonly ended: Promise<EnvoyEnd>;
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL to one that has not ended after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Starts an Envoy; its log goes where ours goes. Hot restart is off: it needs a base id of its own for each Envoy of a machine, and a
 * crashed Envoy leaves nothing to hand over.
 */
export function startEnvoy(command: EnvoyCommand): EnvoyProcess {
  const drainSeconds = Math.max(1, Math.ceil(command.drainMs / 1000));
  const args = [
    "-c", command.bootstrapFile, "--disable-hot-restart", "--log-level", command.logLevel,
    "--drain-time-s", String(drainSeconds), "--drain-strategy", "immediate", ...command.args,
  ];
  // In a process group of its own: Ctrl-C in a terminal is for us, who drain it first.
  const child = spawn(command.envoyPath, args, { stdio: ["ignore", "inherit", "inherit"], detached: true });
  const ended = endOf(child);
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null && child.pid !== undefined;
  return {
    pid: child.pid,
    ended,
    signal(signal) {
      if (isRunning()) child.kill(signal);
    },
    async stop(graceMs) {
      if (isRunning()) child.kill("SIGTERM");
      const timer = new AbortController();
      await Promise.race([ended, sleep(graceMs, undefined, { signal: timer.signal }).catch(() => undefined)]);
      timer.abort();
      if (isRunning()) child.kill("SIGKILL");
      await ended;
    },
  };
}

function endOf(child: ChildProcess): Promise<EnvoyEnd> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ code: null, signal: null, error }));
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
}
