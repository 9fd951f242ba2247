import { KubeError } from "./kube-error.ts";

/** Longest waits between two tries, by what failed. */
const longestMs = {
  /** Nobody there: asking costs nothing, and when it comes back people wait for us. */
  unreachable: 2_000,
  /** It is there and has too much to do. */
  busy: 4_000,
  /** Somebody has to do something about it. */
  refused: 10_000,
};

/** The server may ask for more patience than we have of ourselves; not for any. */
const longestAskedMs = 30_000;

/** How long to wait after the n-th failure of a sort in a row (from 1), each wait up to a quarter shorter at random. */
export function waitAfter(error: unknown, failures: number, random: () => number = Math.random): number {
  const doubled = 100 * 2 ** Math.min(failures - 1, 10);
  const ownMs = Math.min(doubled, longestMs[failureClass(error)]) * (1 - random() / 4);
  const askedMs = error instanceof KubeError ? Math.min(error.retryAfterMs ?? 0, longestAskedMs) : 0;
  return Math.max(ownMs, askedMs);
}

/** What sort of failure it is. After failures of one sort, the first of another is a first one: a server that has just come back refuses for a moment what it allows. */
export function failureClass(error: unknown): keyof typeof longestMs {
  if (!(error instanceof KubeError)) return "refused";
  if (error.status === 0) return error.reason === "Credentials" ? "refused" : "unreachable";
  return error.status === 429 || error.status >= 500 ? "busy" : "refused";
}
