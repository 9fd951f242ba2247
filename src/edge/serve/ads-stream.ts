import { status } from "@grpc/grpc-js";
import { isServed } from "../../core/session/session-core.ts";
import type { Session, SessionEvent } from "../../core/session/session.ts";
import type { Snapshot } from "../../core/snapshot/snapshot.ts";
import type { Log } from "../pipeline/log.ts";
import type { ProxyConnection, ProxyKey, ProxySnapshots } from "../pipeline/port.ts";
import type { Admit } from "./admission.ts";
import type { AdsCall } from "./ads-call.ts";
import type { AdsMetrics } from "./ads-metrics.ts";
import type { StreamCredential } from "./authenticate-stream.ts";
import { DeliveryClock } from "./delivery-clock.ts";
import { createOutbox } from "./outbox.ts";
import type { Outbox } from "./outbox.ts";
import type { IncomingRequest, Protocol } from "./protocol.ts";
import type { PushQueue } from "./push-queue.ts";
import { createRequestGate } from "./request-gate.ts";
import type { RequestGate } from "./request-gate.ts";
import { StreamEntry } from "./stream-entry.ts";
import { createStreamProxy, unknownProxy } from "./stream-proxy.ts";
import type { EndReason } from "./stream-proxy.ts";

export interface AdsStreamOptions {
  readonly snapshots: ProxySnapshots;
  readonly pushes: PushQueue;
  readonly log: Log;
  readonly metrics: AdsMetrics;
  readonly admit?: Admit;
  /** What the client has shown. Absent: nobody has to show anything. */
  readonly credential?: StreamCredential;
  /** Requests that a client may send in a second before it has to wait. */
  readonly maxRequestsPerSecond: number;
  /** Milliseconds for which a stream may be open without saying which proxy it is for. */
  readonly firstRequestMs: number;
  /** Milliseconds for which a client may take nothing of what it is sent. */
  readonly sendTimeoutMs: number;
  /** Ends a connection at once, for a client that would not read that its stream has ended. */
  readonly disconnect: (peer: string) => void;
}

/** Messages waiting for a client that does not read, at which its requests are not read either. */
const maxWaitingMessages = 16;

/** One call, served until either side ends it: joins a client's requests, its session and its snapshots. */
export class AdsStream {
  readonly #call: AdsCall;
  readonly #protocol: Protocol;
  readonly #options: AdsStreamOptions;
  readonly #onClosed: (stream: AdsStream) => void;
  readonly #session: Session;
  readonly #gate: RequestGate;
  readonly #outbox: Outbox;
  readonly #proxy = createStreamProxy();
  readonly #entry: StreamEntry;
  readonly #clock = new DeliveryClock();
  readonly #silence: NodeJS.Timeout;
  #connection: ProxyConnection | undefined;
  #current: Snapshot | undefined;
  #rejections: Session["rejections"];
  #closed = false;
  #stale = false;
  #pushQueued = false;

