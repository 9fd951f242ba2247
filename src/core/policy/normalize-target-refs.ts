import { withoutEmpty } from "../base/without-empty.ts";
import type { PolicySpec, RuleItem, TargetRef } from "../model/target-ref.ts";

const optional = ["name", "namespace", "tags", "mesh", "labels", "sectionName"];

/** A valid policy's spec in which an empty name, tags, or labels of a targetRef are absent: `labels: {}` means no labels, not all. */
export function normalizeTargetRefs(spec: unknown): PolicySpec {
  const { targetRef, to, from } = spec as PolicySpec;
  return {
    ...(spec as PolicySpec),
    ...(targetRef === undefined ? {} : { targetRef: normalizeRef(targetRef) }),
    ...(to === undefined ? {} : { to: to.map((item) => ({ ...item, targetRef: normalizeRef(item.targetRef) })) }),
    ...(from === undefined ? {} : { from: from.map(normalizeCallers) }),
  };
}

function normalizeCallers(item: RuleItem): RuleItem {
  return item.targetRef === undefined ? item : { ...item, targetRef: normalizeRef(item.targetRef) };
}

function normalizeRef(ref: TargetRef): TargetRef {
  return withoutEmpty(ref, optional);
}
