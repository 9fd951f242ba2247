import { decodeBase64, hexOf } from "../../base/base64.ts";
import { deepFreeze } from "../../base/deep-freeze.ts";
import type { GrpcCheckPlan, HeaderPlan, HealthCheckPlan, HttpCheckPlan, PanicPlan, TcpCheckPlan } from "../../model/plan.ts";
import type { Compatibility } from "../compatibility.ts";
import { durationMs } from "../duration-ms.ts";
import type { PlanContext, PlannedConf } from "../kind.ts";
import { chooseCheck } from "./choose-check.ts";
import type { GrpcBlock, Header, HttpBlock, MeshHealthCheckConf, TcpBlock } from "./conf.ts";
import { meshHealthCheckDefaults as defaults } from "./defaults.ts";

/**
 * What a merged conf means for one destination, every default filled. No check when none applies to the protocol; panic settings
 * hold all the same.
 */
export function planMeshHealthCheck(conf: MeshHealthCheckConf, context: PlanContext): PlannedConf {
  const check = planCheck(conf, context);
  const panic = planPanic(conf);
  return deepFreeze({
    ...(check === undefined ? {} : { healthCheck: planHealthCheck(conf, check) }),
    ...(panic === undefined ? {} : { panic }),
  });
}

function planCheck(conf: MeshHealthCheckConf, context: PlanContext): HealthCheckPlan["check"] | undefined {
  switch (chooseCheck(conf, context.protocol)) {
    case "http":
      return planHttp(conf.http ?? {}, context);
    case "tcp":
      return planTcp(conf.tcp ?? {}, context.compatibility);
    case "grpc":
      return planGrpc(conf.grpc ?? {});
    default:
      return undefined;
  }
}

function planHealthCheck(conf: MeshHealthCheckConf, check: HealthCheckPlan["check"]): HealthCheckPlan {
  const initialJitterMs = durationMs(conf.initialJitter);
  const intervalJitterMs = durationMs(conf.intervalJitter);
  const { intervalJitterPercent, eventLogPath = "" } = conf;
  return {
    intervalMs: durationMs(conf.interval) ?? defaults.intervalMs,
    timeoutMs: durationMs(conf.timeout) ?? defaults.timeoutMs,
    unhealthyThreshold: conf.unhealthyThreshold ?? defaults.unhealthyThreshold,
    healthyThreshold: conf.healthyThreshold ?? defaults.healthyThreshold,
    noTrafficIntervalMs: durationMs(conf.noTrafficInterval) ?? defaults.noTrafficIntervalMs,
    ...(initialJitterMs === undefined ? {} : { initialJitterMs }),
    ...(intervalJitterMs === undefined ? {} : { intervalJitterMs }),
    ...(intervalJitterPercent === undefined ? {} : { intervalJitterPercent }),
    ...(eventLogPath === "" ? {} : { eventLogPath }),
    alwaysLogHealthCheckFailures: conf.alwaysLogHealthCheckFailures ?? defaults.alwaysLogHealthCheckFailures,
    reuseConnection: conf.reuseConnection ?? defaults.reuseConnection,
    check,
  };
}

function planHttp(http: HttpBlock, context: PlanContext): HttpCheckPlan {
  const { set = [], add = [] } = http.requestHeadersToAdd ?? {};
  // An empty list of statuses expects nothing in particular, so it means the default.
  const statuses = http.expectedStatuses ?? [];
  return {
    kind: "http",
    path: http.path ?? defaults.path,
    httpVersion: context.httpVersion ?? (context.protocol === "http2" ? 2 : 1),
    expectedStatuses: statuses.length === 0 ? defaults.expectedStatuses : [...statuses],
    otherStatuses: context.compatibility.httpStatusThreshold === "count" ? "count-to-threshold" : "eject-at-once",
    addHeaders: add.flatMap(splitHeader),
    // Splitting a value that replaces would leave only its last part; whoever sets `a, b` means `a, b`.
    setHeaders: set.map(({ name, value }) => ({ name, value })),
  };
}

/** One header for each part between commas, not trimmed, as Kuma sends them; empty parts say nothing, unless there is no other. */
function splitHeader({ name, value }: Header): HeaderPlan[] {
  const parts = value.split(",").filter((part) => part !== "");
  return (parts.length === 0 ? [""] : parts).map((part) => ({ name, value: part }));
}

function planTcp(tcp: TcpBlock, compatibility: Compatibility): TcpCheckPlan {
  const { send, receive = [] } = tcp;
  return {
    kind: "tcp",
    ...(send === undefined ? {} : { sendHex: payloadHex(send, compatibility) }),
    receiveHex: receive.map((block) => payloadHex(block, compatibility)),
  };
}

/** What is no Base64 goes out as text: a policy that was stored under the other setting still does something sensible. */
function payloadHex(payload: string, compatibility: Compatibility): string {
  const decoded = compatibility.tcpPayload === "base64" ? decodeBase64(payload) : undefined;
  return hexOf(decoded ?? new TextEncoder().encode(payload));
}

function planGrpc(grpc: GrpcBlock): GrpcCheckPlan {
  return { kind: "grpc", serviceName: grpc.serviceName ?? "", authority: grpc.authority ?? "" };
}

function planPanic(conf: MeshHealthCheckConf): PanicPlan | undefined {
  const { healthyPanicThreshold: threshold, failTrafficOnPanic: failTraffic } = conf;
  if (threshold === undefined && failTraffic === undefined) return undefined;
  return {
    ...(threshold === undefined ? {} : { thresholdPercent: Number(threshold) }),
    ...(failTraffic === undefined ? {} : { failTraffic }),
  };
}
