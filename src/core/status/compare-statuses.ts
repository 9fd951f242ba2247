import { equalJson } from "../base/equal-json.ts";
import type { Condition, ResourceStatus } from "./status.ts";
import { conditionTypes } from "./status.ts";

/**
 * How much a status differs from the one that is stored. `same`: nothing is to be written. `now`: somebody may wait for it. `soon`: only
 * numbers and texts, which may change with every proxy that comes and goes, or a proxy that has to answer yet: that is mostly over
 * before anybody could read it.
 */
export type StatusDifference = "same" | "soon" | "now";

export function compareStatuses(stored: Partial<ResourceStatus> | undefined, wanted: ResourceStatus): StatusDifference {
  if (stored !== undefined && equalJson(stored, wanted)) return "same";
  if (stored?.observedGeneration !== wanted.observedGeneration) return "now";
  const turned = wanted.conditions.filter((condition) => isTurned(stored.conditions, condition));
  return turned.some((condition) => !isPassing(condition)) ? "now" : "soon";
}

function isTurned(stored: readonly Condition[] | undefined, { type, status, reason }: Condition): boolean {
  const before = stored?.find((condition) => condition.type === type);
  return before?.status !== status || before.reason !== reason;
}

/** A proxy that has just connected, or has to answer to something new. */
function isPassing({ type, status, reason }: Condition): boolean {
  return type === conditionTypes.programmed && status === "False" && reason === "Pending";
}
