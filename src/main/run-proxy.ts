import { readFile } from "node:fs/promises";
import type { Agent } from "../edge/agent/agent.ts";
import type { AgentLog } from "../edge/agent/log.ts";
import { createLoggers } from "../edge/telemetry/logger.ts";
import { CommandFailure, exitStatus, messageOf } from "./exit-status.ts";
import type { Terminal } from "./terminal.ts";

/** What a command is given that runs a proxy. */
export interface Surroundings {
  readonly logger: AgentLog;
  /** Aborted: somebody asked to end. */
  readonly signal: AbortSignal;
  readFile(file: string, option: string): Promise<string>;
  /** Ends at once. */
  quit(reason: object): void;
}

/** A proxy whose options were looked at, not started yet. */
export interface PreparedProxy {
  /** For the user. */
  readonly lines: readonly string[];
  /** Fetches the bootstrap, however long that takes, and starts Envoy. */
  start(): Promise<Agent>;
  close(): Promise<void>;
}

/** Runs a proxy until a signal ends it. @throws CommandFailure when it cannot be started. */
export async function runProxy(
  options: { readonly component: string; readonly envoyPath: string; readonly logFormat: "json" | "text" },
  prepare: (around: Surroundings) => Promise<PreparedProxy>,
  terminal: Terminal,
): Promise<void> {
  const logger = createLoggers({ level: "info", components: {}, format: options.logFormat })(options.component);
  const ending = new AbortController();
  let agent: Agent | undefined;
  const stop = (signal: NodeJS.Signals): void => {
    logger.info({ signal }, ending.signal.aborted ? "ending at once" : "ending");
    ending.abort();
    void agent?.end();
  };
  const quit = (reason: object): void => {
    logger.info(reason, "ending at once");
    ending.abort();
    void agent?.quit();
  };
  const pass = (signal: NodeJS.Signals): void => agent?.signal(signal);
  process.on("SIGTERM", stop).on("SIGINT", stop).on("SIGHUP", pass).on("SIGUSR1", pass);
  const prepared = await prepare({ logger, signal: ending.signal, readFile: textOf, quit });
  try {
    for (const line of prepared.lines) terminal.out(`${line}\n`);
    agent = await prepared.start();
    // Asked to end while it was being started.
    if (ending.signal.aborted) void agent.end();
    const failed = await agent.done;
    if (failed !== undefined) throw new CommandFailure(exitStatus.unavailable, describeFailedStart(options.envoyPath, failed.end));
  } catch (error) {
    if (!ending.signal.aborted) throw error;
  } finally {
    await prepared.close();
  }
  logger.info({}, "ended");
}

function describeFailedStart(envoyPath: string, end: { readonly code: number | null; readonly signal: string | null; readonly error?: Error }): string {
  if (end.error !== undefined) return `--envoy-path: cannot run ${envoyPath}: ${end.error.message}`;
  return `Envoy ended at its start with ${end.signal ?? `status ${end.code ?? 0}`}; its own words are above`;
}

async function textOf(file: string, option: string): Promise<string> {
  return await readFile(file, "utf8").catch((error: unknown) => {
    throw new CommandFailure(exitStatus.usage, `${option}: cannot read ${file}: ${messageOf(error)}`);
  });
}
