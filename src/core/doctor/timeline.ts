/** How much happened when, in at most some thousand steps of time; they get longer when there would be more. */
export interface Timeline {
  add(timeMs: number): void;
  /** How much happened from `fromMs` until `toMs`, to the precision of `stepMs`. */
  between(fromMs: number, toMs: number): number;
  readonly stepMs: number;
}

const mostSteps = 4096;

export function createTimeline(): Timeline {
  let stepMs = 250;
  let counts = new Map<number, number>();
  const add = (timeMs: number): void => {
    const step = Math.floor(timeMs / stepMs);
    counts.set(step, (counts.get(step) ?? 0) + 1);
    if (counts.size > mostSteps) coarsen();
  };
  const coarsen = (): void => {
    const before = counts;
    counts = new Map();
    stepMs *= 2;
    for (const [step, count] of before) counts.set(Math.floor(step / 2), (counts.get(Math.floor(step / 2)) ?? 0) + count);
  };
  const between = (fromMs: number, toMs: number): number => {
    let sum = 0;
    const [from, to] = [Math.floor(fromMs / stepMs), Math.floor(toMs / stepMs)];
    if (to - from < counts.size) for (let step = from; step <= to; step++) sum += counts.get(step) ?? 0;
    else for (const [step, count] of counts) if (step >= from && step <= to) sum += count;
    return sum;
  };
  return { add, between, get stepMs() { return stepMs; } };
}
