/** What holds where no policy says otherwise: Envoy's own, as MeshCircuitBreaker documents it. Filled in once, in the plan. */
export const meshCircuitBreakerDefaults = {
  intervalMs: 10_000,
  baseEjectionMs: 30_000,
  maxEjectionPercent: 10,
  consecutive: 5,
  panicThreshold: 50,
  successRate: { minimumHosts: 5, requestVolume: 100, deviationFactor: 1.9 },
  failurePercentage: { minimumHosts: 5, requestVolume: 50, thresholdPercent: 85 },
} as const;
