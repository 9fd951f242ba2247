import { CommanderError } from "commander";
import { CommandFailure, exitStatus } from "./exit-status.ts";
import { program } from "./program.ts";

// Everything a command has to say goes through here: its status, and its one message when it fails.
try {
  await program().parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  // Commander has printed its message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.ok : exitStatus.usage;
  if (error instanceof CommandFailure) {
    process.stderr.write(`${error.message}\n`);
    return error.status;
  }
  process.stderr.write(`unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return exitStatus.internal;
}
