/** One cause of a refusal, as `details.causes` has it. */
export interface KubeCause {
  readonly reason?: string;
  readonly field?: string;
  readonly message?: string;
}

export interface KubeErrorOptions extends ErrorOptions {
  readonly reason?: string;
  readonly retryAfterMs?: number;
  readonly causes?: readonly KubeCause[];
}

/** The API server refused, failed, or could not be reached; the message is its own. */
export class KubeError extends Error {
  override readonly name = "KubeError";
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** Kubernetes' word: `NotFound`, `AlreadyExists`, `Conflict`, `Forbidden`, `Expired`, `Invalid`, `TooManyRequests` …; `Unreachable` when there was no answer, `Closed` when we ended it. */
  readonly reason: string;
  /** How long the server asks to be left alone, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  readonly causes: readonly KubeCause[];

  constructor(status: number, message: string, options: KubeErrorOptions = {}) {
    super(message, options);
    this.status = status;
    this.reason = options.reason ?? "";
    this.retryAfterMs = options.retryAfterMs;
    this.causes = options.causes ?? [];
  }
}

/** True for a KubeError with this status: 404 none there, 409 conflict or there already, 410 too old, 403 not allowed. */
export function hasStatus(error: unknown, status: number): error is KubeError {
  return error instanceof KubeError && error.status === status;
}

/** True when asking again later may help: no answer, 429, and the server's own failures. */
export function isTransient(error: unknown): error is KubeError {
  return error instanceof KubeError && (error.status === 0 || error.status === 429 || error.status >= 500) && error.reason !== "Closed";
}
