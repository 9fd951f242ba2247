import type { AccessLogFilterJson, AccessLogJson } from "../proto/envoy/config/accesslog/v3/accesslog_pb.ts";
import { ExpressionFilterSchema } from "../proto/envoy/extensions/access_loggers/filters/cel/v3/cel_pb.ts";
import { StdoutAccessLogSchema } from "../proto/envoy/extensions/access_loggers/stream/v3/stream_pb.ts";
import { anyOf } from "./any.ts";

/**
 * Access logs are JSON lines on the proxy's standard output: one line a request (HTTP) or a connection (TCP), with what it takes to say
 * why a request failed: response flags, the details of code and connection, the host that was chosen, the connection to it.
 */
export function accessLog(direction: "inbound" | "outbound", traffic: "http" | "tcp"): AccessLogJson[] {
  return [
    {
      name: "envoy.access_loggers.stdout",
      // Every caller checks, so checks would be most of an inbound log; verdicts are in the callers' event logs and statistics.
      ...(direction === "inbound" && traffic === "http" && { filter: notAHealthCheck }),
      typedConfig: anyOf(StdoutAccessLogSchema, {
        logFormat: { jsonFormat: { direction, ...common, ...(traffic === "http" ? http : {}) }, omitEmptyValues: true },
      }),
    },
  ];
}

/**
 * What becomes of connections whose TLS handshake fails: they never become a request, so no other log has them. Plain text that comes to
 * an inbound with mutual TLS (a kubelet's probe, a caller without a certificate) is told by the reason that TLS gives.
 */
export function refusedConnectionLog(): AccessLogJson[] {
  return [
    {
      name: "envoy.access_loggers.stdout",
      filter: handshakeFailed,
      typedConfig: anyOf(StdoutAccessLogSchema, { logFormat: { jsonFormat: { direction: "inbound", ...refused }, omitEmptyValues: true } }),
    },
  ];
}

const handshakeFailed: AccessLogFilterJson = {
  extensionFilter: {
    name: "envoy.access_loggers.extension_filters.cel",
    typedConfig: anyOf(ExpressionFilterSchema, { expression: "connection.transport_failure_reason != ''" }),
  },
};

/** Envoy's HTTP and gRPC checkers call themselves `Envoy/HC`. A request without the header is logged. */
const notAHealthCheck: NonNullable<AccessLogJson["filter"]> = {
  headerFilter: {
    header: { name: "user-agent", stringMatch: { exact: "Envoy/HC" }, invertMatch: true, treatMissingHeaderAsEmpty: true },
  },
};

const common = {
  start_time: "%START_TIME%",
  duration_ms: "%DURATION%",
  response_flags: "%RESPONSE_FLAGS%",
  connection_details: "%CONNECTION_TERMINATION_DETAILS%",
  transport_failure: "%UPSTREAM_TRANSPORT_FAILURE_REASON%",
  bytes_received: "%BYTES_RECEIVED%",
  bytes_sent: "%BYTES_SENT%",
  upstream_cluster: "%UPSTREAM_CLUSTER%",
  upstream_host: "%UPSTREAM_HOST%",
  // Tells the connection: whether it was used before, and how long ago.
  upstream_local: "%UPSTREAM_LOCAL_ADDRESS%",
  downstream: "%DOWNSTREAM_REMOTE_ADDRESS%",
  downstream_local: "%DOWNSTREAM_LOCAL_ADDRESS%",
  downstream_identity: "%DOWNSTREAM_PEER_URI_SAN%",
} as const;

const refused = {
  start_time: "%START_TIME%",
  duration_ms: "%DURATION%",
  response_flags: "%RESPONSE_FLAGS%",
  connection_details: "%CONNECTION_TERMINATION_DETAILS%",
  handshake_failure: "%DOWNSTREAM_TRANSPORT_FAILURE_REASON%",
  downstream: "%DOWNSTREAM_REMOTE_ADDRESS%",
  downstream_local: "%DOWNSTREAM_LOCAL_ADDRESS%",
} as const;

const http = {
  method: "%REQ(:METHOD)%",
  authority: "%REQ(:AUTHORITY)%",
  path: "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%",
  protocol: "%PROTOCOL%",
  response_code: "%RESPONSE_CODE%",
  response_details: "%RESPONSE_CODE_DETAILS%",
  upstream_ms: "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%",
  attempts: "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
  user_agent: "%REQ(USER-AGENT)%",
  request_id: "%REQ(X-REQUEST-ID)%",
} as const;
