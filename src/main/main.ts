import { CommanderError } from "commander";
import { ApiFailure } from "../edge/client/api-failure.ts";
import { ConnectionFailure } from "../edge/client/connection-failure.ts";
import { CommandFailure, exitStatus } from "./exit-status.ts";
import { programFor } from "./program.ts";
import { statusOfFailure } from "./status-of-failure.ts";
import type { Terminal } from "./terminal.ts";

/** Runs the command line and gives its exit status. Whatever went wrong was said on the terminal. */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  let status: number = exitStatus.ok;
  try {
    const root = await programFor(args, terminal, (value) => (status = value));
    await root.parseAsync(args, { from: "user" });
  } catch (error) {
    status = report(error, terminal);
  }
  return status;
}

function report(error: unknown, terminal: Terminal): number {
  // Commander has said its message already; asking for help or the version ends this way too.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.ok : exitStatus.usage;
  if (error instanceof CommandFailure) {
    terminal.err(`${error.message}\n`);
    return error.status;
  }
  if (error instanceof ConnectionFailure || error instanceof ApiFailure) {
    terminal.err(`${error.message}\n`);
    return statusOfFailure(error);
  }
  terminal.err(`unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return exitStatus.internal;
}
