import { createServer, type Server } from "node:http";
import type { EnvoyAdmin } from "./envoy-admin.ts";

/** Why the proxy takes no traffic now; undefined: it does. */
export async function notReadyReason(admin: Pick<EnvoyAdmin, "state" | "stats">): Promise<string | undefined> {
  try {
    const state = await admin.state();
    if (state !== "LIVE") return `Envoy is ${state}`;
    const stats = await admin.stats("^listener_manager\\.(lds\\.update_success|total_listeners_warming)$");
    if ((stats.get("listener_manager.lds.update_success") ?? 0) === 0) return "Envoy has no listeners yet";
    if ((stats.get("listener_manager.total_listeners_warming") ?? 0) > 0) return "listeners of Envoy are warming";
    return undefined;
  } catch {
    return "Envoy does not answer";
  }
}

export interface ReadinessServer {
  listen(address: { readonly host: string; readonly port: number }): Promise<{ readonly port: number }>;
  close(): Promise<void>;
}

/** `GET /ready`: 200 while the proxy takes traffic, else 503 with the reason. Asked of Envoy at that moment, nothing is remembered. */
export function createReadinessServer(reason: () => Promise<string | undefined>): ReadinessServer {
  const server: Server = createServer({ requestTimeout: 5_000, headersTimeout: 5_000, keepAliveTimeout: 1_000 }, (request, response) => {
    response.setHeader("content-type", "text/plain; charset=utf-8");
    response.setHeader("cache-control", "no-store");
    if (request.url?.split("?")[0] !== "/ready") {
      response.writeHead(404).end("not found\n");
      return;
    }
    void reason().then((why) => {
      response.writeHead(why === undefined ? 200 : 503).end(why === undefined ? "ready\n" : `not ready: ${why}\n`);
    });
  });
  return {
    listen: (address) =>
      new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(address, () => {
          const bound = server.address();
          resolve({ port: typeof bound === "object" && bound !== null ? bound.port : address.port });
        });
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
