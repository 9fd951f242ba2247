/** What to do about the next request of a stream. */
export type LimitVerdict = { readonly verdict: "take" } | { readonly verdict: "pause"; readonly forMs: number } | { readonly verdict: "close" };

const take: LimitVerdict = { verdict: "take" };

/** Full windows in a row after which a client is taken for broken. */
const patience = 30;

/**
 * Counts the requests of a stream in windows of a second. An Envoy sends a handful for each change; a client that sends more than
 * `maxPerSecond` is read no further until the second is over, and one that keeps on for half a minute is closed.
 * @param maxPerSecond requests in a second.
 * @param nowMs monotonic time in milliseconds.
 */
export function createRequestLimit(maxPerSecond: number, nowMs: () => number = () => performance.now()): () => LimitVerdict {
  let windowStartMs = nowMs();
  let count = 0;
  let fullWindows = 0;
  return () => {
    const now = nowMs();
    if (now - windowStartMs >= 1000) {
      fullWindows = count >= maxPerSecond && now - windowStartMs < 2000 ? fullWindows + 1 : 0;
      windowStartMs = now;
      count = 0;
    }
    count++;
    if (fullWindows >= patience) {
      return { verdict: "close" };
    }
    return count < maxPerSecond ? take : { verdict: "pause", forMs: Math.max(1, windowStartMs + 1000 - now) };
  };
}
