import assert from "node:assert/strict";
import type { Policy, PolicySpec } from "../../model/target-ref.ts";
import type { NoticeContext } from "../kind.ts";
import { defaultPlanSettings } from "../plan-settings.ts";
import type { MeshCircuitBreakerConf } from "./conf.ts";
import { inboundNotices, outboundNotices } from "./conf-notices.ts";
import { meshCircuitBreakerNotices } from "./notices.ts";

function staticallyTold(spec: PolicySpec): string[] {
  const policy: Policy = { kind: "MeshCircuitBreaker", mesh: "default", name: "p", labels: {}, spec };
  return meshCircuitBreakerNotices(policy).map(({ code, path }) => `${code} at ${path}`);
}

function told(conf: MeshCircuitBreakerConf, context: Partial<NoticeContext> = {}): string[] {
  return outboundNotices(conf, { protocol: "http", httpVersion: 2, endpoints: 20, ...defaultPlanSettings, ...context }).map(({ code, message }) => `${code}: ${message}`);
}

const five = { totalFailures: { consecutive: 5 } };

describe("notices of a MeshCircuitBreaker", () => {
  it("tells of what Kuma does not do", () => {
    const silent: PolicySpec = { rules: [{ default: { outlierDetection: { detectors: { totalFailures: {}, successRate: {} } } } }] };
    assert.deepEqual(staticallyTold(silent), ["unlike-kuma at spec.rules[0].default.outlierDetection.detectors.totalFailures"]);
    const disabled: PolicySpec = { to: [{ targetRef: { kind: "Mesh" }, default: { outlierDetection: { disabled: true, healthyPanicThreshold: 10, detectors: { gatewayFailures: {} } } } }] };
    assert.deepEqual(staticallyTold(disabled), ["unlike-kuma at spec.to[0].default.outlierDetection.healthyPanicThreshold"]);
    assert.deepEqual(staticallyTold({ to: [{ targetRef: { kind: "Mesh" }, default: { outlierDetection: { detectors: five, healthyPanicThreshold: 10 } } }] }), []);
  });

  it("is silent where all does what it seems to", () => {
    assert.deepEqual(told({ connectionLimits: { maxConnections: 5, maxRequests: 10 }, outlierDetection: { detectors: five } }), []);
    assert.deepEqual(outboundNotices({ connectionLimits: { maxConnections: 5 } }, { protocol: "tcp", ...defaultPlanSettings }), []);
  });

  it("tells of limits that bind nothing", () => {
    const tcp: NoticeContext = { protocol: "tcp", endpoints: 20, ...defaultPlanSettings };
    const messages = (conf: MeshCircuitBreakerConf) => outboundNotices(conf, tcp).map(({ message }) => message);
    assert.match(messages({ connectionLimits: { maxRequests: 1, maxRetries: 1 } })[0] ?? "", /^maxRequests and maxRetries do nothing, because the protocol is tcp/);
    assert.match(told({ connectionLimits: { maxConnections: 1 } })[0] ?? "", /^inert-setting: maxConnections hardly ever binds/);
    assert.deepEqual(told({ connectionLimits: { maxConnections: 1 } }, { httpVersion: 1, external: true }), []);
  });

  it("tells of detectors that take nobody out", () => {
    assert.match(told({ outlierDetection: { maxEjectionPercent: 0, detectors: five } })[0] ?? "", /^inert-setting: maxEjectionPercent is 0/);
    assert.match(told({ outlierDetection: { detectors: { localOriginFailures: { consecutive: 1 } } } })[0] ?? "", /^inert-setting: localOriginFailures does nothing without/);
    assert.match(told({ outlierDetection: { maxEjectionPercent: 50, detectors: { successRate: {} } } }, { endpoints: 3 })[0] ?? "", /^inert-setting: successRate does nothing, because there are fewer endpoints/);
    assert.deepEqual(told({ outlierDetection: { disabled: true, maxEjectionPercent: 0, detectors: { localOriginFailures: {} } } }), []);
  });

  it("tells of few endpoints: that one goes where in Kuma none does, and that the last goes nowhere", () => {
    assert.match(told({ outlierDetection: { detectors: five } }, { endpoints: 9 })[0] ?? "", /^unlike-kuma: maxEjectionPercent of so few/);
    assert.deepEqual(told({ outlierDetection: { detectors: five } }, { endpoints: 10 }), []);
    assert.deepEqual(told({ outlierDetection: { detectors: five } }, { endpoints: 0 }), []);
    assert.match(told({ outlierDetection: { detectors: five } }, { endpoints: 1 })[0] ?? "", /^inert-setting: there is only one endpoint/);
    assert.deepEqual(told({ outlierDetection: { detectors: five, healthyPanicThreshold: 0 } }, { endpoints: 1 }), []);
  });

  it("takes the app behind an inbound for one endpoint, which may have many connections", () => {
    const messages = inboundNotices({ connectionLimits: { maxConnections: 1 }, outlierDetection: { detectors: five } }, { protocol: "http", httpVersion: 2 });
    assert.deepEqual(messages.map(({ message }) => message.slice(0, 26)), ["there is only one endpoint"]);
  });
});
