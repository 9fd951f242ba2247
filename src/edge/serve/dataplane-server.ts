import { createServer as createTcpServer, type Server as TcpServer, type Socket } from "node:net";
import { createServer as createTlsServer, type Server as TlsServer, type TLSSocket } from "node:tls";
import type { Server as HttpServer } from "node:http";
import type { Log } from "../pipeline/log.ts";
import type { AdsServer } from "./ads-server.ts";
import { saysHttp2 } from "./first-bytes.ts";

/** A certificate chain and its key, as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate that may be replaced while it is in use. */
export interface CertificateSource {
  readonly current: Certificate;
  /** Called with each later one. Gives back how to be called no more. */
  onChange(listener: (certificate: Certificate) => void): () => void;
}

export interface DataplaneServerOptions {
  readonly ads: Pick<AdsServer, "accept" | "close">;
  /** Gets the connections that speak HTTP/1.1: a server that does not listen itself. Absent: these are closed. */
  readonly http?: Pick<HttpServer, "emit">;
  /** Absent: nothing is encrypted, and what a connection speaks is told by its first bytes. */
  readonly tls?: CertificateSource;
  readonly logger: Log;
  /** Connections at a time; further ones are closed. Default 11,000. */
  readonly maxConnections?: number;
  /** How long a connection may take to say what it speaks. Default 10,000. */
  readonly handshakeMs?: number;
}

export interface DataplaneServer {
  /** Rejects when the address cannot be had. */
  listen(address: { readonly host: string; readonly port: number }): Promise<{ readonly port: number }>;
  /** Takes no more connections, ends the streams there are, and is done after `graceMs` milliseconds at the latest. */
  close(graceMs: number): Promise<void>;
}

/**
 * What Envoys and their agents connect to: one port for xDS (HTTP/2, so gRPC) and for what agents ask over HTTP/1.1, as Kuma's data
 * plane server has it. Constructing it does no I/O.
 */
export function createDataplaneServer(options: DataplaneServerOptions): DataplaneServer {
  const { ads, tls, handshakeMs = 10_000 } = options;
  const open = new Set<Socket>();
  const server = tls === undefined ? plainServer(options, handshakeMs) : tlsServer(options, tls, handshakeMs);
  server.maxConnections = options.maxConnections ?? 11_000;
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  const unfollow = tls?.onChange((certificate) => (server as TlsServer).setSecureContext({ ...certificate, minVersion: "TLSv1.2" }));
  return {
    listen: ({ host, port }) =>
      new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen({ host, port }, () => {
          server.off("error", reject);
          server.on("error", (error: Error) => options.logger.error({ err: error }, "cannot accept connections"));
          const bound = server.address();
          resolve({ port: typeof bound === "object" && bound !== null ? bound.port : port });
        });
      }),
    close: async (graceMs) => {
      unfollow?.();
      server.close();
      await ads.close(graceMs);
      for (const socket of open) socket.destroy();
    },
  };
}

function tlsServer({ ads, http, logger }: DataplaneServerOptions, tls: CertificateSource, handshakeMs: number): TlsServer {
  const settings = { ...tls.current, minVersion: "TLSv1.2" as const, ALPNProtocols: ["h2", "http/1.1"], handshakeTimeout: handshakeMs };
  const server = createTlsServer(settings, (socket: TLSSocket) => {
    socket.on("error", ignore);
    // A client that names no protocol means HTTP/1.1 (RFC 9113, section 3.2).
    if (socket.alpnProtocol === "h2") ads.accept(socket);
    else toHttp(http, socket);
  });
  server.on("tlsClientError", (error, socket) => {
    logger.debug({ peer: socket.remoteAddress, reason: error.message }, "TLS handshake failed");
    socket.destroy();
  });
  return server;
}

function plainServer({ ads, http }: DataplaneServerOptions, handshakeMs: number): TcpServer {
  return createTcpServer({ noDelay: true }, (socket) => {
    socket.on("error", ignore);
    saysHttp2(socket, handshakeMs, (isHttp2) => {
      if (isHttp2) ads.accept(socket);
      else toHttp(http, socket);
    });
  });
}

function toHttp(http: DataplaneServerOptions["http"], socket: Socket): void {
  if (http === undefined) socket.destroy();
  else http.emit("connection", socket);
}

/** Whoever serves the connection hears of it, too; before that nobody needs to. */
function ignore(): void {
  return undefined;
}
