import { labelOf, matchesLabels } from "../base/labels.ts";
import type { Dataplane, Inbound } from "../model/dataplane.ts";
import { labelNames } from "../model/label-names.ts";
import type { Policy, RuleItem, TargetRef } from "../model/target-ref.ts";
import type { InboundEntry } from "../policy/inbound-rules.ts";
import { isDirect } from "./direct-inbounds.ts";
import { compareNames, policyRank } from "./order-items.ts";
import { isOfServiceTag, selects } from "./select-policies.ts";

/** One entry of a policy, with its place among others. */
export interface RankedEntry extends InboundEntry {
  /** Compared from the left; greater wins. */
  readonly rank: readonly number[];
  /** True: it is not for every inbound of the Dataplanes that its policy selects (`isForInbound`). */
  readonly narrow: boolean;
}

const entriesOfPolicy = new WeakMap<Policy, readonly RankedEntry[]>();

/** The entries of a policy's `rules` and `from`: the same objects as long as the policy is the same. */
export function entriesOf(policy: Policy): readonly RankedEntry[] {
  const known = entriesOfPolicy.get(policy);
  if (known !== undefined) return known;
  const entries = rankEntries(policy);
  entriesOfPolicy.set(policy, entries);
  return entries;
}

function rankEntries(policy: Policy): readonly RankedEntry[] {
  const { rules = [], from = [] } = policy.spec;
  if (rules.length === 0 && from.length === 0) return [];
  const [rank, narrow] = [policyRank(policy), isNarrow(policy.spec.targetRef)];
  const ranked = (list: "rules" | "from") => (item: RuleItem, index: number) => ({ policy, list, index, item, rank, narrow });
  return [...from.map(ranked("from")), ...rules.map(ranked("rules"))];
}

/** Orders entries so that a later one wins (Kuma 2.14, inbound rules): as `to` items, by the policy alone. */
export function compareEntries(a: RankedEntry, b: RankedEntry): number {
  for (const [i, rank] of a.rank.entries()) {
    const difference = rank - (b.rank[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return compareNames(b.policy, a.policy) || a.index - b.index;
}

function isNarrow(ref: TargetRef | undefined): boolean {
  switch (ref?.kind ?? "Mesh") {
    case "MeshService":
    case "MeshServiceSubset":
      return true;
    case "MeshSubset":
      return Object.keys(ref?.tags ?? {}).length > 0;
    default:
      return ref?.sectionName !== undefined;
  }
}

/** Whether a policy that selects a Dataplane means this inbound of it: by the inbound's own tags, or by its section. */
export function isForInbound(policy: Policy, inbound: Inbound): boolean {
  const ref = policy.spec.targetRef ?? { kind: "Mesh" };
  switch (ref.kind) {
    case "MeshSubset":
      return matchesLabels(ref.tags ?? {}, inbound.tags);
    case "MeshService":
    case "MeshServiceSubset":
      return isOfServiceTag(policy, ref, labelOf(inbound.tags, labelNames.service)) && matchesLabels(ref.tags ?? {}, inbound.tags);
    default:
      return ref.sectionName === undefined || ref.sectionName === inbound.name || ref.sectionName === String(inbound.port);
  }
}

/** Whether a policy selects a Dataplane and, where it says something of inbounds alone, at least one of its inbounds. */
export function attaches(policy: Policy, dataplane: Dataplane): boolean {
  if (!selects(policy, dataplane)) return false;
  if ((policy.spec.to ?? []).length > 0 || policy.spec.targetRef?.sectionName === undefined) return true;
  return servedInbounds(dataplane).some((inbound) => isForInbound(policy, inbound));
}

/** The inbounds at which the proxy takes what comes. */
export function servedInbounds(dataplane: Dataplane): readonly Inbound[] {
  return (dataplane.spec.networking.inbound ?? []).filter((inbound) => inbound.state !== "Ignored" && !isDirect(dataplane, inbound));
}
