import type { JsonObject } from "../base/json.ts";
import { passOver, type Fields } from "./fields.ts";
import { readGrpcCheck, readHttpCheck, readTcpCheck } from "./envoy-check-kinds.ts";
import { compact } from "./output.ts";
import type { Findings } from "./remarks.ts";

/** The health checks of a cluster (Envoy core.v3.HealthCheck) as a MeshHealthCheck's conf; undefined, and a remark, when nothing comes of them. */
export function readEnvoyHealthCheck(cluster: Fields, findings: Findings): JsonObject | undefined {
  const [first, ...more] = cluster.items("health_checks");
  for (const each of more) findings.remark("left", each.path, "a destination has one health check, the first");
  for (const each of more) passOver(each);
  const balancing = cluster.fields("common_lb_config");
  const panic = balancing?.fields("healthy_panic_threshold")?.number("value");
  const conf = first === undefined ? undefined : readCheck(first, findings);
  if (conf === undefined) return undefined;
  return { ...conf, ...(panic === undefined ? {} : { healthyPanicThreshold: decimal(panic) }) };
}

function readCheck(check: Fields, findings: Findings): JsonObject | undefined {
  const [http, tcp, grpc] = [check.fields("http_health_check"), check.fields("tcp_health_check"), check.fields("grpc_health_check")];
  if (http === undefined && tcp === undefined && grpc === undefined) {
    passOver(check);
    findings.remark("left", check.path, "there is no check over HTTP, TCP or gRPC in it");
    return undefined;
  }
  // Not by Envoy's field, which Envoy has deprecated for its event loggers.
  const sink = check.text("event_log_path");
  check.leave("event_logger", "say `eventLogPath` in the MeshHealthCheck");
  leaveTimes(check);
  if (check.raw("retriable_statuses") !== undefined) check.leave("retriable_statuses", "every unexpected status counts towards the threshold here");
  return {
    ...timesOf(check),
    ...compact({
      unhealthyThreshold: number(check, "unhealthy_threshold"),
      healthyThreshold: number(check, "healthy_threshold"),
      intervalJitterPercent: check.count("interval_jitter_percent"),
      eventLogPath: sink,
      alwaysLogHealthCheckFailures: check.flag("always_log_health_check_failures"),
      reuseConnection: check.has("reuse_connection") ? check.flag("reuse_connection") : undefined,
      http: http === undefined ? undefined : readHttpCheck(http, findings),
      tcp: tcp === undefined ? undefined : readTcpCheck(tcp, findings),
      grpc: grpc === undefined ? undefined : readGrpcCheck(grpc),
    }),
  };
}

function timesOf(check: Fields): JsonObject {
  return {
    ...compact({
      interval: check.duration("interval"),
      timeout: check.duration("timeout"),
      initialJitter: check.duration("initial_jitter"),
      intervalJitter: check.duration("interval_jitter"),
      noTrafficInterval: check.duration("no_traffic_interval"),
    }),
  };
}

function leaveTimes(check: Fields): void {
  for (const name of ["unhealthy_interval", "unhealthy_edge_interval", "healthy_edge_interval", "no_traffic_healthy_interval"]) {
    check.leave(name, "`interval` holds in every state of an endpoint");
  }
  check.leave("always_log_health_check_success", "successes are not logged");
  check.leave("alt_port", "an endpoint is checked at its own port");
  check.leave("tls_options", "checks go through the connection's own TLS");
  check.leave("transport_socket_match_criteria", "checks go through the connection's own TLS");
}

/** A threshold may be written as a number, or as the message that holds one. */
function number(check: Fields, name: string): number | undefined {
  const value = check.raw(name);
  return typeof value === "object" ? check.fields(name)?.count("value") : check.count(name);
}

function decimal(value: number): number | string {
  return Number.isInteger(value) ? value : String(value);
}
