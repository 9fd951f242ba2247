import type { Condition, ResourceStatus } from "./status.ts";

/** Something that happened to an object, to be told as an Event of Kubernetes. */
export interface StatusEvent {
  readonly type: "Normal" | "Warning";
  /** The condition's reason. */
  readonly reason: string;
  readonly note: string;
}

/** Reasons of things that somebody has to do something about. */
const warnings: ReadonlySet<string> = new Set(["Invalid", "MeshNotFound", "TargetNotFound", "NothingSelected", "Rejected"]);

/** Reasons that come and go by themselves. */
const passing: ReadonlySet<string> = new Set(["Pending"]);

/** The API server takes 1024 bytes; what Envoy says may be longer. */
const maxNoteBytes = 1_000;

/** What a new status tells that the one before did not: conditions that turned, or hold for another reason. */
export function statusEvents(before: readonly Condition[], after: ResourceStatus): readonly StatusEvent[] {
  const accepted = after.conditions.find(({ type }) => type === "Accepted");
  // What is not valid is told once, not by each condition that suffers from it.
  const told = accepted?.status === "False" ? [accepted] : after.conditions;
  return told.filter((condition) => isNews(before, condition)).map(({ reason, message }) => ({ type: warnings.has(reason) ? "Warning" : "Normal", reason, note: cut(message) }));
}

function isNews(before: readonly Condition[], { type, status, reason, observedGeneration }: Condition): boolean {
  if (passing.has(reason)) return false;
  const found = before.find((condition) => condition.type === type);
  const earlier = found !== undefined && passing.has(found.reason) ? undefined : found;
  const same = earlier?.status === status && earlier.reason === reason;
  if (!same) return earlier !== undefined || !isQuiet(reason);
  // A version that was refused anew is worth telling; one that is as good as the one before is not.
  return warnings.has(reason) && earlier.observedGeneration !== observedGeneration;
}

/** Of a new object only what is wrong, and that proxies run with it. */
function isQuiet(reason: string): boolean {
  return ["Accepted", "ResolvedRefs", "NoProxies"].includes(reason);
}

function cut(text: string): string {
  const encoder = new TextEncoder();
  const bytes = encoder.encode(text);
  if (bytes.length <= maxNoteBytes) return text;
  // A character that was cut in two becomes a replacement character, and goes.
  return `${new TextDecoder().decode(bytes.subarray(0, maxNoteBytes - 3)).replace(/\uFFFD$/, "")}…`;
}
