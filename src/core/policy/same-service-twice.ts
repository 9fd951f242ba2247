import { fieldPath } from "../base/field-path.ts";
import type { Notice } from "../base/notice.ts";
import type { Policy, TargetRef } from "../model/target-ref.ts";

/** Items of `to` that mean the same service in the same way as an earlier one: said of the later one, which wins. */
export function sameServiceTwice({ kind, mesh, name, spec }: Policy): readonly Notice[] {
  const seen = new Map<string, number>();
  return (spec.to ?? []).flatMap(({ targetRef }, i): Notice[] => {
    const text = targetText(targetRef);
    const before = seen.get(text);
    seen.set(text, i);
    if (before === undefined) return [];
    const message = `means the same as spec.to[${before}]; where both set a field, this one, the later, holds`;
    return [{ code: "same-service-twice", about: { kind, mesh, name }, path: `spec.${fieldPath("to", i)}`, message }];
  });
}

function targetText({ kind, name, namespace, labels, sectionName }: TargetRef): string {
  const pairs = Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([kind, name, namespace, pairs, sectionName]);
}
