import { equalJson } from "../../core/base/equal-json.ts";
import type { ReplicaReport } from "../../core/status/replica-report.ts";

const nothing: ReplicaReport = new Map();

/** Keys of the policies of which replicas say something else than before; "all" when another set of replicas speaks. */
export function changedPolicies(before: ReadonlyMap<string, ReplicaReport>, after: ReadonlyMap<string, ReplicaReport>): "all" | ReadonlySet<string> {
  if (before.size !== after.size || [...after.keys()].some((name) => !before.has(name))) return "all";
  const changed = new Set<string>();
  for (const [name, report] of after) {
    const earlier = before.get(name) ?? nothing;
    if (earlier === report) continue;
    for (const [key, policy] of report) if (!equalJson(policy, earlier.get(key))) changed.add(key);
    for (const key of earlier.keys()) if (!report.has(key)) changed.add(key);
  }
  return changed;
}
