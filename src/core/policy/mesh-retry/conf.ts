/** `to[].default` of a valid MeshRetry, also merged from several. Durations are texts in Go's syntax. */
export interface MeshRetryConf {
  readonly tcp?: TcpRetryConf;
  readonly http?: HttpRetryConf;
  readonly grpc?: RequestRetryConf;
}

export interface TcpRetryConf {
  readonly maxConnectAttempt?: number;
}

/** What both blocks for requests have. */
export interface RequestRetryConf {
  readonly numRetries?: number;
  readonly perTryTimeout?: string;
  readonly backOff?: BackOffConf;
  readonly rateLimitedBackOff?: RateLimitedBackOffConf;
  readonly retryOn?: readonly (string | number)[];
}

export interface HttpRetryConf extends RequestRetryConf {
  readonly retriableRequestHeaders?: readonly HeaderMatchConf[];
  readonly retriableResponseHeaders?: readonly HeaderMatchConf[];
  readonly hostSelection?: readonly HostPredicateConf[];
  readonly hostSelectionMaxAttempts?: number;
}

export interface BackOffConf {
  readonly baseInterval?: string;
  readonly maxInterval?: string;
}

export interface RateLimitedBackOffConf {
  readonly resetHeaders?: readonly { readonly name: string; readonly format: "Seconds" | "UnixTimestamp" }[];
  readonly maxInterval?: string;
}

export interface HeaderMatchConf {
  readonly name: string;
  /** Default: Exact. */
  readonly type?: "Exact" | "Prefix" | "RegularExpression" | "Present" | "Absent";
  readonly value?: string;
}

export interface HostPredicateConf {
  readonly predicate: "OmitPreviousHosts" | "OmitHostsWithTags" | "OmitPreviousPriorities";
  readonly tags?: Readonly<Record<string, string>>;
  readonly updateFrequency?: number;
}
