import { keyPath } from "../base/field-path.ts";
import { labelOf } from "../base/labels.ts";
import type { Violation } from "../base/violation.ts";
import { labelNames } from "./label-names.ts";
import type { Labels } from "./resource.ts";

/** Labels that say where a resource came from: they cannot be changed once they are there (Kuma 2.14 refuses it too). */
export const immutableLabels: readonly string[] = [labelNames.origin, labelNames.zone, labelNames.displayName];

/** What is wrong with the labels of a new version of a resource. A label that it does not mention is not changed. `path`: where labels stand. */
export function immutableLabelViolations(labels: Labels, before: Labels, path: string): readonly Violation[] {
  return immutableLabels.flatMap((label) => {
    const [from, to] = [labelOf(before, label), labelOf(labels, label)];
    if (from === undefined || to === undefined || to === from) return [];
    return [{ path: keyPath(path, label), message: `is immutable, cannot be changed from "${from}" to "${to}"` }];
  });
}
