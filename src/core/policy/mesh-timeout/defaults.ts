/** What holds where nobody says otherwise; 0: no limit. Filled in once, in the plan. */
export interface TimeoutDefaults {
  readonly connectMs: number;
  readonly idleMs: number;
  readonly requestMs: number;
  readonly streamIdleMs: number;
}

/** Towards a destination: as Kuma documents MeshTimeout. */
export const outboundDefaults: TimeoutDefaults = { connectMs: 5_000, idleMs: 3_600_000, requestMs: 15_000, streamIdleMs: 1_800_000 };

/**
 * Between an inbound and its app. How long an answer may take is for the caller to say, and is said once: no limit of a request here, and
 * a longer one for streams that are quiet, as the policy has it that Kuma makes for every new mesh.
 */
export const inboundDefaults: TimeoutDefaults = { connectMs: 5_000, idleMs: 3_600_000, requestMs: 0, streamIdleMs: 3_600_000 };
