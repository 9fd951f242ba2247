import assert from "node:assert/strict";
import { meshCircuitBreakerKind } from "./kind.ts";

function textsOf(spec: unknown): string[] {
  return meshCircuitBreakerKind.validate(spec).map(({ path, message }) => `${path}: ${message}`);
}

/** Of one conf, without the place where it stands. */
function texts(conf: unknown): string[] {
  return textsOf({ to: [{ targetRef: { kind: "Mesh" }, default: conf }] }).map((text) => text.replace(/^to\[0\]\.default\.?/, ""));
}

const atLeastOne = "at least one of: 'connectionLimits' or 'outlierDetection' should be configured";

describe("validating a MeshCircuitBreaker", () => {
  it("tells all that is wrong at once, in Kuma's words", () => {
    const conf = {
      connectionLimits: { maxConnections: 0, maxConnectionPools: -1, maxPendingRequests: 0, maxRetries: 0, maxRequests: 0 },
      outlierDetection: {
        interval: "0s",
        baseEjectionTime: "-1s",
        maxEjectionPercent: 101,
        healthyPanicThreshold: "many",
        detectors: {
          totalFailures: { consecutive: 0 },
          gatewayFailures: { consecutive: 0 },
          localOriginFailures: { consecutive: 0 },
          successRate: { minimumHosts: 0, requestVolume: 0, standardDeviationFactor: "x" },
          failurePercentage: { minimumHosts: 0, requestVolume: 0, threshold: 101 },
        },
      },
    };
    assert.deepEqual(texts(conf), [
      ...["maxConnections", "maxConnectionPools", "maxPendingRequests", "maxRetries", "maxRequests"].map((field) => `connectionLimits.${field}: must be greater than 0`),
      "outlierDetection.interval: must be greater than zero when defined",
      "outlierDetection.baseEjectionTime: must be greater than zero when defined",
      "outlierDetection.maxEjectionPercent: must be in inclusive range [0, 100]",
      "outlierDetection.healthyPanicThreshold: string must be a valid number",
      "outlierDetection.detectors.totalFailures.consecutive: must be greater than 0",
      "outlierDetection.detectors.gatewayFailures.consecutive: must be greater than 0",
      "outlierDetection.detectors.localOriginFailures.consecutive: must be greater than 0",
      "outlierDetection.detectors.successRate.minimumHosts: must be greater than 0",
      "outlierDetection.detectors.successRate.requestVolume: must be greater than 0",
      "outlierDetection.detectors.successRate.standardDeviationFactor: invalid number",
      "outlierDetection.detectors.failurePercentage.minimumHosts: must be greater than 0",
      "outlierDetection.detectors.failurePercentage.requestVolume: must be greater than 0",
      "outlierDetection.detectors.failurePercentage.threshold: must be in inclusive range [0, 100]",
    ]);
  });

  it("takes numbers as texts where they may have a fraction", () => {
    const factor = (standardDeviationFactor: unknown) => texts({ outlierDetection: { detectors: { successRate: { standardDeviationFactor } } } });
    for (const good of [2, "1.9", "0.5", ".5"]) assert.deepEqual(factor(good), []);
    for (const bad of [0, "0", "-1.5"]) assert.deepEqual(factor(bad), ["outlierDetection.detectors.successRate.standardDeviationFactor: must be greater than 0"]);
    const panic = (healthyPanicThreshold: unknown) => texts({ outlierDetection: { healthyPanicThreshold } });
    for (const good of [0, 100, "62.9"]) assert.deepEqual(panic(good), []);
    for (const bad of [101, "100.1", -1]) assert.deepEqual(panic(bad), ["outlierDetection.healthyPanicThreshold: must be in inclusive range [0.0, 100.0]"]);
  });

  it("wants something to do", () => {
    for (const conf of [undefined, {}]) assert.deepEqual(texts(conf), [`: ${atLeastOne}`]);
    assert.deepEqual(texts({ outlierDetection: {} }), ["outlierDetection.detectors: must be defined"]);
    const names = "totalFailures, gatewayFailures, localOriginFailures, successRate, failurePercentage";
    assert.deepEqual(texts({ outlierDetection: { detectors: {} } }), [`outlierDetection.detectors: must have at least one defined: ${names}`]);
  });

  it("wants no detector where none is meant: to switch others off, and for the panic threshold alone", () => {
    assert.deepEqual(texts({ outlierDetection: { disabled: true } }), []);
    assert.deepEqual(texts({ outlierDetection: { healthyPanicThreshold: 20 } }), []);
    assert.deepEqual(texts({ outlierDetection: { disabled: false, interval: "5s" } }), ["outlierDetection.detectors: must be defined"]);
  });

  it("refuses lists that do not go together, and a policy without any", () => {
    const item = { default: { connectionLimits: { maxRetries: 1 } } };
    assert.deepEqual(textsOf({}), [": at least one of 'from', 'to' or 'rules' has to be defined"]);
    assert.deepEqual(textsOf({ rules: [item], to: [{ targetRef: { kind: "Mesh" }, ...item }] }), [": fields 'to' and 'from' must be empty when 'rules' is defined"]);
    assert.deepEqual(textsOf({ from: [{ targetRef: { kind: "MeshService", name: "a" }, ...item }] }), ["from[0].targetRef.kind: value 'MeshService' is not supported"]);
    assert.deepEqual(textsOf({ to: [{ targetRef: { kind: "MeshHTTPRoute", name: "a" }, ...item }] }).length, 1);
    assert.deepEqual(textsOf({ rules: [{}, { default: { connectionLimits: { maxRetries: 0 } } }] }), [`rules[0].default: ${atLeastOne}`, "rules[1].default.connectionLimits.maxRetries: must be greater than 0"]);
  });

  it("takes a section of a Dataplane where something comes in", () => {
    const targetRef = { kind: "Dataplane", name: "web-1", sectionName: "http" };
    const conf = { connectionLimits: { maxRequests: 10 } };
    assert.deepEqual(textsOf({ targetRef, rules: [{ default: conf }] }), []);
    assert.deepEqual(textsOf({ targetRef, to: [{ targetRef: { kind: "Mesh" }, default: conf }] }), ["targetRef.sectionName: can only be used with inbound policies"]);
  });
});
