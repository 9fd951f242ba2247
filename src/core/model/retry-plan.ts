/** Retries of requests or connections to one destination. Absent parts: nothing is tried again. */
export interface RetryPlan {
  /**
   * For HTTP and gRPC destinations: the first rule whose methods hold the request's method decides; a request that no rule takes is
   * not tried again. Sorted as they are to be asked.
   */
  readonly requests?: readonly RequestRetryPlan[];
  /** For TCP: how often a connection is attempted in all, at least 1. */
  readonly connectAttempts?: number;
}

export interface RequestRetryPlan {
  /** Methods that the rule is for; absent: any. */
  readonly methods?: readonly string[];
  /** Envoy-independent names of what is tried again, sorted (`connect-failure`, `reset`, …: the field's words, as in Envoy's `retry_on`). */
  readonly conditions: readonly string[];
  /** Statuses of answers that are tried again besides. */
  readonly statuses: readonly number[];
  /** At most so many tries after the first. */
  readonly retries: number;
  /** 0: none. Absent: none. */
  readonly perTryTimeoutMs?: number;
  readonly backOff?: { readonly baseMs: number; readonly maxMs?: number };
  readonly rateLimitedBackOff?: { readonly resetHeaders: readonly { readonly name: string; readonly format: "seconds" | "unix-timestamp" }[]; readonly maxMs?: number };
  readonly requestHeaders?: readonly HeaderMatchPlan[];
  readonly responseHeaders?: readonly HeaderMatchPlan[];
  readonly avoidPreviousHosts: boolean;
  readonly avoidHostsWithTags?: Readonly<Record<string, string>>;
  /** Every so many tries, priorities that were tried are left out. */
  readonly avoidPreviousPriorities?: { readonly updateFrequency: number };
  /** How often another host is looked for when one is to be avoided. */
  readonly hostSelectionAttempts?: number;
}

export interface HeaderMatchPlan {
  readonly name: string;
  readonly match: "exact" | "prefix" | "regex" | "present" | "absent";
  readonly value?: string;
}
