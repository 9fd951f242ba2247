import { createServer } from "node:tls";
import type { FastifyInstance } from "fastify";
import type { FollowedCertificate } from "../edge/access/certificate-files.ts";
import type { ListenAddress } from "../edge/config/listen-address.ts";
import type { Closers } from "./closers.ts";
import { listenOrFail } from "./listen.ts";

/** How long a connection may take for its TLS handshake. */
const handshakeMs = 10_000;

export interface HttpsOptions {
  readonly certificate: FollowedCertificate;
  /** That names the address. */
  readonly option: string;
  readonly address: ListenAddress;
  readonly maxConnections: number;
}

/**
 * Serves an HTTP server that listens already on a second address, with TLS: limits and what is under way are those of the one
 * server. A certificate that is replaced is used for new connections.
 */
export async function serveHttps(app: FastifyInstance, { certificate, option, address, maxConnections }: HttpsOptions, closers: Closers): Promise<ListenAddress> {
  const settings = { minVersion: "TLSv1.2", ALPNProtocols: ["http/1.1"] } as const;
  const { cert, key } = certificate.current;
  const server = createServer({ ...settings, cert, key, handshakeTimeout: handshakeMs }, (socket) => {
    socket.on("error", () => socket.destroy());
    app.server.emit("connection", socket);
  });
  server.maxConnections = maxConnections;
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  const unfollow = certificate.onChange((changed) => server.setSecureContext({ ...settings, cert: changed.cert, key: changed.key }));
  closers.add(() => {
    unfollow();
    server.close();
  });
  await listenOrFail(option, address, () => new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(address, () => {
      server.off("error", reject);
      resolve();
    });
  }));
  const bound = server.address();
  return { host: address.host, port: typeof bound === "object" && bound !== null ? bound.port : address.port };
}
