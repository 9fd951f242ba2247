export interface ConnectionLimits {
  readonly maxConnections?: number;
  readonly maxConnectionPools?: number;
  readonly maxPendingRequests?: number;
  readonly maxRetries?: number;
  readonly maxRequests?: number;
}

/** Ejects after so many failures in a row. */
export interface ConsecutiveDetector {
  readonly consecutive?: number;
}

export interface SuccessRateDetector {
  readonly minimumHosts?: number;
  readonly requestVolume?: number;
  /** Decimals as a text. */
  readonly standardDeviationFactor?: number | string;
}

export interface FailurePercentageDetector {
  readonly minimumHosts?: number;
  readonly requestVolume?: number;
  readonly threshold?: number;
}

/** A detector that is there is on, also when it says nothing. */
export interface Detectors {
  readonly totalFailures?: ConsecutiveDetector;
  readonly gatewayFailures?: ConsecutiveDetector;
  readonly localOriginFailures?: ConsecutiveDetector;
  readonly successRate?: SuccessRateDetector;
  readonly failurePercentage?: FailurePercentageDetector;
}

export interface OutlierDetection {
  readonly disabled?: boolean;
  readonly interval?: string;
  readonly baseEjectionTime?: string;
  readonly maxEjectionPercent?: number;
  readonly splitExternalAndLocalErrors?: boolean;
  readonly healthyPanicThreshold?: number | string;
  readonly detectors?: Detectors;
}

/** `default` of a valid MeshCircuitBreaker, also merged from several. Durations are texts in Go's syntax. */
export interface MeshCircuitBreakerConf {
  readonly connectionLimits?: ConnectionLimits;
  readonly outlierDetection?: OutlierDetection;
}

