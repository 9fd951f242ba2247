import { directionOf } from "./direction.ts";
import type { Direction, LogRecord } from "./log-record.ts";
import { present } from "./parse-text.ts";
import type { TimeReader } from "./parse-time.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What a JSON log says of one request: in our own form's names, Istio's and ASM's, and those that Envoy's examples use. */
export function readFields(fields: Fields, time: TimeReader): LogRecord | undefined {
  const timeMs = time.read(text(fields, "start_time", "timestamp", "time"));
  const flags = text(fields, "response_flags", "flags");
  const status = number(fields, "response_code", "status");
  const handshakeFailure = text(fields, "handshake_failure", "downstream_transport_failure_reason");
  const isAccess = "response_flags" in fields || "response_code" in fields || "upstream_cluster" in fields || handshakeFailure !== "";
  if (!isAccess || Number.isNaN(timeMs)) return undefined;
  const cluster = text(fields, "upstream_cluster", "upstream_cluster_raw");
  return {
    form: "json", timeMs, flags, status: Number.isNaN(status) ? 0 : status, handshakeFailure, cluster,
    durationMs: number(fields, "duration_ms", "duration"),
    details: text(fields, "response_details", "response_code_details"),
    connectionDetails: text(fields, "connection_details", "connection_termination_details"),
    transportFailure: text(fields, "transport_failure", "upstream_transport_failure_reason"),
    direction: directionIn(fields, cluster),
    host: text(fields, "upstream_host"),
    upstreamLocal: text(fields, "upstream_local", "upstream_local_address"),
    downstream: text(fields, "downstream", "downstream_remote_address"),
    downstreamLocal: text(fields, "downstream_local", "downstream_local_address"),
    method: text(fields, "method"), path: text(fields, "path"), authority: text(fields, "authority"),
    userAgent: text(fields, "user_agent"), requestId: text(fields, "request_id"),
    bytesSent: number(fields, "bytes_sent"), attempts: number(fields, "attempts", "upstream_request_attempt_count"),
  };
}

function directionIn(fields: Fields, cluster: string): Direction {
  const said = fields["direction"];
  return said === "inbound" || said === "outbound" ? said : directionOf(cluster);
}

function text(fields: Fields, ...names: readonly string[]): string {
  for (const name of names) {
    const value = fields[name];
    if (typeof value === "string") return present(value);
    if (typeof value === "number") return String(value);
  }
  return "";
}

function number(fields: Fields, ...names: readonly string[]): number {
  for (const name of names) {
    const value = fields[name];
    if (typeof value === "number") return value;
    if (typeof value === "string" && value !== "" && value !== "-") return Number(value);
  }
  return Number.NaN;
}
