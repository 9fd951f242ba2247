import type { JsonObject } from "../base/json.ts";
import type { Fields } from "./fields.ts";
import { compact } from "./output.ts";
import type { Findings } from "./remarks.ts";

/** Envoy's, which Istio leaves where it is not said. */
const defaultConsecutive = 5;

/** Reads Istio's OutlierDetection as a MeshCircuitBreaker's: what Istio makes of it, its defaults said where they differ. */
export function readOutlierDetection(outlier: Fields | undefined, findings: Findings): JsonObject | undefined {
  if (outlier === undefined) return undefined;
  const detectors = detectorsOf(outlier);
  const [interval, baseEjectionTime] = [outlier.duration("interval"), outlier.duration("baseEjectionTime")];
  const [maxEjectionPercent, minHealthPercent] = [outlier.count("maxEjectionPercent"), outlier.count("minHealthPercent")];
  if (detectors === undefined) {
    findings.remark("left", outlier.path, "nothing in it takes a host out");
    return undefined;
  }
  return {
    ...compact({ interval, baseEjectionTime, maxEjectionPercent: maxEjectionPercent === 0 ? undefined : maxEjectionPercent }),
    ...(outlier.flag("splitExternalLocalOriginErrors") === true ? { splitExternalAndLocalErrors: true } : {}),
    // Istio turns panic mode off, unless it is told when it begins.
    healthyPanicThreshold: minHealthPercent ?? 0,
    detectors,
  };
}

function detectorsOf(outlier: Fields): JsonObject | undefined {
  // `consecutiveErrors` is the name that `consecutiveGatewayErrors` had: with it, other errors did not count.
  const old = outlier.count("consecutiveErrors") ?? 0;
  const total = outlier.count("consecutive5xxErrors") ?? (old > 0 ? 0 : defaultConsecutive);
  const gateway = outlier.count("consecutiveGatewayErrors") ?? old;
  const local = outlier.count("consecutiveLocalOriginFailures") ?? 0;
  const isSplit = outlier.flag("splitExternalLocalOriginErrors") === true;
  return compact({
    totalFailures: consecutive(total),
    gatewayFailures: consecutive(gateway),
    localOriginFailures: isSplit ? consecutive(local > 0 ? local : defaultConsecutive) : undefined,
  });
}

function consecutive(count: number): JsonObject | undefined {
  return count === 0 ? undefined : { consecutive: count };
}
