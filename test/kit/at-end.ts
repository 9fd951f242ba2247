const acts: (() => Promise<void>)[] = [];

/** Has something done when all tests of this process have ended, however they did. */
export function atEnd(act: () => Promise<void>): void {
  acts.push(act);
}

/** Does it all. */
export async function end(): Promise<void> {
  for (const act of acts.splice(0)) await act();
}
