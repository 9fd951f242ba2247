import { labelOf } from "../../core/base/labels.ts";
import type { Violation } from "../../core/base/violation.ts";
import { immutableLabels, immutableLabelViolations } from "../../core/model/immutable-labels.ts";
import type { Resource } from "../../core/model/resource.ts";
import { withStoreLabels } from "../../core/model/store-labels.ts";

/**
 * The resource as it is to be stored: with the labels that a store adds. Labels that say where a resource came from stay what they
 * were when the new version does not mention them, and cannot be changed.
 */
export function keepImmutableLabels(resource: Resource, stored: Resource | undefined): { readonly resource: Resource; readonly violations: readonly Violation[] } {
  const before = stored?.labels ?? {};
  const kept: Record<string, string> = {};
  for (const label of immutableLabels) {
    const from = labelOf(before, label);
    if (from !== undefined && labelOf(resource.labels, label) === undefined) kept[label] = from;
  }
  const labels = { ...kept, ...resource.labels };
  const complete = withStoreLabels(Object.keys(kept).length === 0 ? resource : { ...resource, labels });
  return { resource: complete, violations: immutableLabelViolations(resource.labels, before, "labels") };
}
