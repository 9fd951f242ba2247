import type { FastifyInstance } from "fastify";
import type { ListenAddress } from "../edge/config/listen-address.ts";
import type { Closers } from "./closers.ts";
import { listenOrFail } from "./listen.ts";

/** Has an HTTP server listen, and adds its closing: requests that are under way may end within the grace, then they are cut off. */
export async function serveHttp(app: FastifyInstance, option: string, address: ListenAddress, graceMs: number, closers: Closers): Promise<ListenAddress> {
  closers.add(async () => {
    const cutOff = setTimeout(() => app.server.closeAllConnections(), graceMs);
    await app.close();
    clearTimeout(cutOff);
  });
  await listenOrFail(option, address, () => app.listen(address));
  const bound = app.server.address();
  return { host: address.host, port: typeof bound === "object" && bound !== null ? bound.port : address.port };
}