  /** @param onClosed called once. */
  constructor(call: AdsCall, protocol: Protocol, options: AdsStreamOptions, onClosed: (stream: AdsStream) => void) {
    this.#call = call;
    this.#protocol = protocol;
    this.#options = options;
    this.#onClosed = onClosed;
    this.#session = protocol.createSession();
    this.#rejections = this.#session.rejections;
    this.#gate = createRequestGate(call, options.maxRequestsPerSecond);
    this.#entry = new StreamEntry({
      call,
      proxy: this.#proxy,
      gate: this.#gate,
      log: options.log,
      admit: options.admit,
      credential: options.credential,
      onAdmitted: (requests) => requests.forEach((request) => this.#guard(() => this.#serve(request))),
      onRefused: (reason) => this.end(reason),
    });
    this.#outbox = createOutbox({
      encode: (message) => protocol.encode(message),
      write: (bytes, taken) => call.write(bytes, () => taken()),
      onSent: (message, bytes) => options.metrics.responseSent(protocol.variant, labelOf(message.typeUrl), bytes),
      onEmpty: () => this.#onDelivered(),
    });
    this.#silence = setTimeout(() => this.end({ code: status.DEADLINE_EXCEEDED, details: "nothing was asked for" }), options.firstRequestMs);
    this.#silence.unref();
    options.metrics.streamOpened(protocol.variant);
    call.on("data", (bytes: Buffer) => this.#guard(() => this.#onBytes(bytes)));
    call.on("end", () => {
      this.#close();
      call.end();
    });
    call.on("cancelled", () => this.#close());
    call.on("close", () => this.#close());
  }

  /** Ends the stream with a status, after what is in flight. */
  end(reason: EndReason): void {
    if (!this.#closed) {
      this.#close();
      const fields = { ...this.#proxy.key, variant: this.#protocol.variant, code: status[reason.code] };
      this.#options.log[reason.code === status.UNAVAILABLE ? "debug" : "warn"](fields, `stream ended: ${reason.details}`);
      this.#call.emit("error", reason);
    }
  }

  #close(): void {
    if (!this.#closed) {
      this.#closed = true;
      clearTimeout(this.#silence);
      this.#gate.close();
      this.#connection?.close();
      this.#entry.close();
      this.#options.metrics.streamClosed(this.#protocol.variant);
      this.#options.log.debug({ ...this.#proxy.key, variant: this.#protocol.variant }, "stream closed");
      this.#onClosed(this);
    }
  }

  /** A mistake of ours ends this stream and no other. */
  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#options.log.error({ ...this.#proxy.key, err: error }, "cannot serve a proxy");
      this.end({ code: status.INTERNAL, details: "the control plane could not make this proxy's configuration" });
    }
  }

  #onBytes(bytes: Buffer): void {
    if (this.#closed) {
      return;
    }
    if (!this.#gate.admit()) {
      this.end({ code: status.RESOURCE_EXHAUSTED, details: "too many requests" });
      return;
    }
    const request = decode(this.#protocol, bytes);
    if (request instanceof Error) {
      this.end({ code: status.INVALID_ARGUMENT, details: `not a discovery request: ${request.message}` });
    } else {
      this.#take(request);
    }
  }

  #take(request: IncomingRequest): void {
    clearTimeout(this.#silence);
    const refusal = this.#proxy.check(request.nodeId) ?? this.#entry.refusal();
    if (refusal !== undefined) {
      this.end(refusal);
    } else if (this.#entry.admits(request)) {
      this.#serve(request);
    }
  }

  /** Ends the stream when what the client has shown is no longer good. */
  recheck(): void {
    const refusal = this.#entry.refusal();
    if (refusal !== undefined) {
      this.end(refusal);
    }
  }

  /** Ends the stream, and its connection, when its client has not read for too long. */
  endIfStuck(): void {
    if (this.#outbox.stuckMs > this.#options.sendTimeoutMs) {
      this.end({ code: status.DEADLINE_EXCEEDED, details: "nothing that was sent has been read for too long" });
      this.#options.disconnect(this.#call.getPeer());
    }
  }

  #serve(request: IncomingRequest): void {
    if (this.#closed) {
      return;
    }
    if (this.#connection === undefined && this.#proxy.key !== undefined) {
      this.#connect(this.#proxy.key, request);
    }
    this.#options.metrics.requestReceived(this.#protocol.variant, labelOf(request.typeUrl), request.confirmation);
    if (request.typeUrl === "") {
      this.end({ code: status.INVALID_ARGUMENT, details: "type_url is required on an aggregated stream" });
      return;
    }
    if (!isServed(request.typeUrl)) {
      this.#options.log.debug({ ...this.#proxy.key, typeUrl: request.typeUrl.slice(0, 200) }, "type is not served");
    }
    if (this.#current !== undefined || this.#pull()) {
      this.#step(request.event);
      this.#connection?.confirmed();
    }
    if (this.#outbox.waiting > maxWaitingMessages) {
      this.#gate.hold();
    }
  }

  #connect(proxy: ProxyKey, { metadata }: IncomingRequest): void {
    this.#connection = this.#options.snapshots.connect(proxy, () => this.#onStale(), metadata);
    this.#connection.reportCounts(this.#session.counts);
    this.#options.log.info({ ...proxy, variant: this.#protocol.variant, peer: this.#call.getPeer() }, "proxy connected");
  }

  /** Takes what the session answers, and passes on what it has learned. */
  #step(event: SessionEvent): void {
    this.#outbox.add(this.#session.step(event));
    if (this.#session.rejections !== this.#rejections) {
      this.#rejections = this.#session.rejections;
      this.#connection?.reportRejections(this.#rejections);
    }
  }

  /** Takes the newest snapshot, once there is a World. False: there is no such proxy, or it is not this one any more, and the stream has ended. */
  #pull(): boolean {
    if (this.#connection === undefined || this.#proxy.key === undefined || !this.#options.snapshots.ready) {
      return true;
    }
    const refusal = this.#entry.refusal();
    if (refusal !== undefined) {
      this.end(refusal);
      return false;
    }
    const snapshot = this.#connection.snapshot();
    if (snapshot === undefined) {
      return this.#awaitDataplane(this.#proxy.key);
    }
    if (snapshot !== this.#current) {
      this.#current = snapshot;
      this.#step({ type: "snapshot", snapshot });
    }
    return true;
  }

  /** A Dataplane that was stored a moment ago is not in the World yet: its proxy waits with its requests. False: there is none. */
  #awaitDataplane(proxy: ProxyKey): boolean {
    const settled = this.#options.snapshots.settled();
    if (settled === undefined) {
      this.end(unknownProxy(proxy));
      return false;
    }
    void settled.then(() => this.#onStale());
    return true;
  }

  /** Something is newer. While the client still has to read what was sent before, nothing is pulled: after that it gets the newest. */
  #onStale(): void {
    this.#stale = true;
    this.#clock.announced();
    this.#schedulePush();
  }

  #schedulePush(): void {
    if (this.#stale && !this.#pushQueued && !this.#closed && this.#outbox.isEmpty) {
      this.#pushQueued = true;
      this.#options.pushes.add(() => this.#guard(() => this.#push()));
    }
  }

  #push(): void {
    this.#pushQueued = false;
    if (!this.#closed && this.#outbox.isEmpty) {
      this.#stale = false;
      this.#pull();
      this.#clock.pulled(this.#outbox.isEmpty);
    }
  }

  #onDelivered(): void {
    const seconds = this.#clock.delivered();
    if (seconds !== undefined) {
      this.#options.metrics.pushDelivered(this.#protocol.variant, seconds);
    }
    this.#gate.release();
    this.#schedulePush();
  }
}

function decode(protocol: Protocol, bytes: Buffer): IncomingRequest | Error {
  try {
    return protocol.decode(bytes);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** What a client makes up does not become a label. */
function labelOf(typeUrl: string): string {
  return isServed(typeUrl) ? typeUrl : "unknown";
}
