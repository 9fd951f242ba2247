import { createRequestLimit } from "./request-limit.ts";

/** The part of a call whose reading can be stopped; HTTP/2 flow control then holds the client. */
export interface Pausable {
  pause(): unknown;
  resume(): unknown;
}

export interface RequestGate {
  /** Counts a request. False: the client has been flooding for so long that its stream should end. */
  admit(): boolean;
  /** Stops reading until `release`: the client does not read its answers. */
  hold(): void;
  release(): void;
  close(): void;
}

/** Decides when the requests of a stream are read. Has a timer only while a client is held back for sending too much. */
export function createRequestGate(call: Pausable, maxPerSecond: number): RequestGate {
  const limit = createRequestLimit(maxPerSecond);
  let held = false;
  let timer: NodeJS.Timeout | undefined;
  function resumeIfFree(): void {
    if (!held && timer === undefined) {
      call.resume();
    }
  }
  return {
    admit() {
      const verdict = limit();
      if (verdict.verdict === "pause" && timer === undefined) {
        call.pause();
        timer = setTimeout(() => {
          timer = undefined;
          resumeIfFree();
        }, verdict.forMs);
        timer.unref();
      }
      return verdict.verdict !== "close";
    },
    hold() {
      held = true;
      call.pause();
    },
    release() {
      if (held) {
        held = false;
        resumeIfFree();
      }
    },
    close: () => clearTimeout(timer),
  };
}
