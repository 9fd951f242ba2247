import { deepFreeze } from "../../base/deep-freeze.ts";
import { withoutUndefined } from "../../base/without-undefined.ts";
import type { CircuitBreakerPlan, ConnectionLimitsPlan, OutlierPlan } from "../../model/circuit-breaker-plan.ts";
import type { PanicPlan } from "../../model/plan.ts";
import type { PlannedConf } from "../kind.ts";
import { durationMs } from "../duration-ms.ts";
import type { ConsecutiveDetector, Detectors, MeshCircuitBreakerConf, OutlierDetection } from "./conf.ts";
import { meshCircuitBreakerDefaults as defaults } from "./defaults.ts";

/**
 * What a merged conf means for a destination, or for the app behind an inbound: the same. The panic threshold holds with and without
 * detectors, and where outlier detection is disabled: it says what becomes of endpoints that checks take out, too.
 */
export function planMeshCircuitBreaker({ connectionLimits, outlierDetection = {} }: MeshCircuitBreakerConf): Pick<PlannedConf, "circuitBreaker" | "panic"> {
  const limits = planLimits(connectionLimits ?? {});
  const outliers = planOutliers(outlierDetection);
  const panic = planPanic(outlierDetection);
  const circuitBreaker: CircuitBreakerPlan = withoutUndefined({ limits, outliers });
  return deepFreeze({
    ...(limits === undefined && outliers === undefined ? {} : { circuitBreaker }),
    ...(panic === undefined ? {} : { panic }),
  });
}

function planLimits({ maxConnections, maxConnectionPools, maxPendingRequests, maxRetries, maxRequests }: ConnectionLimitsPlan): ConnectionLimitsPlan | undefined {
  const limits = withoutUndefined({ maxConnections, maxConnectionPools, maxPendingRequests, maxRetries, maxRequests });
  return Object.keys(limits).length === 0 ? undefined : limits;
}

function planOutliers({ disabled, detectors = {}, ...conf }: OutlierDetection): OutlierPlan | undefined {
  const found = planDetectors(detectors);
  if (disabled === true || Object.keys(found).length === 0) return undefined;
  const maxEjectionPercent = conf.maxEjectionPercent ?? defaults.maxEjectionPercent;
  return {
    intervalMs: durationMs(conf.interval) ?? defaults.intervalMs,
    baseEjectionMs: durationMs(conf.baseEjectionTime) ?? defaults.baseEjectionMs,
    maxEjectionPercent,
    // As the field is documented. By the share alone, nothing would ever go where there are fewer than ten endpoints and no share is set.
    ejectAtLeastOne: maxEjectionPercent > 0,
    splitLocalErrors: conf.splitExternalAndLocalErrors === true,
    ...found,
  };
}

type DetectorsPlan = Pick<OutlierPlan, "consecutiveFailures" | "consecutiveGatewayFailures" | "consecutiveLocalFailures" | "successRate" | "failurePercentage">;

function planDetectors({ totalFailures, gatewayFailures, localOriginFailures, successRate, failurePercentage }: Detectors): DetectorsPlan {
  return withoutUndefined({
    consecutiveFailures: consecutive(totalFailures),
    consecutiveGatewayFailures: consecutive(gatewayFailures),
    consecutiveLocalFailures: consecutive(localOriginFailures),
    successRate: successRate === undefined ? undefined : planSuccessRate(successRate),
    failurePercentage: failurePercentage === undefined ? undefined : planFailurePercentage(failurePercentage),
  });
}

function consecutive(detector: ConsecutiveDetector | undefined): number | undefined {
  return detector === undefined ? undefined : (detector.consecutive ?? defaults.consecutive);
}

function planSuccessRate({ minimumHosts, requestVolume, standardDeviationFactor }: NonNullable<Detectors["successRate"]>): NonNullable<OutlierPlan["successRate"]> {
  const { successRate } = defaults;
  return {
    minimumHosts: minimumHosts ?? successRate.minimumHosts,
    requestVolume: requestVolume ?? successRate.requestVolume,
    deviationFactor: standardDeviationFactor === undefined ? successRate.deviationFactor : Number(standardDeviationFactor),
  };
}

function planFailurePercentage({ minimumHosts, requestVolume, threshold }: NonNullable<Detectors["failurePercentage"]>): NonNullable<OutlierPlan["failurePercentage"]> {
  const { failurePercentage } = defaults;
  return {
    minimumHosts: minimumHosts ?? failurePercentage.minimumHosts,
    requestVolume: requestVolume ?? failurePercentage.requestVolume,
    thresholdPercent: threshold ?? failurePercentage.thresholdPercent,
  };
}

function planPanic({ healthyPanicThreshold: threshold }: OutlierDetection): PanicPlan | undefined {
  return threshold === undefined ? undefined : { thresholdPercent: Number(threshold) };
}
