/** A conf of one kind of policy in which everything is said, and another value for each field that there is. */
export interface PolicyEdits {
  readonly base: object;
  readonly edits: Readonly<Record<string, unknown>>;
  /** Fields that Envoy has only in a listener: the only ones whose edit may change one. */
  readonly inListener: readonly string[];
}

const count = (path: string, names: readonly string[]): Readonly<Record<string, number>> => Object.fromEntries(names.map((name) => [`${path}.${name}`, 77]));

const healthCheck: PolicyEdits = {
  base: {
    interval: "10s", timeout: "2s", unhealthyThreshold: 3, healthyThreshold: 1,
    http: { path: "/" }, tcp: { send: "AA==", receive: ["AA=="] }, grpc: { serviceName: "x" },
  },
  edits: {
    interval: "11s", timeout: "3s", unhealthyThreshold: 4, healthyThreshold: 2, initialJitter: "1s", intervalJitter: "2s", intervalJitterPercent: 7,
    healthyPanicThreshold: 20, failTrafficOnPanic: true, noTrafficInterval: "5s", eventLogPath: "/tmp/events", alwaysLogHealthCheckFailures: true,
    reuseConnection: false, "tcp.disabled": true, "tcp.send": "AQ==", "tcp.receive": ["AQ=="], "http.disabled": true, "http.path": "/healthy",
    "http.requestHeadersToAdd.set": [{ name: "x-a", value: "1" }], "http.requestHeadersToAdd.add": [{ name: "x-b", value: "2" }],
    "http.expectedStatuses": [200, 204], "grpc.disabled": true, "grpc.serviceName": "y", "grpc.authority": "payment.local",
  },
  inListener: [],
};

const timeout: PolicyEdits = {
  base: { connectionTimeout: "1s", idleTimeout: "2s", http: { requestTimeout: "3s", streamIdleTimeout: "4s", maxStreamDuration: "5s", maxConnectionDuration: "6s", requestHeadersTimeout: "7s" } },
  edits: {
    connectionTimeout: "9s", idleTimeout: "9s",
    ...Object.fromEntries(["requestTimeout", "streamIdleTimeout", "maxStreamDuration", "maxConnectionDuration", "requestHeadersTimeout"].map((name) => [`http.${name}`, "9s"])),
  },
  inListener: ["idleTimeout", "http.requestHeadersTimeout"],
};

const consecutive = { consecutive: 3 };
const circuitBreaker: PolicyEdits = {
  base: {
    connectionLimits: { maxConnections: 9, maxConnectionPools: 9, maxPendingRequests: 9, maxRetries: 9, maxRequests: 9 },
    outlierDetection: {
      interval: "5s", baseEjectionTime: "9s", maxEjectionPercent: 20, splitExternalAndLocalErrors: true, healthyPanicThreshold: 30,
      detectors: {
        totalFailures: consecutive, gatewayFailures: consecutive, localOriginFailures: consecutive,
        successRate: { minimumHosts: 3, requestVolume: 9, standardDeviationFactor: "1.5" }, failurePercentage: { minimumHosts: 3, requestVolume: 9, threshold: 50 },
      },
    },
  },
  edits: {
    ...count("connectionLimits", ["maxConnections", "maxConnectionPools", "maxPendingRequests", "maxRetries", "maxRequests"]),
    "outlierDetection.disabled": true, "outlierDetection.interval": "6s", "outlierDetection.baseEjectionTime": "10s",
    "outlierDetection.splitExternalAndLocalErrors": false, ...count("outlierDetection", ["maxEjectionPercent", "healthyPanicThreshold"]),
    ...count("outlierDetection.detectors", ["totalFailures.consecutive", "gatewayFailures.consecutive", "localOriginFailures.consecutive"]),
    ...count("outlierDetection.detectors.successRate", ["minimumHosts", "requestVolume"]), "outlierDetection.detectors.successRate.standardDeviationFactor": "2.5",
    ...count("outlierDetection.detectors.failurePercentage", ["minimumHosts", "requestVolume", "threshold"]),
  },
  inListener: [],
};

const requests = {
  numRetries: 2, perTryTimeout: "1s", backOff: { baseInterval: "1s", maxInterval: "5s" },
  rateLimitedBackOff: { resetHeaders: [{ name: "retry-after", format: "Seconds" }], maxInterval: "9s" },
};
const header = (name: string): readonly object[] => [{ name, type: "Present" }];
const requestEdits = (block: string): Readonly<Record<string, unknown>> => ({
  [`${block}.numRetries`]: 3, [`${block}.perTryTimeout`]: "2s", [`${block}.backOff.baseInterval`]: "2s", [`${block}.backOff.maxInterval`]: "6s",
  [`${block}.rateLimitedBackOff.resetHeaders`]: [{ name: "x-reset", format: "UnixTimestamp" }], [`${block}.rateLimitedBackOff.maxInterval`]: "8s",
});
const retry: PolicyEdits = {
  base: {
    tcp: { maxConnectAttempt: 2 },
    http: {
      ...requests, retryOn: ["5xx"], retriableRequestHeaders: header("x-a"), retriableResponseHeaders: header("x-b"),
      hostSelection: [{ predicate: "OmitPreviousHosts" }], hostSelectionMaxAttempts: 3,
    },
    grpc: { ...requests, retryOn: ["Unavailable"] },
  },
  edits: {
    "tcp.maxConnectAttempt": 3, ...requestEdits("http"), ...requestEdits("grpc"), "http.retryOn": ["Reset", "503", "HttpMethodGet"], "grpc.retryOn": ["Canceled"],
    "http.retriableRequestHeaders": header("x-c"), "http.retriableResponseHeaders": header("x-d"),
    "http.hostSelection": [{ predicate: "OmitPreviousPriorities", updateFrequency: 3 }, { predicate: "OmitPreviousHosts" }], "http.hostSelectionMaxAttempts": 4,
  },
  inListener: ["tcp.maxConnectAttempt"],
};

const tls: PolicyEdits = {
  base: { mode: "Strict", tlsVersion: { min: "TLS12", max: "TLS13" }, tlsCiphers: ["ECDHE-RSA-AES128-GCM-SHA256"] },
  edits: { mode: "Permissive", "tlsVersion.min": "TLS13", "tlsVersion.max": "TLS12", tlsCiphers: ["ECDHE-RSA-AES256-GCM-SHA384"] },
  inListener: ["mode", "tlsVersion.min", "tlsVersion.max", "tlsCiphers"],
};

const caller = (service: string): readonly object[] => [{ spiffeID: { type: "Exact", value: `spiffe://default/${service}` } }];
const permission: PolicyEdits = {
  base: { allow: caller("web"), allowWithShadowDeny: caller("batch"), deny: caller("cache") },
  edits: { allow: caller("shop"), allowWithShadowDeny: caller("shop"), deny: caller("shop") },
  inListener: [],
};

/** For every kind of policy. `from` of a MeshTrafficPermission speaks of callers, so that it has a conf of its own. */
export const policyEdits: Readonly<Record<string, PolicyEdits>> = {
  MeshHealthCheck: healthCheck,
  MeshTimeout: timeout,
  MeshCircuitBreaker: circuitBreaker,
  MeshRetry: retry,
  MeshTLS: tls,
  MeshTrafficPermission: permission,
  "MeshTrafficPermission from": { base: { action: "Allow" }, edits: { action: "Deny" }, inListener: [] },
};
