export interface BackOff {
  /** Milliseconds to wait now. */
  next(): number;
  reset(): void;
}

/**
 * Waits that double from `firstMs` up to `longestMs`, each shortened by up to half at random: proxies that lost their control plane at
 * one moment do not come back at one moment.
 */
export function createBackOff(firstMs: number, longestMs: number, random: () => number = Math.random): BackOff {
  let waitMs = firstMs;
  return {
    next() {
      const now = waitMs;
      waitMs = Math.min(waitMs * 2, longestMs);
      return now * (1 - random() / 2);
    },
    reset: () => void (waitMs = firstMs),
  };
}
