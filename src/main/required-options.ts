import { CommandFailure, exitStatus } from "./exit-status.ts";

/**
 * Throws unless each of these options is given, and names all that are not. Commander's own required options are looked at before
 * unknown ones, so that a misspelt one would be called missing instead of misspelt.
 */
export function requireOptions(options: object, required: Readonly<Record<string, string>>): void {
  const given = options as Readonly<Record<string, unknown>>;
  const missing = Object.entries(required).filter(([name]) => given[name] === undefined);
  if (missing.length === 0) return;
  throw new CommandFailure(exitStatus.usage, missing.map(([, flags]) => `error: required option '${flags}' not specified`).join("\n"));
}
