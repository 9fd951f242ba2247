import type { Socket } from "node:net";
import type { Dialer } from "./dialer.ts";
import type { Patience } from "./patience.ts";

/** How what is being said on a connection ends: by whichever comes first. */
export interface Ending<T> {
  finish(result: T): void;
  fail(error: Error): void;
}

/**
 * Says something on a connection of its own, and closes it when that is over, however it ended.
 *
 * @throws what went wrong, which may be that the patience has ended.
 */
export function exchange<T>(dialer: Dialer, port: number, patience: Patience, talk: (socket: Socket, ending: Ending<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const end = (): void => {
      isOver = true;
      patience.ignore();
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
    const socket = dialer.dial(port);
    socket.once("error", ending.fail);
    socket.once("close", () => {
      if (!isOver) ending.fail(new Error("the app closed the connection"));
    });
    guarded(ending, () => {
      patience.listen(ending.fail);
      talk(socket, ending);
    });
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
