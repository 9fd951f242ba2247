import { formatGoDuration } from "../base/duration.ts";

/** `1 request`, `3 requests` */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** A time as people say it: two digits of it, as far as that is shorter. */
export function roughly(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  return formatGoDuration(Math.round(ms / 100) * 100);
}

/** The part of sorted numbers below which a share of them lies. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function sorted(numbers: Iterable<number>): readonly number[] {
  return [...numbers].sort((a, b) => a - b);
}

/** A time below the given one that reads well: 80 % of it, with one digit that counts. */
export function safelyBelow(ms: number): string {
  const wanted = ms * 0.8;
  const unit = 10 ** Math.floor(Math.log10(wanted));
  return formatGoDuration(Math.max(1, Math.floor(wanted / unit) * unit)).replace(/(?<=[hm])0s$/, "").replace(/(?<=h)0m$/, "");
}

/** A time of the log, in UTC. */
export function atTime(ms: number): string {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : "an unknown time";
}
