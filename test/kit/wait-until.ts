import { setTimeout as sleep } from "node:timers/promises";

export interface WaitOptions {
  /** Pause between two looks, in ms; default 25. */
  readonly everyMs?: number;
  /** When to give up, in ms; default 60000. Generous: it only keeps a broken run from hanging, it asserts nothing about speed. */
  readonly giveUpMs?: number;
}

/**
 * Looks until `look` gives something other than undefined and false, and returns that.
 *
 * @throws Error naming `what` when nothing came for `giveUpMs`, with the last error of `look` as its cause.
 */
export async function waitUntil<T>(what: string, look: () => T | Promise<T>, options: WaitOptions = {}): Promise<Exclude<T, undefined | false>> {
  const end = performance.now() + (options.giveUpMs ?? 60_000);
  let cause: unknown;
  for (;;) {
    try {
      const found = await look();
      cause = undefined;
      if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > end) throw new Error(`gave up waiting until ${what}`, { cause });
    await sleep(options.everyMs ?? 25);
  }
}
