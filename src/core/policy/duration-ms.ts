import { parseDuration } from "../base/duration.ts";

/** A duration of a valid conf in milliseconds; undefined for an absent one. */
export function durationMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const parsed = parseDuration(text);
  return parsed.ok ? parsed.ms : undefined;
}
