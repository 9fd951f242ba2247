import type { Duplex } from "node:stream";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import type { ServiceDefinition } from "@grpc/grpc-js";
import type { Log } from "../pipeline/log.ts";
import type { ProxySnapshots } from "../pipeline/port.ts";
import type { Admit } from "./admission.ts";
import type { AdsMetrics } from "./ads-metrics.ts";
import type { AdsCall } from "./ads-call.ts";
import type { AuthenticateStream } from "./authenticate-stream.ts";
import { createConnections } from "./connections.ts";
import { deltaProtocol, sotwProtocol } from "./protocol.ts";
import { createPushQueue } from "./push-queue.ts";
import type { ResponseBytes } from "./response-bytes.ts";
import { StreamDoor } from "./stream-door.ts";

export interface AdsServerOptions {
  readonly snapshots: ProxySnapshots;
  readonly logger: Log;
  readonly metrics: AdsMetrics;
  /** Asked of each call before anything of it is read. Default: nobody has to show anything. */
  readonly authenticate?: AuthenticateStream;
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
  /** Milliseconds for which a connection may have no stream. Default 60,000. */
  readonly idleMs?: number;
  /** Milliseconds for which a stream may be open without its first request. Default 10,000. */
  readonly firstRequestMs?: number;
  /** Milliseconds for which a client may take nothing of what it is sent; then its connection is closed. Default 60,000. */
  readonly sendTimeoutMs?: number;
}

export interface AdsServer {
  /** Serves a connection that speaks HTTP/2; it is the server's from now on. */
  accept(connection: Duplex): void;
  /** Paths of all RPCs that are served. */
  readonly rpcs: readonly string[];
  /** Ends the streams whose credential is no longer good. */
  recheck(): void;
  /** Takes no more streams, ends those there are, and is done after `graceMs` milliseconds at the latest. */
  close(graceMs: number): Promise<void>;
}

const service = "/envoy.service.discovery.v3.AggregatedDiscoveryService/";

/** Messages are bytes to grpc-js: what goes out is composed by us, what comes in is decoded where an error can be told to the client. */
const bytes = (buffer: Buffer): Buffer => buffer;
/** grpc-js only asks what `ResponseBytes` has, though it declares a Buffer. */
const composed = (response: ResponseBytes): Buffer => response as Buffer;

function method(name: string): ServiceDefinition[string] {
  return {
    path: service + name,
    requestStream: true,
    responseStream: true,
    requestSerialize: bytes,
    requestDeserialize: bytes,
    responseSerialize: composed,
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
    // Who only holds a connection does not hold it for long.
    "grpc.max_connection_idle_ms": options.idleMs ?? 60_000,
  });
  // What is injected has its encryption behind it.
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const connections = createConnections();
  const { sendTimeoutMs = 60_000 } = options;
  const door = new StreamDoor({
    authenticate: options.authenticate,
    maxStreams: options.maxStreams ?? 10_000,
    logger: options.logger,
    stream: {
      snapshots: options.snapshots,
      log: options.logger,
      metrics: options.metrics,
      ...(options.admit === undefined ? {} : { admit: options.admit }),
      pushes: createPushQueue(),
      maxRequestsPerSecond: options.maxRequestsPerSecond ?? 1_000,
      firstRequestMs: options.firstRequestMs ?? 10_000,
      sendTimeoutMs,
      disconnect: (peer) => connections.disconnect(peer),
    },
  });
  server.addService(definition, {
    streamAggregatedResources: (call: AdsCall) => void door.open(call, sotwProtocol),
    deltaAggregatedResources: (call: AdsCall) => void door.open(call, deltaProtocol),
  });
  const sweep = setInterval(() => door.endStuck(), Math.max(10, sendTimeoutMs / 4));
  sweep.unref();

  return {
    rpcs: Object.values(definition).map(({ path }) => path),
    recheck: () => door.recheck(),
    accept: (connection) => {
      connections.add(connection);
      injector.injectConnection(connection);
    },
    close: (graceMs) =>
      new Promise((resolve) => {
        clearInterval(sweep);
        const force = setTimeout(() => server.forceShutdown(), graceMs);
        const late = setTimeout(resolve, graceMs + 1_000);
        server.tryShutdown(() => {
          clearTimeout(force);
          clearTimeout(late);
          resolve();
        });
        // Some of the time is for streams that do not end by themselves.
        door.close(graceMs * 0.8);
      }),
  };
}
