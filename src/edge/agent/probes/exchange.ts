import type { Socket } from "node:net";
import type { Dialer } from "./dialer.ts";

/** How what is being said on a connection ends: by whichever comes first. */
export interface Ending<T> {
  finish(result: T): void;
  fail(error: Error): void;
}

/**
 * Says something on a connection of its own, and closes it when that is over, however it ended.
 *
 * @param signal aborted: there is no more time, or nobody waits for the result.
 * @throws what went wrong; the signal's reason when that was it.
 */
export function exchange<T>(dialer: Dialer, port: number, signal: AbortSignal, talk: (socket: Socket, ending: Ending<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = dialer.dial(port);
    const end = (): void => {
      signal.removeEventListener("abort", abort);
      socket.destroy();
    };
    const ending: Ending<T> = {
      finish(result) {
        end();
        resolve(result);
      },
      fail(error) {
        end();
        reject(error);
      },
    };
    const abort = (): void => ending.fail(signal.reason as Error);
    signal.addEventListener("abort", abort);
    socket.once("error", ending.fail);
    socket.once("close", () => ending.fail(new Error("the app closed the connection")));
    guarded(ending, () => talk(socket, ending));
  });
}

/** What an act throws is how the exchange ends: it may be called where nobody else catches. */
export function guarded(ending: Ending<never>, act: () => void): void {
  try {
    act();
  } catch (error) {
    ending.fail(error instanceof Error ? error : new Error(String(error)));
  }
}
