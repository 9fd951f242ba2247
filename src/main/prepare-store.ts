import { setTimeout as sleep } from "node:timers/promises";
import { firstValueFrom } from "rxjs";
import { storeOrigin, type Source } from "../edge/source/port.ts";
import { StoreUnavailable } from "../edge/source/store-error.ts";
import { CommandFailure, exitStatus, messageOf } from "./exit-status.ts";

const retryMs = 1_000;

/**
 * Waits until a store has been read and has in it what every store has, which `prepare` sees to. A store that cannot be reached or written yet is waited for, and `onWaiting`
 * is told why; one for which waiting is of no use ends the command with the store's own sentence.
 */
export async function prepareStore(store: Source, prepare: () => Promise<void>, onWaiting: (reason: string) => void): Promise<void> {
  const waiting = store.problems.subscribe((problems) => {
    const own = problems.find(({ origin }) => origin === storeOrigin);
    if (own !== undefined) onWaiting(own.violations.map(({ message }) => message).join("; "));
  });
  try {
    await firstValueFrom(store.events).catch((error: unknown) => {
      throw new CommandFailure(exitStatus.unavailable, `--store: ${messageOf(error)}`);
    });
  } finally {
    waiting.unsubscribe();
  }
  while (!(await isPrepared(prepare, onWaiting))) await sleep(retryMs);
}

async function isPrepared(prepare: () => Promise<void>, onWaiting: (reason: string) => void): Promise<boolean> {
  try {
    await prepare();
    return true;
  } catch (error) {
    if (!(error instanceof StoreUnavailable) || error.reason === "closed") throw error;
    onWaiting(error.message);
    return false;
  }
}
