/** The part of a policy that decides how long a verdict takes. */
export interface CheckTiming {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly unhealthyThreshold: number;
  readonly healthyThreshold: number;
  /** The most that jitter adds to one wait: intervalJitter + interval × intervalJitterPercent / 100. */
  readonly jitterMs?: number;
}

/**
 * How a failing check ends. `answer`: with a wrong answer or a refusal, at once. `silence`: by the timeout, as nothing (or, to a TCP
 * check, nothing that fits) comes back.
 */
export type Failing = "answer" | "silence";

/** When a verdict has to change, in ms after the app did. */
export interface Bounds {
  readonly atLeastMs: number;
  readonly atMostMs: number;
  /** How they were computed. */
  readonly formula: string;
}

/**
 * From the fault to "unhealthy". The first check after the fault starts at once or a whole wait later, depending on when the fault
 * falls; each further one a wait after the result of the one before. Envoy starts the wait when a result is in, so a check that times
 * out delays the next one. Holds in the steady state: a timer that was armed with a longer interval before runs out first, unless the
 * cluster was changed since, which makes Envoy check at once.
 */
export function timeToLeave(timing: CheckTiming, failing: Failing): Bounds {
  const { intervalMs, jitterMs = 0, timeoutMs, unhealthyThreshold: count } = timing;
  const answersMs = failing === "silence" ? count * timeoutMs : 0;
  return {
    atLeastMs: answersMs + (count - 1) * intervalMs,
    atMostMs: answersMs + count * (intervalMs + jitterMs),
    formula: [
      ...(failing === "silence" ? [`${count} × timeout ${seconds(timeoutMs)}`] : []),
      `${count - 1} to ${count} × ${wait(timing)}`,
    ].join(" + "),
  };
}

/** From the repair to "healthy". A check that already waits for an answer which will not come has to time out first. */
export function timeToReturn(timing: CheckTiming, failing: Failing): Bounds {
  const { intervalMs, jitterMs = 0, timeoutMs, healthyThreshold: count } = timing;
  const pendingMs = failing === "silence" ? timeoutMs : 0;
  return {
    atLeastMs: (count - 1) * intervalMs,
    atMostMs: pendingMs + count * (intervalMs + jitterMs),
    formula: [...(failing === "silence" ? [`up to 1 × timeout ${seconds(timeoutMs)}`] : []), `${count - 1} to ${count} × ${wait(timing)}`].join(" + "),
  };
}

function wait({ intervalMs, jitterMs = 0 }: CheckTiming): string {
  return jitterMs === 0 ? `interval ${seconds(intervalMs)}` : `(interval ${seconds(intervalMs)} + jitter up to ${seconds(jitterMs)})`;
}

/** `2.5 s`. */
export function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(2))} s`;
}
