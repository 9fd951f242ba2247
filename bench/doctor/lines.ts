export type Form = "istio" | "json";

interface Answer {
  readonly status: number;
  readonly flags: string;
  readonly details: string;
}

const good: Answer = { status: 200, flags: "-", details: "via_upstream" };

const failures: readonly Answer[] = [
  { status: 503, flags: "UC", details: "upstream_reset_before_response_started{connection_termination}" },
  { status: 503, flags: "-", details: "via_upstream" },
  { status: 504, flags: "UT", details: "response_timeout" },
  { status: 503, flags: "UO", details: "upstream_reset_before_response_started{overflow}" },
];

/** The line of a request to one of 50 clusters; one in twenty failed. */
export function logLine(form: Form, at: number): string {
  const answer = at % 20 === 0 ? (failures[(at / 20) % failures.length] ?? good) : good;
  const start = new Date(Date.UTC(2026, 0, 1) + at * 3).toISOString();
  return form === "istio" ? istioLine(start, at, answer) : jsonLine(start, at, answer);
}

function istioLine(start: string, at: number, { status, flags, details }: Answer): string {
  const cluster = `outbound|80||service-${at % 50}.shop.svc.cluster.local`;
  const places = `"10.244.1.${at % 50}:9080" ${cluster} 10.244.7.7:${30_000 + (at % 500)} 10.96.0.1:80 10.244.7.7:41234 - default`;
  return `[${start}] "GET /api/v1/products/${at} HTTP/1.1" ${status} ${flags} ${details} - "-" 0 1234 12 11 "-" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36" "0b6f3a2e-2f0a-9c1e-8d55-${at}" "service-${at % 50}:80" ${places}`;
}

/** As probeplane's own proxies write it. */
function jsonLine(start: string, at: number, { status, flags, details }: Answer): string {
  return JSON.stringify({
    attempts: 1, authority: `service-${at % 50}`, bytes_received: 0, bytes_sent: 1234, direction: "outbound", downstream: "10.244.7.7:41234", downstream_local: "127.0.0.1:10001",
    duration_ms: 12, method: "GET", path: `/api/v1/products/${at}`, protocol: "HTTP/1.1", request_id: `0b6f3a2e-2f0a-9c1e-8d55-${at}`, response_code: status, response_details: details,
    response_flags: flags, start_time: start, upstream_cluster: `service-${at % 50}`, upstream_host: `10.244.1.${at % 50}:9080`, upstream_local: `10.244.7.7:${30_000 + (at % 500)}`,
    upstream_ms: 11, user_agent: "Mozilla/5.0 (X11; Linux x86_64)",
  });
}
