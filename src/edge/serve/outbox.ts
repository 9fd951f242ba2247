import type { SessionMessage } from "../../core/session/session.ts";
import type { ResponseBytes } from "./response-bytes.ts";

/** Bytes of a stream that may be in the transport's hands before we wait. */
const maxInFlightBytes = 64 * 1024;
/** The same in messages, below the transport's own high-water mark of 16. */
const maxInFlightMessages = 8;

/** What an outbox needs of its surroundings. */
export interface OutboxOptions {
  readonly encode: (message: SessionMessage) => ResponseBytes;
  /** Hands bytes to the transport; `taken` is called when the peer's flow control has let them go. */
  readonly write: (bytes: ResponseBytes, taken: () => void) => void;
  readonly onSent: (message: SessionMessage, bytes: number) => void;
  /** Nothing is left to write and nothing is in flight. */
  readonly onEmpty: () => void;
}

export interface Outbox {
  add(messages: readonly SessionMessage[]): void;
  readonly isEmpty: boolean;
  /** Messages that are not encoded yet. */
  readonly waiting: number;
  /** Milliseconds for which the client has taken nothing of what is in flight; 0: nothing is. */
  readonly stuckMs: number;
}

/**
 * Messages on their way to one client. A message is encoded when the transport has room for it; a client that does not read costs
 * what is in flight and references to shared resources, nothing that grows.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  let queue: SessionMessage[] = [];
  let inFlightBytes = 0;
  let inFlightMessages = 0;
  let movedAtMs = 0;
  function taken(bytes: number): void {
    inFlightBytes -= bytes;
    inFlightMessages--;
    movedAtMs = performance.now();
    pump();
    if (inFlightMessages === 0 && queue.length === 0) {
      options.onEmpty();
    }
  }
  function pump(): void {
    while (queue.length > 0 && inFlightBytes < maxInFlightBytes && inFlightMessages < maxInFlightMessages) {
      const message = queue.shift();
      if (message !== undefined) {
        const bytes = options.encode(message);
        if (inFlightMessages === 0) movedAtMs = performance.now();
        inFlightBytes += bytes.byteLength;
        inFlightMessages++;
        options.write(bytes, () => taken(bytes.byteLength));
        options.onSent(message, bytes.byteLength);
      }
    }
  }
  return {
    add(messages) {
      queue = queue.length === 0 ? [...messages] : [...queue, ...messages];
      pump();
    },
    get isEmpty() {
      return queue.length === 0 && inFlightMessages === 0;
    },
    get waiting() {
      return queue.length;
    },
    get stuckMs() {
      return inFlightMessages === 0 ? 0 : performance.now() - movedAtMs;
    },
  };
}
