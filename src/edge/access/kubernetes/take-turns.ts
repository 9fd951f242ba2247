/** So many at a time; the others wait. */
export interface Turns {
  /** Does it when it is its turn. Once one fails, all that wait fail likewise: theirs would be no better. */
  take<T>(act: () => Promise<T>): Promise<T>;
}

interface Waiting {
  readonly start: () => void;
  readonly fail: (error: unknown) => void;
}

export function createTurns(atOnce: number): Turns {
  let active = 0;
  let waiting: Waiting[] = [];
  return {
    take: async (act) => {
      if (active >= atOnce) await new Promise<void>((start, fail) => waiting.push({ start, fail }));
      else active++;
      try {
        return await act();
      } catch (error) {
        for (const each of waiting) each.fail(error);
        waiting = [];
        throw error;
      } finally {
        // The turn is handed on, so that nobody who comes now takes it.
        const next = waiting.shift();
        if (next === undefined) active--;
        else next.start();
      }
    },
  };
}
