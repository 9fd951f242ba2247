import type { Log } from "../pipeline/log.ts";
import { cannotAdmit, isRefusal } from "./admission.ts";
import type { Admit, Admitted } from "./admission.ts";
import type { AdsCall } from "./ads-call.ts";
import type { StreamCredential } from "./authenticate-stream.ts";
import type { IncomingRequest } from "./protocol.ts";
import type { RequestGate } from "./request-gate.ts";
import type { EndReason, StreamProxy } from "./stream-proxy.ts";

export interface StreamEntryOptions {
  readonly call: AdsCall;
  readonly proxy: StreamProxy;
  /** Held while it is not known yet whether the stream is let in. */
  readonly gate: RequestGate;
  readonly log: Log;
  readonly admit: Admit | undefined;
  /** What the client has shown. Undefined: nobody has to show anything. */
  readonly credential: StreamCredential | undefined;
  /** The stream is let in; gets the requests that waited, in their order. */
  readonly onAdmitted: (requests: readonly IncomingRequest[]) => void;
  readonly onRefused: (reason: EndReason) => void;
}

/** Whether a stream is let in: asked once, with its first request, and looked at again with each further one. */
export class StreamEntry {
  readonly #options: StreamEntryOptions;
  #admitted: Admitted | undefined;
  #waiting: IncomingRequest[] = [];
  #closed = false;

  constructor(options: StreamEntryOptions) {
    this.#options = options;
  }

  /** The reason to end the stream, when what its client has shown is no longer good. */
  refusal(): EndReason | undefined {
    const { proxy, credential } = this.#options;
    return proxy.key === undefined ? undefined : credential?.refusal(proxy.key);
  }

  /** Tells whether a request can be served now. One that cannot waits until the stream is let in, and is forgotten when it is refused. */
  admits(request: IncomingRequest): boolean {
    if (this.#admitted !== undefined) {
      const refusal = this.#admitted.check?.();
      if (refusal !== undefined) {
        this.#options.onRefused(refusal);
      }
      return refusal === undefined;
    }
    this.#waiting.push(request);
    if (this.#waiting.length === 1) {
      void this.#ask(request);
    }
    return false;
  }

  /** The stream is over, whoever ended it. */
  close(): void {
    this.#closed = true;
    this.#admitted?.closed?.();
  }

  async #ask({ metadata }: IncomingRequest): Promise<void> {
    const { call, gate, proxy: { key: proxy }, admit, log, onAdmitted, onRefused } = this.#options;
    if (proxy === undefined) return;
    gate.hold();
    const authorization = call.metadata.get("authorization")[0]?.toString();
    const answer = await admit?.({ proxy, metadata, authorization, peer: call.getPeer() }).catch((error: unknown) => {
      log.error({ ...proxy, err: error }, "cannot tell whether to serve a proxy");
      return cannotAdmit;
    }) ?? {};
    if (isRefusal(answer)) {
      onRefused(answer);
    } else if (this.#closed) {
      answer.closed?.();
    } else {
      this.#admitted = answer;
      gate.release();
      onAdmitted(this.#waiting.splice(0));
    }
  }
}
