import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { AgentLog } from "../log.ts";
import type { StatusAnswer, StatusRoute } from "../status-route.ts";
import type { ScrapeHeaders } from "./scrape-app.ts";

/** Whose metrics are shown together. */
export type MetricsOf = "agent" | "envoy" | "app";

/** Gives text in Prometheus' format; rejects when there is none now. */
export type MetricsSource = (signal: AbortSignal, headers: ScrapeHeaders) => Promise<string>;

export interface MetricsRouteOptions {
  /** In the order in which they are shown. */
  readonly sources: readonly { readonly of: MetricsOf; readonly read: MetricsSource }[];
  readonly logger: AgentLog;
  readonly onScraped?: (of: MetricsOf, failed: boolean) => void;
}

const pack = promisify(gzip);

/** Prometheus' own, which tells its limit with the request. */
const usualTimeoutMs = 10_000;

/** `GET /metrics`: everything that there is. Whoever does not answer, or not within nine tenths of Prometheus' limit, is left out; the others are still there. */
export function metricsRoute({ sources, logger, onScraped }: MetricsRouteOptions): StatusRoute {
  const failing = new Set<MetricsOf>();
  const tell = (of: MetricsOf, reason: string | undefined): void => {
    onScraped?.(of, reason !== undefined);
    if (reason === undefined) failing.delete(of);
    else if (!failing.has(of)) {
      failing.add(of);
      logger.warn({ of, reason }, "metrics are left out");
    }
  };
  return {
    method: "GET",
    async answer(request, left) {
      const headers = passedOn(request);
      const signal = AbortSignal.any([left, AbortSignal.timeout(0.9 * timeoutMsOf(headers))]);
      const texts = await Promise.all(sources.map(({ of, read }) => readOne(() => read(signal, headers), signal, (reason) => tell(of, reason))));
      return { status: 200, contentType: "text/plain; version=0.0.4; charset=utf-8", ...(await packed(texts.join(""), request)) };
    },
  };
}

/** Envoy says the same words thousands of times. */
async function packed(body: string, { headers }: IncomingMessage): Promise<Pick<StatusAnswer, "body" | "contentEncoding">> {
  const takesGzip = (headers["accept-encoding"] ?? "").split(",").some((coding) => /^\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(coding));
  return takesGzip ? { body: await pack(body), contentEncoding: "gzip" } : { body };
}

async function readOne(read: () => Promise<string>, signal: AbortSignal, tell: (reason: string | undefined) => void): Promise<string> {
  try {
    const text = await read();
    tell(undefined);
    return text === "" || text.endsWith("\n") ? text : `${text}\n`;
  } catch (error) {
    tell(signal.aborted ? "no answer in time" : error instanceof Error ? error.message : String(error));
    return "";
  }
}

function passedOn({ headers }: IncomingMessage): ScrapeHeaders {
  const { "user-agent": agent, "x-prometheus-scrape-timeout-seconds": timeout } = headers;
  return { ...(agent === undefined ? {} : { "user-agent": agent }), ...(typeof timeout === "string" ? { "x-prometheus-scrape-timeout-seconds": timeout } : {}) };
}

function timeoutMsOf({ "x-prometheus-scrape-timeout-seconds": text }: ScrapeHeaders): number {
  const seconds = Number(text);
  return Number.isFinite(seconds) && seconds > 0 && seconds <= 3_600 ? seconds * 1000 : usualTimeoutMs;
}
