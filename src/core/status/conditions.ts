import { noticeText } from "../base/notice.ts";
import type { Notice, NoticeCode } from "../base/notice.ts";
import type { Violation } from "../base/violation.ts";
import type { Condition, ProxyTally } from "./status.ts";
import { conditionTypes } from "./status.ts";

/** A condition before it is known since when it is so. */
export type Verdict = Pick<Condition, "type" | "status" | "reason" | "message">;

/** Longer texts help nobody; the API server takes 32768 characters. */
const maxMessageLength = 2_000;

/** Notices that are about references, with the reason that they give. The first that is there names the condition's reason. */
const brokenRefs: ReadonlyMap<NoticeCode, string> = new Map([
  ["mesh-missing", "MeshNotFound"],
  ["unresolved-target", "TargetNotFound"],
  ["selects-nothing", "NothingSelected"],
]);

/** Notices that are told with the proxies. */
const aboutProxies: ReadonlySet<NoticeCode> = new Set(["nobody-calls", "rejected-by-proxy"]);
/** Notices that are told with the references, though these lead somewhere. */
const aboutRefs: ReadonlySet<NoticeCode> = new Set([...brokenRefs.keys(), "several-namespaces"]);

/** Whether the object is valid. What may surprise its author stands in the message, as the webhook would have told it. */
export function accepted(violations: readonly Violation[], notices: readonly Notice[]): Verdict {
  const type = conditionTypes.accepted;
  if (violations.length > 0) return verdict(type, "False", "Invalid", violations.map(noticeText));
  const told = notices.filter(({ code }) => !aboutRefs.has(code) && !aboutProxies.has(code));
  return told.length === 0 ? verdict(type, "True", "Accepted", ["valid"]) : verdict(type, "True", "AcceptedWithNotices", told.map(noticeText));
}

/** Whether the proxies and the services that a policy names are there. */
export function resolvedRefs(notices: readonly Notice[]): Verdict {
  const type = conditionTypes.resolvedRefs;
  const told = notices.filter(({ code }) => aboutRefs.has(code));
  const broken = [...brokenRefs].find(([code]) => told.some((notice) => notice.code === code));
  if (broken !== undefined) return verdict(type, "False", broken[1], told.map(noticeText));
  return verdict(type, "True", "ResolvedRefs", told.length === 0 ? ["all that it names is there"] : told.map(noticeText));
}

/** A proxy that refuses what a policy made. */
export interface ProxyRefusal {
  readonly proxy: string;
  /** Envoy's own text. */
  readonly message: string;
}

export interface ProgrammedInput {
  readonly valid: boolean;
  /** An earlier, valid version is in force in the place of one that is not valid. */
  readonly keepsLast?: boolean;
  readonly shadow: boolean;
  readonly tally: ProxyTally;
  /** Some of those that refuse. */
  readonly refusals: readonly ProxyRefusal[];
  /** Replicas that run with another version of the policy, so that their proxies are not known yet. */
  readonly behind: number;
  readonly notices: readonly Notice[];
}

/** Whether every connected proxy that needs a policy runs with it. A policy that nobody needs is not programmed anywhere. */
export function programmed(input: ProgrammedInput): Verdict {
  const { tally, notices } = input;
  const [status, reason, ...said] = judge(input);
  const why = tally.needing > 0 ? [] : notices.filter(({ code }) => code === "nobody-calls").map(noticeText);
  return verdict(conditionTypes.programmed, status, reason, [...said, ...(reason === "NoProxies" ? why : [])]);
}

function judge({ valid, keepsLast = false, shadow, tally, refusals, behind }: ProgrammedInput): readonly [Condition["status"], string, ...string[]] {
  const counted = `${tally.programmed} of ${tally.needing} proxies`;
  if (!valid) return ["False", "Invalid", keepsLast ? `not valid; ${counted} run with the last version that was` : "not valid"];
  if (shadow) return ["False", "Shadow", "a shadow policy is only looked at"];
  if (tally.rejecting > 0) return ["False", "Rejected", counted, ...refusals.map(({ proxy, message }) => `${proxy} rejects it: ${message}`), ...unnamed(tally, refusals)];
  if (behind > 0) return ["False", "Pending", counted, `${behind} ${behind === 1 ? "replica" : "replicas"} of the control plane run with another version of it`];
  if (tally.pending > 0) return ["False", "Pending", counted, `${tally.pending} ${tally.pending === 1 ? "has" : "have"} to answer yet`];
  if (tally.needing === 0) return ["False", "NoProxies", "no connected proxy has anything of it in its configuration"];
  return ["True", "Programmed", counted];
}

function unnamed({ rejecting }: ProxyTally, refusals: readonly ProxyRefusal[]): readonly string[] {
  const others = rejecting - new Set(refusals.map(({ proxy }) => proxy)).size;
  return others > 0 ? [`and ${others} more`] : [];
}

function verdict(type: string, status: Condition["status"], reason: string, said: readonly string[]): Verdict {
  const message = said.join("; ");
  const cut = message.length <= maxMessageLength ? message : `${message.slice(0, maxMessageLength - 1)}…`;
  return { type, status, reason, message: cut };
}
