import type { Notice } from "../base/notice.ts";
import type { Violation } from "../base/violation.ts";
import { isShadow } from "../match/select-policies.ts";
import type { Resource } from "../model/resource.ts";
import type { Policy } from "../model/target-ref.ts";
import { policyKindNamed } from "../policy/registry.ts";
import { destinationTexts, fewOf, targetText } from "../view/target-text.ts";
import { accepted, programmed, resolvedRefs } from "./conditions.ts";
import type { ProxyRefusal, Verdict } from "./conditions.ts";
import type { Condition, ProxyTally, ResolvedItem, ResourceStatus } from "./status.ts";

/** What is known of an object when its status is written. */
export interface StatusFacts {
  readonly kind: string;
  /** `metadata.generation`, which all of this is about. */
  readonly generation: number;
  /** Undefined when the object is not valid. */
  readonly resource: Resource | undefined;
  readonly violations: readonly Violation[];
  readonly notices: readonly Notice[];
  /** Of a policy that is valid. */
  readonly to?: readonly ResolvedItem[];
  /** Of a policy, from all replicas. */
  readonly proxies?: ProxyFacts;
  /** Of an object that is not valid: an earlier version of it is in force. */
  readonly keepsLast?: boolean;
}

/** How a policy stands with the proxies of all replicas. */
export interface ProxyFacts {
  readonly tally: ProxyTally;
  readonly refusals: readonly ProxyRefusal[];
  /** Replicas that run with another version of it. */
  readonly behind: number;
}

const nobody: ProxyFacts = { tally: { needing: 0, programmed: 0, pending: 0, rejecting: 0 }, refusals: [], behind: 0 };

/**
 * The status of an object. Conditions keep the time of their last change from `before`; those of types that are not ours stay as
 * they are. `now`: RFC 3339.
 */
export function composeStatus(facts: StatusFacts, before: readonly Condition[], now: string): ResourceStatus {
  const { kind, generation, resource } = facts;
  const isPolicy = policyKindNamed(kind) !== undefined;
  const verdicts = isPolicy ? policyVerdicts(facts) : [accepted(facts.violations, facts.notices)];
  const own = verdicts.map((verdict) => dated(verdict, generation, before, now));
  const others = before.filter(({ type }) => !verdicts.some((verdict) => verdict.type === type));
  const status = { observedGeneration: generation, conditions: [...own, ...others] };
  return isPolicy ? { ...status, ...policyFields(facts, resource as Policy | undefined) } : status;
}

function policyVerdicts(facts: StatusFacts): readonly Verdict[] {
  const { violations, notices, resource, keepsLast = false, proxies = nobody } = facts;
  const valid = resource !== undefined;
  const shadow = resource !== undefined && isShadow(resource as Policy);
  const refs: Verdict = valid ? resolvedRefs(notices) : { type: "ResolvedRefs", status: "Unknown", reason: "Invalid", message: "not valid" };
  return [accepted(violations, notices), refs, programmed({ valid, keepsLast, shadow, ...proxies, notices })];
}

function policyFields({ proxies = nobody, to = [] }: StatusFacts, policy: Policy | undefined): Omit<ResourceStatus, "observedGeneration" | "conditions"> {
  const { tally } = proxies;
  const counts = { programmed: `${tally.programmed}/${tally.needing}`, proxies: tally };
  if (policy === undefined) return counts;
  return { target: targetText(policy.spec.targetRef), destinations: fewOf(destinationTexts(policy.spec.to)), ...counts, to };
}

function dated(verdict: Verdict, observedGeneration: number, before: readonly Condition[], now: string): Condition {
  const earlier = before.find(({ type }) => type === verdict.type);
  const lastTransitionTime = earlier?.status === verdict.status ? earlier.lastTransitionTime : now;
  return { ...verdict, lastTransitionTime, observedGeneration };
}
