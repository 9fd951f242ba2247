/** A fair choice of at most `most` of many things; the same things give the same choice. */
export interface Sample<Thing> {
  readonly chosen: readonly Thing[];
  /** Whether the next thing is among the chosen ones; `add` has to follow where it says a place. */
  place(): number | undefined;
  put(place: number, thing: Thing): void;
}

export function createSample<Thing>(most: number): Sample<Thing> {
  const chosen: Thing[] = [];
  let seen = 0;
  // A linear congruential generator, as Knuth gives it for 32 bits: fair enough, and no randomness.
  let state = 1;
  const place = (): number | undefined => {
    seen++;
    if (chosen.length < most) return chosen.length;
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const at = Math.floor((state / 2 ** 32) * seen);
    return at < most ? at : undefined;
  };
  return { chosen, place, put: (at, thing) => void (chosen[at] = thing) };
}
