/** Retries of requests or connections to one destination. Absent parts: nothing is tried again. */
export interface RetryPlan {
  /**
   * For HTTP and gRPC destinations: the first rule that is for the request's method decides; a request that no rule is for is not
   * tried again. A rule for any method is the last.
   */
  readonly requests?: readonly RequestRetryPlan[];
  /** For TCP: how often a connection is attempted in all, at least 1. */
  readonly connectAttempts?: number;
}

export interface RequestRetryPlan {
  /** Methods that the rule is for; absent: any. */
  readonly methods?: readonly string[];
  /** What is tried again, each once, in the order in which a policy writes it: the field's words (`connect-failure`, `reset`, …), which Envoy has too. */
  readonly conditions: readonly string[];
  /** Statuses of answers that are tried again besides, sorted; there only together with the condition `retriable-status-codes`. */
  readonly statuses: readonly number[];
  /** At most so many tries after the first. */
  readonly retries: number;
  /** Greater than 0. Absent: a try may take as long as the request. */
  readonly perTryTimeoutMs?: number;
  /** Both greater than 0, and the second no less than the first. Absent: Envoy's own, 25 ms to 250 ms. */
  readonly backOff?: { readonly baseMs: number; readonly maxMs?: number };
  /** How long to wait is read from a header of the answer. At least one header. */
  readonly rateLimitedBackOff?: { readonly resetHeaders: readonly { readonly name: string; readonly format: "seconds" | "unix-timestamp" }[]; readonly maxMs?: number };
  /** Only requests in which one of these holds. */
  readonly requestHeaders?: readonly HeaderMatchPlan[];
  /** Answers in which one of these holds; there only together with the condition `retriable-headers`. */
  readonly responseHeaders?: readonly HeaderMatchPlan[];
  readonly avoidPreviousHosts: boolean;
  /** Endpoints that have all tags of one of these. */
  readonly avoidHostsWithTags?: readonly Readonly<Record<string, string>>[];
  /** After every so many tries, priorities that were tried are left out. */
  readonly avoidPreviousPriorities?: { readonly updateFrequency: number };
  /** How often another host is looked for when one is to be avoided. */
  readonly hostSelectionAttempts?: number;
}

export interface HeaderMatchPlan {
  readonly name: string;
  readonly match: "exact" | "prefix" | "regex" | "present" | "absent";
  readonly value?: string;
}
