import assert from "node:assert/strict";
import { healthCheckPlan, httpCheck } from "../../../test/kit/plans.ts";
import type { HealthCheckPlan } from "../model/plan.ts";
import type { HealthCheckJson } from "../proto/envoy/config/core/v3/health_check_pb.ts";
import { HealthCheckEventFileSinkSchema } from "../proto/envoy/extensions/health_check/event_sinks/file/v3/file_pb.ts";
import { anyOf } from "./any.ts";
import { healthCheck } from "./health-check.ts";

const countEveryStatus = { retriableStatuses: [{ start: "100", end: "600" }] };
const common = { timeout: "15s", interval: "60s", unhealthyThreshold: 5, healthyThreshold: 1 };
const http = { path: "/", codecClientType: "HTTP2" as const, ...countEveryStatus };

const cases: readonly (readonly [what: string, plan: Partial<HealthCheckPlan>, expected: HealthCheckJson])[] = [
  ["the documented defaults: what Envoy requires, and what makes a threshold count", {}, withHttp()],
  ["times of every length", { intervalMs: 90_000, timeoutMs: 1.5 }, { ...withHttp(), interval: "90s", timeout: "0.001500s" }],
  ["thresholds", { unhealthyThreshold: 3, healthyThreshold: 2 }, { ...withHttp(), unhealthyThreshold: 3, healthyThreshold: 2 }],
  ["all three jitters", { initialJitterMs: 13_000, intervalJitterMs: 500, intervalJitterPercent: 10 }, { ...withHttp(), initialJitter: "13s", intervalJitter: "0.500s", intervalJitterPercent: 10 }],
  ["a jitter of 0 percent is Envoy's own", { intervalJitterPercent: 0 }, withHttp()],
  ["noTrafficInterval other than Envoy's 60 s", { noTrafficIntervalMs: 16_000 }, { ...withHttp(), noTrafficInterval: "16s" }],
  ["a connection for each check", { reuseConnection: false }, { ...withHttp(), reuseConnection: false }],
  ["every failure in the log", { alwaysLogHealthCheckFailures: true }, { ...withHttp(), alwaysLogHealthCheckFailures: true }],
  [
    "an event log by the file sink",
    { eventLogPath: "/var/log/health.log" },
    {
      ...withHttp(),
      eventLogger: [
        {
          name: "envoy.health_check.event_sinks.file",
          typedConfig: anyOf(HealthCheckEventFileSinkSchema, { eventLogPath: "/var/log/health.log" }),
        },
      ],
    },
  ],
  ["HTTP/1.1 is Envoy's own", { check: httpCheck({ httpVersion: 1 }) }, withHttp({ path: "/", ...countEveryStatus })],
  ["Envoy's own way with other statuses", { check: httpCheck({ otherStatuses: "eject-at-once" }) }, withHttp({ path: "/", codecClientType: "HTTP2" })],
  [
    "one range for each expected status, in the order given",
    { check: httpCheck({ expectedStatuses: [201, 200] }) },
    withHttp({ ...http, expectedStatuses: [{ start: "201", end: "202" }, { start: "200", end: "201" }] }),
  ],
  ["TCP, connect only", { check: { kind: "tcp", receiveHex: [] } }, { ...common, tcpHealthCheck: {} }],
  [
    "TCP, send and receive",
    { check: { kind: "tcp", sendHex: "50494e470d0a", receiveHex: ["2b", "504f4e47"] } },
    { ...common, tcpHealthCheck: { send: { text: "50494e470d0a" }, receive: [{ text: "2b" }, { text: "504f4e47" }] } },
  ],
  ["gRPC of the whole server", { check: { kind: "grpc", serviceName: "", authority: "" } }, { ...common, grpcHealthCheck: {} }],
  [
    "gRPC of one service",
    { check: { kind: "grpc", serviceName: "grpc.health.v1.CustomHealth", authority: "payment.mesh" } },
    { ...common, grpcHealthCheck: { serviceName: "grpc.health.v1.CustomHealth", authority: "payment.mesh" } },
  ],
];

describe("healthCheck", () => {
  for (const [what, plan, expected] of cases) {
    it(`sends ${what}`, () => { assert.deepEqual(healthCheck(healthCheckPlan(plan)), expected); });
  }

  it("adds headers before it sets others, doubles percent signs and keeps empty values", () => {
    const check = httpCheck({
      addHeaders: [{ name: "x-add", value: "one" }, { name: "x-add", value: "100%" }],
      setHeaders: [{ name: "x-set", value: "a,b" }, { name: "x-empty", value: "" }],
    });
    assert.deepEqual(healthCheck(healthCheckPlan({ check })).httpHealthCheck?.requestHeadersToAdd, [
      { header: { key: "x-add", value: "one" } },
      { header: { key: "x-add", value: "100%%" } },
      { header: { key: "x-set", value: "a,b" }, appendAction: "OVERWRITE_IF_EXISTS_OR_ADD" },
      { header: { key: "x-empty" }, appendAction: "OVERWRITE_IF_EXISTS_OR_ADD", keepEmptyValue: true },
    ]);
  });

  it("puts a host header where Envoy takes one", () => {
    const check = httpCheck({ addHeaders: [{ name: "host", value: "a.example" }], setHeaders: [{ name: "host", value: "b.example" }] });
    const { host, requestHeadersToAdd } = healthCheck(healthCheckPlan({ check })).httpHealthCheck ?? {};
    assert.deepEqual({ host, requestHeadersToAdd }, { host: "b.example", requestHeadersToAdd: undefined });
  });
});

function withHttp(check: NonNullable<HealthCheckJson["httpHealthCheck"]> = http): HealthCheckJson {
  return { ...common, httpHealthCheck: check };
}
