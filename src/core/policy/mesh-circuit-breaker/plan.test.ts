import assert from "node:assert/strict";
import type { MeshCircuitBreakerConf, OutlierDetection } from "./conf.ts";
import { planMeshCircuitBreaker } from "./plan.ts";

const defaults = { intervalMs: 10_000, baseEjectionMs: 30_000, maxEjectionPercent: 10, ejectAtLeastOne: true, splitLocalErrors: false };

function outliersOf(outlierDetection: OutlierDetection) {
  return planMeshCircuitBreaker({ outlierDetection }).circuitBreaker?.outliers;
}

describe("planning a MeshCircuitBreaker", () => {
  it("has the limits that are set, and no others", () => {
    const connectionLimits = { maxConnections: 2, maxConnectionPools: 5, maxPendingRequests: 3, maxRetries: 1, maxRequests: 4 };
    assert.deepEqual(planMeshCircuitBreaker({ connectionLimits }), { circuitBreaker: { limits: connectionLimits } });
    assert.deepEqual(planMeshCircuitBreaker({ connectionLimits: { maxRetries: 9 } }), { circuitBreaker: { limits: { maxRetries: 9 } } });
    for (const empty of [{}, { connectionLimits: {} }, { outlierDetection: {} }] satisfies MeshCircuitBreakerConf[]) assert.deepEqual(planMeshCircuitBreaker(empty), {});
  });

  it("fills what is not said as Envoy would", () => {
    assert.deepEqual(outliersOf({ detectors: { totalFailures: { consecutive: 10 } } }), { ...defaults, consecutiveFailures: 10 });
    assert.deepEqual(outliersOf({ detectors: { successRate: {}, failurePercentage: {} } }), {
      ...defaults,
      successRate: { minimumHosts: 5, requestVolume: 100, deviationFactor: 1.9 },
      failurePercentage: { minimumHosts: 5, requestVolume: 50, thresholdPercent: 85 },
    });
  });

  it("has every field as it is set", () => {
    const all: OutlierDetection = {
      disabled: false,
      interval: "5s",
      baseEjectionTime: "1m",
      maxEjectionPercent: 40,
      splitExternalAndLocalErrors: true,
      healthyPanicThreshold: "62.9",
      detectors: {
        totalFailures: { consecutive: 1 },
        gatewayFailures: { consecutive: 2 },
        localOriginFailures: { consecutive: 3 },
        successRate: { minimumHosts: 4, requestVolume: 5, standardDeviationFactor: "1.5" },
        failurePercentage: { minimumHosts: 6, requestVolume: 7, threshold: 8 },
      },
    };
    assert.deepEqual(planMeshCircuitBreaker({ outlierDetection: all }), {
      circuitBreaker: {
        outliers: {
          intervalMs: 5_000,
          baseEjectionMs: 60_000,
          maxEjectionPercent: 40,
          ejectAtLeastOne: true,
          splitLocalErrors: true,
          consecutiveFailures: 1,
          consecutiveGatewayFailures: 2,
          consecutiveLocalFailures: 3,
          successRate: { minimumHosts: 4, requestVolume: 5, deviationFactor: 1.5 },
          failurePercentage: { minimumHosts: 6, requestVolume: 7, thresholdPercent: 8 },
        },
      },
      panic: { thresholdPercent: 62.9 },
    });
  });

  it("takes a detector that says nothing for one that is on", () => {
    assert.deepEqual(outliersOf({ detectors: { totalFailures: {}, gatewayFailures: {}, localOriginFailures: {} } }), {
      ...defaults,
      consecutiveFailures: 5,
      consecutiveGatewayFailures: 5,
      consecutiveLocalFailures: 5,
    });
  });

  it("takes nobody out where it is disabled, or nothing may be out; the panic threshold holds all the same", () => {
    const detectors = { totalFailures: { consecutive: 1 } };
    assert.deepEqual(planMeshCircuitBreaker({ outlierDetection: { disabled: true, detectors, healthyPanicThreshold: 0 } }), { panic: { thresholdPercent: 0 } });
    assert.deepEqual(planMeshCircuitBreaker({ outlierDetection: { healthyPanicThreshold: 20 } }), { panic: { thresholdPercent: 20 } });
    assert.equal(outliersOf({ maxEjectionPercent: 0, detectors })?.ejectAtLeastOne, false);
  });
});
