/** Limits of what goes to a destination (or an app) at once; absent: Envoy's own. */
export interface ConnectionLimitsPlan {
  readonly maxConnections?: number;
  readonly maxConnectionPools?: number;
  readonly maxPendingRequests?: number;
  readonly maxRetries?: number;
  readonly maxRequests?: number;
}

/** Passive checks: endpoints are taken out by how they answer traffic. A detector that is absent is off. */
export interface OutlierPlan {
  readonly intervalMs: number;
  readonly baseEjectionMs: number;
  readonly maxEjectionPercent: number;
  /** True: one endpoint may always go, however few there are. */
  readonly ejectAtLeastOne: boolean;
  readonly splitLocalErrors: boolean;
  readonly consecutiveFailures?: number;
  readonly consecutiveGatewayFailures?: number;
  readonly consecutiveLocalFailures?: number;
  readonly successRate?: { readonly minimumHosts: number; readonly requestVolume: number; readonly deviationFactor: number };
  readonly failurePercentage?: { readonly minimumHosts: number; readonly requestVolume: number; readonly thresholdPercent: number };
}

export interface CircuitBreakerPlan {
  readonly limits?: ConnectionLimitsPlan;
  readonly outliers?: OutlierPlan;
}
