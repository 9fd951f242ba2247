import type { Duplex } from "node:stream";
import { Server, ServerCredentials, status } from "@grpc/grpc-js";
import type { ServiceDefinition } from "@grpc/grpc-js";
import type { Log } from "../pipeline/log.ts";
import type { ProxySnapshots } from "../pipeline/port.ts";
import type { Admit } from "./admission.ts";
import type { AdsMetrics } from "./ads-metrics.ts";
import { AdsStream } from "./ads-stream.ts";
import type { AdsCall } from "./ads-stream.ts";
import { deltaProtocol, sotwProtocol } from "./protocol.ts";
import type { Protocol } from "./protocol.ts";
import { createPushQueue } from "./push-queue.ts";

export interface AdsServerOptions {
  readonly snapshots: ProxySnapshots;
  readonly logger: Log;
  readonly metrics: AdsMetrics;
  /** Asked with the first request of each stream. Default: everybody is let in. */
  readonly admit?: Admit;
  /** Streams at a time; a further one is refused with RESOURCE_EXHAUSTED. Default 10,000. */
  readonly maxStreams?: number;
  /** Requests a stream may send in a second before it has to wait. Default 1,000. */
  readonly maxRequestsPerSecond?: number;
  /** Largest request in bytes. Default 4 MiB. */
  readonly maxRequestBytes?: number;
  /** Milliseconds of silence after which a peer is asked whether it is still there. Default 60,000. */
  readonly keepaliveMs?: number;
}

export interface AdsServer {
  /** Serves a connection that speaks HTTP/2; it is the server's from now on. */
  accept(connection: Duplex): void;
  /** Takes no more streams, ends those there are, and is done after `graceMs` milliseconds at the latest. */
  close(graceMs: number): Promise<void>;
}

const service = "/envoy.service.discovery.v3.AggregatedDiscoveryService/";

/** Messages are bytes to grpc-js: what goes out is composed by us, what comes in is decoded where an error can be told to the client. */
const bytes = (buffer: Buffer): Buffer => buffer;

function method(name: string): ServiceDefinition[string] {
  return {
    path: service + name,
    requestStream: true,
    responseStream: true,
    requestSerialize: bytes,
    requestDeserialize: bytes,
    responseSerialize: bytes,
    responseDeserialize: bytes,
  };
}

const definition: ServiceDefinition = {
  streamAggregatedResources: method("StreamAggregatedResources"),
  deltaAggregatedResources: method("DeltaAggregatedResources"),
};

/** The aggregated discovery service, both variants, on connections that it is given. Constructing it does no I/O. */
export function createAdsServer(options: AdsServerOptions): AdsServer {
  const server = new Server({
    // Bookkeeping that nobody reads, some kilobytes for each connection.
    "grpc.enable_channelz": 0,
    "grpc.max_receive_message_length": options.maxRequestBytes ?? 4 * 1024 * 1024,
    "grpc.max_concurrent_streams": 100,
    "grpc.keepalive_time_ms": options.keepaliveMs ?? 60_000,
    "grpc.keepalive_timeout_ms": 20_000,
  });
  // What is injected has its encryption behind it.
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const streams = new Set<AdsStream>();
  const maxStreams = options.maxStreams ?? 10_000;
  let closing = false;
  const shared = {
    snapshots: options.snapshots,
    log: options.logger,
    metrics: options.metrics,
    ...(options.admit === undefined ? {} : { admit: options.admit }),
    pushes: createPushQueue(),
    maxRequestsPerSecond: options.maxRequestsPerSecond ?? 1_000,
  };

  /** The one door: whatever has to be known about a client before it is served is asked here. */
  function openStream(call: AdsCall, protocol: Protocol): void {
    if (closing) {
      call.emit("error", { code: status.UNAVAILABLE, details: "the control plane is shutting down" });
      return;
    }
    if (streams.size >= maxStreams) {
      options.logger.warn({ maxStreams, peer: call.getPeer() }, "stream refused: too many streams");
      call.emit("error", { code: status.RESOURCE_EXHAUSTED, details: `more than ${String(maxStreams)} streams` });
      return;
    }
    streams.add(new AdsStream(call, protocol, shared, (stream) => streams.delete(stream)));
  }

  server.addService(definition, {
    streamAggregatedResources: (call: AdsCall) => openStream(call, sotwProtocol),
    deltaAggregatedResources: (call: AdsCall) => openStream(call, deltaProtocol),
  });

  return {
    accept: (connection) => injector.injectConnection(connection),
    close: (graceMs) =>
      new Promise((resolve) => {
        closing = true;
        const force = setTimeout(() => server.forceShutdown(), graceMs);
        const late = setTimeout(resolve, graceMs + 1_000);
        server.tryShutdown(() => {
          clearTimeout(force);
          clearTimeout(late);
          resolve();
        });
        for (const stream of [...streams]) {
          stream.end({ code: status.UNAVAILABLE, details: "the control plane is shutting down" });
        }
      }),
  };
}
