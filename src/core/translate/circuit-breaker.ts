import { toProtoDuration } from "../base/duration.ts";
import type { CircuitBreakerPlan, ConnectionLimitsPlan, OutlierPlan } from "../model/circuit-breaker-plan.ts";
import type { CircuitBreakers_ThresholdsJson } from "../proto/envoy/config/cluster/v3/circuit_breaker_pb.ts";
import type { ClusterJson } from "../proto/envoy/config/cluster/v3/cluster_pb.ts";
import type { OutlierDetectionJson } from "../proto/envoy/config/cluster/v3/outlier_detection_pb.ts";

/** Limits and passive checks of a cluster (Envoy's `Cluster.circuit_breakers` and `Cluster.outlier_detection`). */
export function circuitBreakerPart({ limits, outliers }: CircuitBreakerPlan): Pick<ClusterJson, "circuitBreakers" | "outlierDetection"> {
  return {
    ...(limits !== undefined && { circuitBreakers: { thresholds: [thresholds(limits)] } }),
    ...(outliers !== undefined && { outlierDetection: outlierDetection(outliers) }),
  };
}

/** Of the default priority, the only one that is used. Who sets a limit wants to see how near it is. */
function thresholds({ maxConnections, maxPendingRequests, maxRequests, maxRetries, maxConnectionPools }: ConnectionLimitsPlan): CircuitBreakers_ThresholdsJson {
  return {
    ...(maxConnections !== undefined && { maxConnections }),
    ...(maxPendingRequests !== undefined && { maxPendingRequests }),
    ...(maxRequests !== undefined && { maxRequests }),
    ...(maxRetries !== undefined && { maxRetries }),
    trackRemaining: true,
    ...(maxConnectionPools !== undefined && { maxConnectionPools }),
  };
}

const always = 100;
const never = 0;

/** All is said, also what Envoy does anyway: some detectors are on by themselves, others are not, and a reader should not have to know which. */
function outlierDetection(plan: OutlierPlan): OutlierDetectionJson {
  const { consecutiveFailures, consecutiveGatewayFailures, consecutiveLocalFailures, successRate, failurePercentage } = plan;
  return {
    ...(consecutiveFailures !== undefined && { consecutive5xx: consecutiveFailures }),
    interval: toProtoDuration(plan.intervalMs),
    baseEjectionTime: toProtoDuration(plan.baseEjectionMs),
    maxEjectionPercent: plan.maxEjectionPercent,
    enforcingConsecutive5xx: enforced(consecutiveFailures),
    enforcingSuccessRate: enforced(successRate),
    ...(successRate !== undefined && {
      successRateMinimumHosts: successRate.minimumHosts,
      successRateRequestVolume: successRate.requestVolume,
      successRateStdevFactor: thousandths(successRate.deviationFactor),
    }),
    ...(consecutiveGatewayFailures !== undefined && { consecutiveGatewayFailure: consecutiveGatewayFailures }),
    enforcingConsecutiveGatewayFailure: enforced(consecutiveGatewayFailures),
    ...(plan.splitLocalErrors && { splitExternalLocalOriginErrors: true }),
    ...(consecutiveLocalFailures !== undefined && { consecutiveLocalOriginFailure: consecutiveLocalFailures }),
    enforcingConsecutiveLocalOriginFailure: enforced(consecutiveLocalFailures),
    enforcingLocalOriginSuccessRate: enforced(successRate),
    ...(failurePercentage !== undefined && { failurePercentageThreshold: failurePercentage.thresholdPercent }),
    enforcingFailurePercentage: enforced(failurePercentage),
    enforcingFailurePercentageLocalOrigin: enforced(failurePercentage),
    ...(failurePercentage !== undefined && {
      failurePercentageMinimumHosts: failurePercentage.minimumHosts,
      failurePercentageRequestVolume: failurePercentage.requestVolume,
    }),
    // An active check that passes would end an ejection at once: it asks another question than the traffic that failed.
    successfulActiveHealthCheckUnejectHost: false,
    alwaysEjectOneHost: plan.ejectAtLeastOne,
  };
}

function enforced(detector: unknown): number {
  return detector === undefined ? never : always;
}

const maxUint32 = 4_294_967_295;

/** Never 0, which would take out whoever is a little worse than the mean. */
function thousandths(factor: number): number {
  return Math.min(maxUint32, Math.max(1, Math.round(factor * 1000)));
}
