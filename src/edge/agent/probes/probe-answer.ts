/** What an app answers to a probe, in the kubelet's words. */
export interface ProbeAnswer {
  /** The HTTP status for the kubelet: it takes 200 to 399 for a success. */
  readonly status: number;
  /** Why it fails, for people; absent: it does not. */
  readonly reason?: string;
}

/** A request as somebody sent it to the agent: what of it the app gets to see. */
export interface ProbeRequest {
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
}

/** A probe that is over. */
export interface Probed extends ProbeAnswer {
  /** `/app-health/web/readyz` */
  readonly path: string;
  readonly kind: "http" | "tcp" | "grpc";
  readonly durationMs: number;
}
