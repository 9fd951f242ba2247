import type { Log } from "../../src/edge/pipeline/log.ts";

/** A log that nobody reads. */
export const silentLog: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** A log that a test reads: what was said at `info` and above. */
export function createRecordingLog(): Log & { readonly lines: { level: string; fields: Record<string, unknown>; message: string }[] } {
  const lines: { level: string; fields: Record<string, unknown>; message: string }[] = [];
  const at = (level: string) => (fields: object, message: string) => void lines.push({ level, fields: { ...fields }, message });
  return { lines, debug: () => undefined, info: at("info"), warn: at("warn"), error: at("error") };
}
