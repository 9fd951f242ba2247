import { InvalidArgumentError } from "commander";
import { parseDuration } from "../core/base/duration.ts";

/** For options: how long a proxy may take to drain, in milliseconds. */
export function drainTime(text: string): number {
  const parsed = parseDuration(text);
  if (!parsed.ok || parsed.ms < 0 || parsed.ms > 3_600_000) throw new InvalidArgumentError("a duration from 0s to 1h is needed, such as 30s.");
  return parsed.ms;
}
