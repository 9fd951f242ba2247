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

const mostConnections = 65_536;

export function createReuse(): Reuse {
  // By hash, so that no text is kept. Oldest first: a Map keeps the order in which keys came.
  const ends = new Map<number, number>();
  const gapMs = ({ upstreamLocal, host, timeMs, durationMs }: LogRecord, source: string): number => {
    if (upstreamLocal === "" || Number.isNaN(timeMs)) return Number.NaN;
    const key = textHash(upstreamLocal, textHash(host, textHash(source)));
    const last = ends.get(key);
    if (last === undefined) {
      if (ends.size >= mostConnections) forgetOldest(ends);
    } else ends.delete(key);
    ends.set(key, timeMs + (Number.isNaN(durationMs) ? 0 : durationMs));
    return last === undefined ? -1 : Math.max(0, timeMs - last);
  };
  return { gapMs };
}

function forgetOldest(ends: Map<number, number>): void {
  for (const key of ends.keys()) {
    ends.delete(key);
    return;
  }
}
