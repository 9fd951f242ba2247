import type { LogRecord } from "./log-record.ts";
import { textHash } from "./text-hash.ts";

/** Remembers connections to hosts, the most recent ones, to say for how long one was idle before it was used again. */
export interface Reuse {
  /**
   * To be asked of every record, in the order of the log.
   * @returns milliseconds since the connection's last answer; -1: it was not seen before; NaN: the log does not say
   */
  gapMs(record: LogRecord, source: string): number;
}

/** Of each of two generations: the older one is forgotten as a whole when the newer one is full. */
const mostConnections = 32_768;

export function createReuse(): Reuse {
  // By hash, so that no text is kept.
  let newer = new Map<number, number>();
  let older: ReadonlyMap<number, number> = new Map();
  const gapMs = ({ upstreamLocal, host, timeMs, durationMs }: LogRecord, source: string): number => {
    if (upstreamLocal === "" || Number.isNaN(timeMs)) return Number.NaN;
    const key = textHash(upstreamLocal, textHash(host, textHash(source)));
    const last = newer.get(key) ?? older.get(key);
    if (newer.size >= mostConnections) {
      older = newer;
      newer = new Map();
    }
    newer.set(key, timeMs + (Number.isNaN(durationMs) ? 0 : durationMs));
    return last === undefined ? -1 : Math.max(0, timeMs - last);
  };
  return { gapMs };
}
