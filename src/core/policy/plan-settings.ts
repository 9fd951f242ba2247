import { defaultCompatibility } from "./compatibility.ts";
import type { Compatibility } from "./compatibility.ts";

/**
 * Retries where no MeshRetry says otherwise. `by-method`: requests of idempotent methods are tried again after resets and 503s, all others
 * only when the app cannot have seen them. `all-methods`: every request as if it were idempotent. `none`.
 */
export type DefaultRetries = "by-method" | "all-methods" | "none";

/** Settings of the control plane that decide what policies come to. */
export interface PlanSettings {
  readonly compatibility: Compatibility;
  readonly defaultRetries: DefaultRetries;
}

export const defaultPlanSettings: PlanSettings = Object.freeze({ compatibility: defaultCompatibility, defaultRetries: "by-method" });
