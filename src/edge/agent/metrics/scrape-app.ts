import { request as httpRequest, type IncomingMessage } from "node:http";
import type { AppMetrics } from "../../../core/kubernetes/app-metrics.ts";
import type { Dialer } from "../probes/dialer.ts";
import { exchange, type Ending } from "../probes/exchange.ts";
import { Patience } from "../probes/patience.ts";
import { urlHost } from "../probes/redirect.ts";
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

async function scrapeOnce({ port, path }: AppMetrics, dialer: Dialer, headers: ScrapeHeaders, signal: AbortSignal): Promise<string> {
  const host = `${urlHost(dialer.host)}:${port}`;
  // In the form that can be put together with others: OpenMetrics has an end, and no place for what Envoy says.
  const accept = "text/plain;version=0.0.4;q=1,*/*;q=0.1";
  const patience = new Patience();
  const end = (): void => patience.end("no answer in time");
  if (signal.aborted) end();
  signal.addEventListener("abort", end);
  try {
    return await exchange<string>(dialer, port, patience, (socket, ending) => {
      const request = httpRequest({ createConnection: () => socket, path, headers: { ...headers, host, accept, connection: "close" } });
      request.on("error", ending.fail);
      request.on("response", (reply) => readReply(reply, ending));
      request.end();
    });
  } finally {
    signal.removeEventListener("abort", end);
  }
}

function readReply(reply: IncomingMessage, ending: Ending<string>): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  if (reply.statusCode !== 200) ending.fail(new Error(`the app answers ${reply.statusCode ?? 0}`));
  reply.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBytes) ending.fail(new Error(`the app answers with more than ${maxBytes} bytes`));
  });
  reply.on("error", ending.fail);
  // Before Node closes the connection politely, which leaves something of it: see the dialer.
  reply.prependListener("end", () => {
    try {
      ending.finish(plainText(Buffer.concat(chunks).toString("utf8"), reply.headers["content-type"] ?? ""));
    } catch (error) {
      ending.fail(error as Error);
    }
  });
}
