import type { RuleCase } from "./rule-case.ts";

const at = "spec.to[0].default";

function withConf(conf: unknown): unknown {
  return { to: [{ targetRef: { kind: "MeshService", name: "backend" }, default: conf }] };
}

function accepts(name: string, spec: unknown): RuleCase {
  return { kind: "MeshCircuitBreaker", name, spec, refused: [] };
}

function refuses(name: string, spec: unknown, ...refused: readonly string[]): RuleCase {
  return { kind: "MeshCircuitBreaker", name, spec, refused };
}

const limits = { connectionLimits: { maxRequests: 10 } };
const some = "at least one of: 'connectionLimits' or 'outlierDetection' should be configured";
const names = "totalFailures, gatewayFailures, localOriginFailures, successRate, failurePercentage";

/** What a MeshCircuitBreaker may and may not say. */
export const circuitBreakerRules: readonly RuleCase[] = [
  accepts("every field", withConf({
    connectionLimits: { maxConnections: 2, maxConnectionPools: 5, maxPendingRequests: 8, maxRetries: 2, maxRequests: 2 },
    outlierDetection: {
      disabled: false, interval: "5s", baseEjectionTime: "30s", maxEjectionPercent: 20, splitExternalAndLocalErrors: true, healthyPanicThreshold: "62.9",
      detectors: {
        totalFailures: { consecutive: 10 }, gatewayFailures: { consecutive: 10 }, localOriginFailures: { consecutive: 10 },
        successRate: { minimumHosts: 5, requestVolume: 10, standardDeviationFactor: "1.9" }, failurePercentage: { requestVolume: 10, minimumHosts: 5, threshold: 85 },
      },
    },
  })),
  accepts("nothing but a panic threshold", withConf({ outlierDetection: { healthyPanicThreshold: 0 } })),
  accepts("detection switched off", withConf({ outlierDetection: { disabled: true } })),
  accepts("rules for one inbound", { targetRef: { kind: "Dataplane", labels: { app: "web" }, sectionName: "http" }, rules: [{ default: limits }] }),
  { ...accepts("from, beside to, which in a namespace is two policies", { from: [{ targetRef: { kind: "Mesh" }, default: limits }], to: [{ targetRef: { kind: "Mesh" }, default: limits }] }), webhookRefuses: true },
  refuses("no list", {}, "spec: at least one of 'from', 'to' or 'rules' has to be defined"),
  refuses("rules beside to", { rules: [{ default: limits }], to: [{ targetRef: { kind: "Mesh" }, default: limits }] }, "spec: fields 'to' and 'from' must be empty when 'rules' is defined"),
  refuses("an empty conf", withConf({}), `${at}: ${some}`),
  refuses("no detectors", withConf({ outlierDetection: { interval: "5s" } }), `${at}.outlierDetection.detectors: must be defined`),
  refuses("no detector", withConf({ outlierDetection: { detectors: {} } }), `${at}.outlierDetection.detectors: must have at least one defined: ${names}`),
  refuses("numbers out of range", withConf({ connectionLimits: { maxConnections: 0 }, outlierDetection: { baseEjectionTime: "0s", maxEjectionPercent: 101, healthyPanicThreshold: "x", detectors: { successRate: { standardDeviationFactor: "0" } } } }),
    `${at}.connectionLimits.maxConnections: must be greater than 0`,
    `${at}.outlierDetection.baseEjectionTime: must be greater than zero when defined`,
    `${at}.outlierDetection.maxEjectionPercent: must be in inclusive range [0, 100]`,
    `${at}.outlierDetection.healthyPanicThreshold: string must be a valid number`,
    `${at}.outlierDetection.detectors.successRate.standardDeviationFactor: must be greater than 0`,
  ),
];
