import assert from "node:assert/strict";
import type { OutlierPlan } from "../model/circuit-breaker-plan.ts";
import { circuitBreakerPart } from "./circuit-breaker.ts";

const outliers: OutlierPlan = { intervalMs: 10_000, baseEjectionMs: 30_000, maxEjectionPercent: 10, ejectAtLeastOne: true, splitLocalErrors: false };

describe("a circuit breaker in Envoy's words", () => {
  it("has limits for the default priority, and shows what is left of them", () => {
    assert.deepEqual(circuitBreakerPart({ limits: { maxConnections: 1, maxPendingRequests: 2, maxRequests: 3, maxRetries: 4, maxConnectionPools: 5 } }), {
      circuitBreakers: { thresholds: [{ maxConnections: 1, maxPendingRequests: 2, maxRequests: 3, maxRetries: 4, trackRemaining: true, maxConnectionPools: 5 }] },
    });
    assert.deepEqual(circuitBreakerPart({ limits: { maxRetries: 10 } }), { circuitBreakers: { thresholds: [{ maxRetries: 10, trackRemaining: true }] } });
  });

  it("switches off every detector that nobody asked for, and lets no passing check end an ejection", () => {
    assert.deepEqual(circuitBreakerPart({ outliers: { ...outliers, consecutiveFailures: 3 } }), {
      outlierDetection: {
        consecutive5xx: 3,
        interval: "10s",
        baseEjectionTime: "30s",
        maxEjectionPercent: 10,
        enforcingConsecutive5xx: 100,
        enforcingSuccessRate: 0,
        enforcingConsecutiveGatewayFailure: 0,
        enforcingConsecutiveLocalOriginFailure: 0,
        enforcingLocalOriginSuccessRate: 0,
        enforcingFailurePercentage: 0,
        enforcingFailurePercentageLocalOrigin: 0,
        successfulActiveHealthCheckUnejectHost: false,
        alwaysEjectOneHost: true,
      },
    });
  });

  it("switches on all others for both kinds of failure", () => {
    const all: OutlierPlan = {
      ...outliers,
      splitLocalErrors: true,
      consecutiveGatewayFailures: 1,
      consecutiveLocalFailures: 2,
      successRate: { minimumHosts: 3, requestVolume: 4, deviationFactor: 1.9 },
      failurePercentage: { minimumHosts: 5, requestVolume: 6, thresholdPercent: 7 },
    };
    const { outlierDetection = {} } = circuitBreakerPart({ outliers: all });
    const enforcing = Object.fromEntries(Object.entries(outlierDetection).filter(([name]) => name.startsWith("enforcing")));
    assert.deepEqual(enforcing, {
      enforcingConsecutive5xx: 0,
      enforcingSuccessRate: 100,
      enforcingConsecutiveGatewayFailure: 100,
      enforcingConsecutiveLocalOriginFailure: 100,
      enforcingLocalOriginSuccessRate: 100,
      enforcingFailurePercentage: 100,
      enforcingFailurePercentageLocalOrigin: 100,
    });
    assert.equal(outlierDetection.splitExternalLocalOriginErrors, true);
    assert.equal(outlierDetection.successRateStdevFactor, 1900);
    assert.equal(outlierDetection.failurePercentageThreshold, 7);
  });

  it("keeps a factor within what Envoy can read", () => {
    const factorOf = (deviationFactor: number) => circuitBreakerPart({ outliers: { ...outliers, successRate: { minimumHosts: 1, requestVolume: 1, deviationFactor } } }).outlierDetection?.successRateStdevFactor;
    assert.deepEqual([factorOf(0.0001), factorOf(1e30)], [1, 4_294_967_295]);
  });
});
