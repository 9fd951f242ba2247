import type { JsonObject } from "../base/json.ts";

/** Whether something holds for an object, in the shape that Kubernetes gives it (meta/v1 `Condition`). */
export interface Condition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  /** One word, stable. */
  readonly reason: string;
  /** For people. */
  readonly message: string;
  /** RFC 3339; when `status` became what it is. */
  readonly lastTransitionTime: string;
  /** The generation of the object that it is about. */
  readonly observedGeneration: number;
}

/** The conditions that we write. Others on the object are somebody else's and stay. */
export const conditionTypes = {
  /** The object is valid and in force. */
  accepted: "Accepted",
  /** What it refers to is there. Only on policies. */
  resolvedRefs: "ResolvedRefs",
  /** Every connected proxy that needs it runs with it. Only on policies. */
  programmed: "Programmed",
} as const;

/** How many of the proxies that are connected, to whichever replica, have something of a policy in their configuration. */
export interface ProxyTally {
  readonly needing: number;
  readonly programmed: number;
  /** Have not answered yet. */
  readonly pending: number;
  readonly rejecting: number;
}

/** What one `to` item of a policy means at present. */
export interface ResolvedItem {
  /** As the item says it: `MeshService backend`. */
  readonly target: string;
  readonly count: number;
  /** What is meant, when that is not much: `backend.demo:8080`. */
  readonly resolved?: readonly string[];
}

/** What is written to the `status` of an object of ours. */
export interface ResourceStatus {
  readonly observedGeneration: number;
  readonly conditions: readonly Condition[];
  /** Whom it is for, in a few words; for the columns of kubectl. */
  readonly target?: string;
  /** Its `to` items in a few words; for the columns of kubectl. */
  readonly destinations?: string;
  /** `2/3`: proxies that run with it, of those that need it; for the columns of kubectl. */
  readonly programmed?: string;
  readonly proxies?: ProxyTally;
  readonly to?: readonly ResolvedItem[];
}

export function statusJson(status: ResourceStatus): JsonObject {
  return status as unknown as JsonObject;
}
