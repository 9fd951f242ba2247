import { request as httpRequest } from "node:http";
import type { AppMetrics } from "../../../core/kubernetes/app-metrics.ts";
import type { Dialer } from "../probes/dialer.ts";
import { leave } from "../probes/dialer.ts";
import { plainText } from "./plain-text.ts";

/** What may be handed on of what Prometheus sends. */
export interface ScrapeHeaders {
  readonly "user-agent"?: string;
  readonly "x-prometheus-scrape-timeout-seconds"?: string;
}

/** More is nobody's metrics. */
const maxBytes = 32 * 1024 * 1024;

/**
 * The metrics of the app, as text that may stand before and after other metrics. It is asked at the address of its pod, as Prometheus
 * would ask it, then on this machine's: an app may listen on one of them alone. @throws when it has none to give.
 */
export async function scrapeApp(app: AppMetrics, dialers: readonly Dialer[], headers: ScrapeHeaders, signal: AbortSignal): Promise<string> {
  let refused: unknown;
  for (const dialer of dialers) {
    try {
      return await scrapeOnce(app, dialer, headers, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ECONNREFUSED") throw error;
      refused ??= error;
    }
  }
  throw refused;
}

function scrapeOnce({ port, path }: AppMetrics, dialer: Dialer, headers: ScrapeHeaders, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = dialer.dial(port);
    const fail = (error: Error): void => {
      leave(socket);
      reject(error);
    };
    socket.once("error", fail);
    const host = dialer.host.includes(":") ? `[${dialer.host}]` : dialer.host;
    // In the form that can be put together with others: OpenMetrics has an end, and no place for what Envoy says.
    const accept = "text/plain;version=0.0.4;q=1,*/*;q=0.1";
    const asked = httpRequest({ createConnection: () => socket, path, headers: { ...headers, host: `${host}:${port}`, accept, connection: "close" }, signal });
    asked.on("error", fail);
    asked.on("response", (reply) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      if (reply.statusCode !== 200) fail(new Error(`the app answers ${reply.statusCode ?? 0}`));
      reply.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > maxBytes) fail(new Error(`the app answers with more than ${maxBytes} bytes`));
      });
      reply.on("error", fail);
      // Before Node closes the connection politely: see `leave`.
      reply.prependListener("end", () => {
        leave(socket);
        try {
          resolve(plainText(Buffer.concat(chunks).toString("utf8"), reply.headers["content-type"] ?? ""));
        } catch (error) {
          fail(error as Error);
        }
      });
    });
    asked.end();
  });
}
