import { Gauge, Histogram, type Registry } from "prom-client";

/** What the HTTP servers count. Names and labels are Kuma's. */
export interface ApiCounts {
  requestStarted(): void;
  /** `handler`: the route, never the path that somebody made up. `bytes`: of the answer's body. */
  requestEnded(request: { readonly handler: string; readonly method: string; readonly status: number; readonly seconds: number; readonly bytes: number }): void;
}

const secondsBuckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const bytesBuckets = [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

export function createApiCounts(registry: Registry): ApiCounts {
  const labelNames = ["service", "handler", "method", "code"] as const;
  const registers = [registry];
  const duration = new Histogram({ name: "api_server_http_request_duration_seconds", help: "Seconds that requests to the HTTP API took", labelNames, registers, buckets: secondsBuckets });
  const size = new Histogram({ name: "api_server_http_response_size_bytes", help: "Bytes of answers of the HTTP API", labelNames, registers, buckets: bytesBuckets });
  const inFlight = new Gauge({ name: "api_server_http_requests_inflight", help: "Requests to the HTTP API that are not answered yet", labelNames: ["service"], registers });
  const service = "";
  inFlight.set({ service }, 0);
  return {
    requestStarted: () => {
      inFlight.inc({ service });
    },
    requestEnded: ({ handler, method, status, seconds, bytes }) => {
      const labels = { service, handler, method: knownMethods.has(method) ? method : "other", code: String(status) };
      inFlight.dec({ service });
      duration.observe(labels, seconds);
      size.observe(labels, bytes);
    },
  };
}

/** What a client makes up does not become a label. */
const knownMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"]);
