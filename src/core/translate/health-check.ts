import { toProtoDuration } from "../base/duration.ts";
import type { GrpcCheckPlan, HealthCheckPlan, HttpCheckPlan, TcpCheckPlan } from "../model/plan.ts";
import type {
  HealthCheck_GrpcHealthCheckJson,
  HealthCheck_HttpHealthCheckJson,
  HealthCheck_TcpHealthCheckJson,
  HealthCheckJson,
} from "../proto/envoy/config/core/v3/health_check_pb.ts";
import { HealthCheckEventFileSinkSchema } from "../proto/envoy/extensions/health_check/event_sinks/file/v3/file_pb.ts";
import { anyOf } from "./any.ts";
import { checkHeaders, checkHost } from "./headers.ts";

/** Envoy's own defaults (core.v3.HealthCheck); a value equal to them is not sent. */
const envoyNoTrafficIntervalMs = 60_000;
const envoyExpectedStatuses: readonly number[] = [200];

/**
 * An active check as Envoy's `core.v3.HealthCheck`. The timing and the thresholds are always there, because Envoy requires them. The
 * header `x-kuma-tags` is not: it is the sender's, and everything else is shared between senders (see `withSenderTags`).
 */
export function healthCheck(plan: HealthCheckPlan): HealthCheckJson {
  const { initialJitterMs = 0, intervalJitterMs = 0, intervalJitterPercent = 0, noTrafficIntervalMs } = plan;
  return {
    timeout: toProtoDuration(plan.timeoutMs),
    interval: toProtoDuration(plan.intervalMs),
    ...(intervalJitterMs > 0 && { intervalJitter: toProtoDuration(intervalJitterMs) }),
    unhealthyThreshold: plan.unhealthyThreshold,
    healthyThreshold: plan.healthyThreshold,
    ...(!plan.reuseConnection && { reuseConnection: false }),
    ...checker(plan.check),
    ...(noTrafficIntervalMs !== envoyNoTrafficIntervalMs && { noTrafficInterval: toProtoDuration(noTrafficIntervalMs) }),
    ...(intervalJitterPercent > 0 && { intervalJitterPercent }),
    ...(plan.alwaysLogHealthCheckFailures && { alwaysLogHealthCheckFailures: true }),
    ...(initialJitterMs > 0 && { initialJitter: toProtoDuration(initialJitterMs) }),
    ...(plan.eventLogPath !== undefined && { eventLogger: [fileSink(plan.eventLogPath)] }),
  };
}

type CheckerJson = Pick<HealthCheckJson, "httpHealthCheck" | "tcpHealthCheck" | "grpcHealthCheck">;

function checker(check: HealthCheckPlan["check"]): CheckerJson {
  switch (check.kind) {
    case "http": return { httpHealthCheck: httpCheck(check) };
    case "tcp": return { tcpHealthCheck: tcpCheck(check) };
    case "grpc": return { grpcHealthCheck: grpcCheck(check) };
  }
}

function httpCheck(check: HttpCheckPlan): HealthCheck_HttpHealthCheckJson {
  const headers = checkHeaders(check);
  const host = checkHost(check);
  return {
    ...(host !== undefined && host !== "" && { host }),
    path: check.path,
    ...(headers.length > 0 && { requestHeadersToAdd: headers }),
    ...(!sameStatuses(check.expectedStatuses, envoyExpectedStatuses) && {
      expectedStatuses: check.expectedStatuses.map((status) => ({ start: String(status), end: String(status + 1) })),
    }),
    ...(check.httpVersion === 2 && { codecClientType: "HTTP2" as const }),
    // Envoy ejects at the first status that is neither expected nor retriable; expected ones win where the ranges overlap.
    ...(check.otherStatuses === "count-to-threshold" && { retriableStatuses: [{ start: "100", end: "600" }] }),
  };
}

function tcpCheck(check: TcpCheckPlan): HealthCheck_TcpHealthCheckJson {
  return {
    ...(check.sendHex !== undefined && { send: { text: check.sendHex } }),
    ...(check.receiveHex.length > 0 && { receive: check.receiveHex.map((text) => ({ text })) }),
  };
}

function grpcCheck({ serviceName, authority }: GrpcCheckPlan): HealthCheck_GrpcHealthCheckJson {
  return { ...(serviceName !== "" && { serviceName }), ...(authority !== "" && { authority }) };
}

function fileSink(eventLogPath: string): NonNullable<HealthCheckJson["eventLogger"]>[number] {
  return {
    name: "envoy.health_check.event_sinks.file",
    typedConfig: anyOf(HealthCheckEventFileSinkSchema, { eventLogPath }),
  };
}

function sameStatuses(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((status, i) => status === b[i]);
}
