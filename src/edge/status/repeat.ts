/** What comes after one turn. */
export interface Rest {
  /** Milliseconds until the next turn; absent: when somebody wakes it. */
  readonly againMs?: number;
  /** Woken, it still waits for so many milliseconds; default 0. */
  readonly restMs?: number;
}

/** Something that is done again and again, never twice at once. */
export interface Repeated {
  /** There is something to do: the next turn begins now, or right after this one. */
  wake(): void;
  /** Ends it; resolves when the last turn has. */
  close(): Promise<void>;
}

/** The first turn begins at once. A turn must not reject: what it cannot do it tries again. */
export function repeat(turn: () => Promise<Rest>): Repeated {
  let woken = true;
  let closed = false;
  let poke: () => void = () => undefined;

  /** Resolves after the time, or earlier when `isOver` says so at a poke. */
  async function wait(ms: number | undefined, isOver: () => boolean): Promise<void> {
    if (isOver()) return;
    await new Promise<void>((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms).unref();
      poke = () => {
        if (!isOver()) return;
        clearTimeout(timer);
        resolve();
      };
    });
    poke = () => undefined;
  }

  async function run(): Promise<void> {
    while (!closed) {
      woken = false;
      const { againMs, restMs = 0 } = await turn();
      if (restMs > 0) await wait(restMs, () => closed);
      await wait(againMs === undefined ? undefined : Math.max(0, againMs - restMs), () => closed || woken);
    }
  }

  const running = run();
  return {
    wake() {
      woken = true;
      poke();
    },
    async close() {
      closed = true;
      poke();
      await running;
    },
  };
}
