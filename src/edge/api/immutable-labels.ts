import { keyPath } from "../../core/base/field-path.ts";
import type { Violation } from "../../core/base/violation.ts";
import { labelNames } from "../../core/model/label-names.ts";
import type { Labels, Resource } from "../../core/model/resource.ts";
import { withStoreLabels } from "../../core/model/store-labels.ts";

const immutable = [labelNames.origin, labelNames.zone, labelNames.displayName];

/**
 * The resource as it is to be stored: with the labels that a store adds. Labels that say where a resource came from stay what they
 * were when the new version does not mention them, and cannot be changed (Kuma 2.14 refuses it too).
 */
export function keepImmutableLabels(resource: Resource, stored: Resource | undefined): { readonly resource: Resource; readonly violations: readonly Violation[] } {
  const before = stored?.labels ?? {};
  const violations: Violation[] = [];
  const kept: Record<string, string> = {};
  for (const label of immutable) {
    const [from, to] = [own(before, label), own(resource.labels, label)];
    if (from === undefined) continue;
    if (to === undefined) kept[label] = from;
    else if (to !== from) violations.push({ path: keyPath("labels", label), message: `is immutable, cannot be changed from "${from}" to "${to}"` });
  }
  const labels = { ...kept, ...resource.labels };
  return { resource: withStoreLabels(Object.keys(kept).length === 0 ? resource : { ...resource, labels }), violations };
}

function own(labels: Labels, label: string): string | undefined {
  return Object.hasOwn(labels, label) ? labels[label] : undefined;
}
