import { status } from "@grpc/grpc-js";
import type { Log } from "../pipeline/log.ts";
import { cannotAdmit, isRefusal } from "./admission.ts";
import { AdsStream } from "./ads-stream.ts";
import type { AdsCall } from "./ads-call.ts";
import type { AdsStreamOptions } from "./ads-stream.ts";
import type { AuthenticateStream, StreamCredential } from "./authenticate-stream.ts";
import { endInPortions } from "./end-in-portions.ts";
import type { Protocol } from "./protocol.ts";
import type { EndReason } from "./stream-proxy.ts";

export interface StreamDoorOptions {
  /** Asked of each call before anything of it is read. Absent: nobody has to show anything. */
  readonly authenticate: AuthenticateStream | undefined;
  readonly maxStreams: number;
  readonly stream: AdsStreamOptions;
  readonly logger: Log;
}

const shuttingDown: EndReason = { code: status.UNAVAILABLE, details: "the control plane is shutting down" };

/** The one door of every RPC: whatever has to be known about a client before it is served is asked here. */
export class StreamDoor {
  readonly #options: StreamDoorOptions;
  readonly #streams = new Set<AdsStream>();
  /** Streams of which it is not known yet who opens them. */
  #opening = 0;
  #closing = false;

  constructor(options: StreamDoorOptions) {
    this.#options = options;
  }

  async open(call: AdsCall, protocol: Protocol): Promise<void> {
    const refusal = this.#cannotTake(call);
    if (refusal !== undefined) {
      call.emit("error", refusal);
      return;
    }
    this.#opening++;
    const credential = await this.#credentialOf(call);
    this.#opening--;
    if (call.cancelled) return;
    if (this.#closing || (credential !== undefined && isRefusal(credential))) {
      call.emit("error", this.#closing ? shuttingDown : credential);
      return;
    }
    const options = credential === undefined ? this.#options.stream : { ...this.#options.stream, credential };
    this.#streams.add(new AdsStream(call, protocol, options, (stream) => this.#streams.delete(stream)));
  }

  /** Ends the streams whose credential is no longer good. */
  recheck(): void {
    for (const stream of [...this.#streams]) {
      stream.recheck();
    }
  }

  /** Ends the streams whose clients have not read for too long. */
  endStuck(): void {
    for (const stream of [...this.#streams]) {
      stream.endIfStuck();
    }
  }

  /** Lets nobody in any more, and ends the streams there are, in portions over at most `withinMs` milliseconds; until its turn each is served. */
  close(withinMs: number): void {
    this.#closing = true;
    void endInPortions(this.#streams, (stream) => stream.end(shuttingDown), withinMs);
  }

  #cannotTake(call: AdsCall): EndReason | undefined {
    const { maxStreams, logger } = this.#options;
    if (this.#closing) return shuttingDown;
    if (this.#streams.size + this.#opening < maxStreams) return undefined;
    logger.warn({ maxStreams, peer: call.getPeer() }, "stream refused: too many streams");
    return { code: status.RESOURCE_EXHAUSTED, details: `more than ${String(maxStreams)} streams` };
  }

  async #credentialOf(call: AdsCall): Promise<StreamCredential | EndReason | undefined> {
    const { authenticate, logger } = this.#options;
    const answer = await authenticate?.(call.metadata.get("authorization")[0]?.toString()).catch((error: unknown) => {
      logger.error({ err: error, peer: call.getPeer() }, "cannot tell who opens a stream");
      return cannotAdmit;
    });
    if (answer !== undefined && isRefusal(answer)) logger.warn({ peer: call.getPeer(), reason: answer.details }, "stream refused");
    return answer;
  }
}
