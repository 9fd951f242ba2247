/**
 * How long things may take, in milliseconds, towards one destination or from one inbound to its app. 0: no limit. Where it is planned,
 * every default is filled: `connectMs` and `idleMs` always, `requestMs` and `streamIdleMs` for HTTP; absent otherwise: no limit.
 */
export interface TimeoutPlan {
  readonly connectMs?: number;
  /** A connection (HTTP) without a request, or a TCP connection without a byte. */
  readonly idleMs?: number;
  /** From the whole request until the whole answer. */
  readonly requestMs?: number;
  /** True: nobody said `requestMs`. A retry whose tries take longer in all then has what it needs (outbound only). */
  readonly requestIsDefault?: true;
  /** A request or answer in which nothing moves. */
  readonly streamIdleMs?: number;
  readonly maxStreamDurationMs?: number;
  readonly maxConnectionDurationMs?: number;
  /** Until the headers of a request are there. */
  readonly requestHeadersMs?: number;
  /** Requests of these callers have other limits (inbound only), most specific first. */
  readonly byCaller?: readonly CallerTimeoutPlan[];
}

export interface CallerTimeoutPlan {
  /** SPIFFE ID of the caller. */
  readonly spiffeId: { readonly match: "exact" | "prefix"; readonly value: string };
  readonly requestMs?: number;
  readonly streamIdleMs?: number;
}
