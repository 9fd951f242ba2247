import { asObject, ownField } from "../base/json.ts";
import type { Policy } from "../model/target-ref.ts";
import type { MeshWorld } from "../model/world.ts";
import { mergeConfs } from "./merge-confs.ts";
import { surveyCalls } from "./survey-calls.ts";

/** Two kinds have a panic threshold; a MeshCircuitBreaker's counts. */
const winner = "MeshCircuitBreaker";
const field = "outlierDetection.healthyPanicThreshold";

/** Of an item that sets a panic threshold which another kind of policy overrules: where, and by which policies; by the policy's name. */
export function overruledPanic(mesh: MeshWorld, policy: Policy, to: number): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const sets = ownField(asObject(policy.spec.to?.[to]?.default), "healthyPanicThreshold") !== undefined;
  if (!sets || policy.kind === winner) return found;
  for (const { destination, items } of surveyCalls(mesh, policy, to, winner)) {
    const decision = mergeConfs(items).decidedBy[field];
    if (decision === undefined) continue;
    const destinations = found.get(decision.policy) ?? [];
    found.set(decision.policy, [...destinations, destination.facts.displayName]);
  }
  return found;
}
