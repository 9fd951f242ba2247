import { setTimeout as sleep } from "node:timers/promises";

/** So many at once, and a rest after each portion: five hundred a second. */
const portion = 5;
const restMs = 10;

/**
 * Ends all of these, a few at a time, within `withinMs` milliseconds: what is ended here begins anew elsewhere, with a handshake, a token to
 * be looked at and a configuration to be made, and whoever takes it should not get thousands in one moment. Those that wait their turn go on.
 */
export async function endInPortions<T>(items: Iterable<T>, end: (item: T) => void, withinMs: number): Promise<void> {
  const waiting = [...items];
  const size = Math.max(portion, Math.ceil(waiting.length / Math.max(1, withinMs / restMs)));
  while (waiting.length > 0) {
    for (const item of waiting.splice(0, size)) end(item);
    if (waiting.length > 0) await sleep(restMs);
  }
}
