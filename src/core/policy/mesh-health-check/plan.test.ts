import assert from "node:assert/strict";
import type { Protocol } from "../../model/plan.ts";
import { defaultCompatibility } from "../compatibility.ts";
import type { PlanContext } from "../kind.ts";
import { defaultPlanSettings } from "../plan-settings.ts";
import type { CheckBlock, MeshHealthCheckConf } from "./conf.ts";
import { planMeshHealthCheck } from "./plan.ts";

type State = "absent" | "on" | "off";
const states: readonly State[] = ["absent", "on", "off"];

function block(name: "http" | "tcp" | "grpc", state: State): Readonly<Record<string, CheckBlock>> {
  if (state === "absent") return {};
  return { [name]: state === "on" ? {} : { disabled: true } };
}

function plan(conf: MeshHealthCheckConf, protocol: Protocol = "http", more: Partial<PlanContext> = {}) {
  return planMeshHealthCheck(conf, { protocol, ...defaultPlanSettings, ...more });
}

/** What the truth table of MeshHealthCheck says, written as its rows: specific block, then TCP absent, on, off. */
const rows: Readonly<Record<State, readonly [string, string, string]>> = {
  absent: ["none", "none", "none"],
  on: ["specific", "specific", "specific"],
  off: ["none", "tcp", "none"],
};

describe("planMeshHealthCheck: which check", () => {
  for (const protocol of ["http", "http2", "grpc"] as const) {
    const specific = protocol === "grpc" ? "grpc" : "http";
    const irrelevant = protocol === "grpc" ? "http" : "grpc";
    for (const own of states) {
      states.forEach((tcp, column) => {
        for (const other of states) {
          const expected = rows[own][column] === "specific" ? specific : rows[own][column];
          it(`${protocol}: ${specific} ${own}, tcp ${tcp}, ${irrelevant} ${other}: ${expected}`, () => {
            const { healthCheck } = plan({ ...block(specific, own), ...block("tcp", tcp), ...block(irrelevant, other) }, protocol);
            assert.equal(healthCheck?.check.kind ?? "none", expected);
          });
        }
      });
    }
  }

  it("tcp: only a TCP block that is on, whatever the others say", () => {
    for (const tcp of states) {
      for (const http of states) {
        const { healthCheck } = plan({ ...block("tcp", tcp), ...block("http", http), ...block("grpc", "on") }, "tcp");
        assert.equal(healthCheck?.check.kind, tcp === "on" ? "tcp" : undefined);
      }
    }
  });

  for (const protocol of ["kafka", "tls", "mysql", "unknown"] as const) {
    it(`${protocol}: never`, () => assert.deepEqual(plan({ tcp: {}, http: {}, grpc: {} }, protocol), {}));
  }
});

describe("planMeshHealthCheck: what it says", () => {
  it("fills every documented default", () => {
    assert.deepEqual(plan({ http: {} }), {
      healthCheck: {
        intervalMs: 60_000,
        timeoutMs: 15_000,
        unhealthyThreshold: 5,
        healthyThreshold: 1,
        noTrafficIntervalMs: 60_000,
        alwaysLogHealthCheckFailures: false,
        reuseConnection: true,
        check: {
          kind: "http",
          path: "/",
          httpVersion: 1,
          expectedStatuses: [200],
          otherStatuses: "count-to-threshold",
          addHeaders: [],
          setHeaders: [],
        },
      },
    });
  });

  it("takes over every field", () => {
    const conf: MeshHealthCheckConf = {
      interval: "10s",
      timeout: "2s",
      unhealthyThreshold: 3,
      healthyThreshold: 2,
      initialJitter: "13s",
      intervalJitter: "15s",
      intervalJitterPercent: 10,
      healthyPanicThreshold: "62.9",
      failTrafficOnPanic: true,
      noTrafficInterval: "16s",
      eventLogPath: "/tmp/log.txt",
      alwaysLogHealthCheckFailures: true,
      reuseConnection: false,
      http: {
        path: "/health",
        expectedStatuses: [200, 201],
        requestHeadersToAdd: { add: [{ name: "x-a", value: "1, 2" }], set: [{ name: "x-s", value: "a, b" }] },
      },
    };
    assert.deepEqual(plan(conf, "http", { httpVersion: 2, compatibility: { ...defaultCompatibility, httpStatusThreshold: "first-failure" } }), {
      healthCheck: {
        intervalMs: 10_000,
        timeoutMs: 2_000,
        unhealthyThreshold: 3,
        healthyThreshold: 2,
        initialJitterMs: 13_000,
        intervalJitterMs: 15_000,
        intervalJitterPercent: 10,
        noTrafficIntervalMs: 16_000,
        eventLogPath: "/tmp/log.txt",
        alwaysLogHealthCheckFailures: true,
        reuseConnection: false,
        check: {
          kind: "http",
          path: "/health",
          httpVersion: 2,
          expectedStatuses: [200, 201],
          otherStatuses: "eject-at-once",
          addHeaders: [{ name: "x-a", value: "1" }, { name: "x-a", value: " 2" }],
          setHeaders: [{ name: "x-s", value: "a, b" }],
        },
      },
      panic: { thresholdPercent: 62.9, failTraffic: true },
    });
  });

  it("applies panic settings also where nothing is checked, and 0 and false are settings", () => {
    assert.deepEqual(plan({ healthyPanicThreshold: 0, failTrafficOnPanic: false, tcp: {} }, "kafka"), {
      panic: { thresholdPercent: 0, failTraffic: false },
    });
  });

  it("takes an empty event log path for none, and empty statuses for the default", () => {
    const { healthCheck } = plan({ eventLogPath: "", http: { expectedStatuses: [] } });
    assert.ok(healthCheck !== undefined && !("eventLogPath" in healthCheck));
    assert.deepEqual(healthCheck.check.kind === "http" && healthCheck.check.expectedStatuses, [200]);
  });

  it("decodes TCP payloads, or sends them as they stand", () => {
    const conf: MeshHealthCheckConf = { tcp: { send: "cGluZwo=", receive: ["cG9uZw=="] } };
    assert.deepEqual(plan(conf, "tcp").healthCheck?.check, { kind: "tcp", sendHex: "70696e670a", receiveHex: ["706f6e67"] });
    const text = { compatibility: { ...defaultCompatibility, tcpPayload: "text" as const } };
    assert.deepEqual(plan({ tcp: { send: "cGluZwo=" } }, "tcp", text).healthCheck?.check, { kind: "tcp", sendHex: "63476c755a776f3d", receiveHex: [] });
    assert.deepEqual(plan({ tcp: {} }, "tcp").healthCheck?.check, { kind: "tcp", receiveHex: [] });
  });

  it("asks for the whole server, by the cluster's name, unless told otherwise", () => {
    assert.deepEqual(plan({ grpc: {} }, "grpc").healthCheck?.check, { kind: "grpc", serviceName: "", authority: "" });
    assert.deepEqual(plan({ grpc: { serviceName: "a.B", authority: "x" } }, "grpc").healthCheck?.check, { kind: "grpc", serviceName: "a.B", authority: "x" });
  });
});
