import { status } from "@grpc/grpc-js";
import type { ServerDuplexStream } from "@grpc/grpc-js";
import { isServed } from "../../core/session/session-core.ts";
import type { SessionEvent } from "../../core/session/session.ts";
import type { Snapshot } from "../../core/snapshot/snapshot.ts";
import type { Log } from "../pipeline/log.ts";
import type { ProxyConnection, ProxySnapshots } from "../pipeline/port.ts";
import type { AdsMetrics } from "./ads-metrics.ts";
import { createOutbox } from "./outbox.ts";
import type { IncomingRequest, Protocol } from "./protocol.ts";
import type { PushQueue } from "./push-queue.ts";
import { createRequestGate } from "./request-gate.ts";
import { createStreamProxy, unknownProxy } from "./stream-proxy.ts";
import type { EndReason } from "./stream-proxy.ts";

/** A call of either method: bytes both ways. */
export type AdsCall = ServerDuplexStream<Buffer, Buffer>;

export interface AdsStreamOptions {
  readonly snapshots: ProxySnapshots;
  readonly pushes: PushQueue;
  readonly log: Log;
  readonly metrics: AdsMetrics;
  /** Requests that a client may send in a second before it has to wait. */
  readonly maxRequestsPerSecond: number;
}

export interface AdsStream {
  /** Ends the stream with a status, after what is in flight. */
  end(reason: EndReason): void;
}

/** Messages waiting for a client that does not read, at which its requests are not read either. */
const maxWaitingMessages = 16;

/** Serves one call until either side ends it. `onClosed` is called once. */
export function serveAdsStream(call: AdsCall, protocol: Protocol, options: AdsStreamOptions, onClosed: () => void): AdsStream {
  const { snapshots, pushes, log, metrics } = options;
  const { variant } = protocol;
  const session = protocol.createSession();
  const gate = createRequestGate(call, options.maxRequestsPerSecond);
  const proxy = createStreamProxy();
  let connection: ProxyConnection | undefined;
  let current: Snapshot | undefined;
  let rejections = session.rejections;
  let closed = false;
  let stale = false;
  let pushQueued = false;
  /** Monotonic milliseconds: when a newer snapshot was announced that is not pulled, and the same for the one on its way. */
  let staleSinceMs: number | undefined;
  let deliveringSinceMs: number | undefined;

  const outbox = createOutbox({
    encode: (message) => protocol.encode(message),
    write: (bytes, taken) => call.write(bytes, () => taken()),
    onSent: (message, bytes) => metrics.responseSent(variant, labelOf(message.typeUrl), bytes),
    onEmpty: onDelivered,
  });

  function close(): void {
    if (!closed) {
      closed = true;
      gate.close();
      connection?.close();
      metrics.streamClosed(variant);
      log.debug({ ...proxy.key, variant }, "stream closed");
      onClosed();
    }
  }

  function end(reason: EndReason): void {
    if (!closed) {
      close();
      log[reason.code === status.UNAVAILABLE ? "debug" : "warn"]({ ...proxy.key, variant, code: status[reason.code] }, `stream ended: ${reason.details}`);
      call.emit("error", reason);
    }
  }

  /** Takes what the session answers, and passes on what it has learned. */
  function step(event: SessionEvent): void {
    outbox.add(session.step(event));
    if (session.rejections !== rejections) {
      rejections = session.rejections;
      connection?.reportRejections(rejections);
    }
  }

  /** Takes the newest snapshot, once there is a World. False: there is no such proxy, and the stream has ended. */
  function pull(): boolean {
    if (connection === undefined || proxy.key === undefined || !snapshots.ready) {
      return true;
    }
    const snapshot = connection.snapshot();
    if (snapshot === undefined) {
      end(unknownProxy(proxy.key));
      return false;
    }
    if (snapshot !== current) {
      current = snapshot;
      step({ type: "snapshot", snapshot });
    }
    return true;
  }

  /** Something is newer. While the client still has to read what was sent before, nothing is pulled: after that it gets the newest. */
  function onStale(): void {
    stale = true;
    staleSinceMs ??= performance.now();
    schedulePush();
  }

  function schedulePush(): void {
    if (stale && !pushQueued && !closed && outbox.isEmpty) {
      pushQueued = true;
      pushes.add(guarded(push));
    }
  }

  function push(): void {
    pushQueued = false;
    if (!closed && outbox.isEmpty) {
      stale = false;
      deliveringSinceMs = staleSinceMs;
      staleSinceMs = undefined;
      pull();
      if (outbox.isEmpty) {
        deliveringSinceMs = undefined;
      }
    }
  }

  function onDelivered(): void {
    if (deliveringSinceMs !== undefined) {
      metrics.pushDelivered(variant, (performance.now() - deliveringSinceMs) / 1000);
      deliveringSinceMs = undefined;
    }
    gate.release();
    schedulePush();
  }

  function take(request: IncomingRequest): void {
    const refusal = proxy.check(request.nodeId);
    if (refusal !== undefined || proxy.key === undefined) {
      end(refusal ?? { code: status.INVALID_ARGUMENT, details: "no node id" });
      return;
    }
    if (connection === undefined) {
      connection = snapshots.connect(proxy.key, onStale);
      connection.reportCounts(session.counts);
      log.info({ ...proxy.key, variant, peer: call.getPeer() }, "proxy connected");
    }
    metrics.requestReceived(variant, labelOf(request.typeUrl), request.confirmation);
    if (request.typeUrl === "") {
      end({ code: status.INVALID_ARGUMENT, details: "type_url is required on an aggregated stream" });
      return;
    }
    if (!isServed(request.typeUrl)) {
      log.debug({ ...proxy.key, typeUrl: request.typeUrl.slice(0, 200) }, "type is not served");
    }
    if (current !== undefined || pull()) {
      step(request.event);
    }
    if (outbox.waiting > maxWaitingMessages) {
      gate.hold();
    }
  }

  function onBytes(bytes: Buffer): void {
    if (closed) {
      return;
    }
    if (!gate.admit()) {
      end({ code: status.RESOURCE_EXHAUSTED, details: "too many requests" });
      return;
    }
    const request = decode(protocol, bytes);
    if (request instanceof Error) {
      end({ code: status.INVALID_ARGUMENT, details: `not a discovery request: ${request.message}` });
    } else {
      take(request);
    }
  }

  /** A mistake of ours ends this stream and no other. */
  function guarded<Arguments extends unknown[]>(act: (...given: Arguments) => void): (...given: Arguments) => void {
    return (...given) => {
      try {
        act(...given);
      } catch (error) {
        log.error({ ...proxy.key, err: error }, "cannot serve a proxy");
        end({ code: status.INTERNAL, details: "the control plane could not make this proxy's configuration" });
      }
    };
  }

  metrics.streamOpened(variant);
  call.on("data", guarded(onBytes));
  call.on("end", () => {
    close();
    call.end();
  });
  call.on("cancelled", close);
  call.on("close", close);
  return { end };
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
