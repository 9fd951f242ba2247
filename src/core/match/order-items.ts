import { labelOf } from "../base/labels.ts";
import { displayNameOf } from "../model/kri.ts";
import { labelNames } from "../model/label-names.ts";
import { parseServiceName } from "../model/service-name.ts";
import type { Policy, TargetRef, ToItem } from "../model/target-ref.ts";

/** One `to` item of a policy, with all that decides its place among others. */
export interface RankedItem {
  readonly policy: Policy;
  /** Index in the policy's `to`. */
  readonly to: number;
  readonly item: ToItem;
  /** Compared from the left; greater wins. */
  readonly rank: readonly number[];
}

/** Least specific first; what is not listed comes first of all (Kuma 2.14, order of targetRef kinds). */
const kinds = ["Mesh", "Dataplane", "MeshSubset", "MeshGateway", "MeshService", "MeshExternalService", "MeshServiceSubset"];
const origins = ["global", undefined, "zone"];
const roles = ["system", "producer", "consumer", "workload-owner"];

/** The `to` items of a policy. */
export function rankItems(policy: Policy): readonly RankedItem[] {
  const top = policyRank(policy);
  return (policy.spec.to ?? []).map((item, to) => ({ policy, to, item, rank: [...top, ...targetRank(item.targetRef)] }));
}

/**
 * Orders items so that a later one wins: by the policy's top-level kind, origin and role, then by how specific the `to` item is,
 * then by the policy's display name (the alphabetically first wins), then by the place in the policy (the later one wins).
 */
export function compareItems(a: RankedItem, b: RankedItem): number {
  for (const [i, rank] of a.rank.entries()) {
    const difference = rank - (b.rank[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return compareNames(b.policy, a.policy) || a.to - b.to;
}

/** By display name, then by name. */
export function compareNames(a: Policy, b: Policy): number {
  return compareTexts(displayNameOf(a), displayNameOf(b)) || compareTexts(a.name, b.name);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** By top-level kind, for a Dataplane by how exactly it is meant, by origin, by role. */
export function policyRank(policy: Policy): readonly number[] {
  const ref = policy.spec.targetRef ?? { kind: "Mesh" };
  const role = labelOf(policy.labels, labelNames.policyRole) ?? "system";
  const howExactly = ref.kind === "Dataplane" ? [namedRank(ref), ref.sectionName === undefined ? 0 : 1] : [0, 0];
  return [kinds.indexOf(ref.kind), ...howExactly, origins.indexOf(labelOf(policy.labels, labelNames.origin)), roles.indexOf(role)];
}

/** Mesh < service < a section of it; labels, which may mean several, < name. */
function targetRank(ref: TargetRef): readonly number[] {
  const oneSection = ref.sectionName !== undefined || parseServiceName(ref.name ?? "")?.port !== undefined;
  return [kinds.indexOf(ref.kind), oneSection ? 1 : 0, namedRank(ref)];
}

function namedRank(ref: TargetRef): number {
  if (ref.name !== undefined) return 2;
  return ref.labels === undefined ? 0 : 1;
}
