import { createIdentities } from "../match/intern-table.ts";
import { decidingPolicies } from "../model/deciding-policies.ts";
import type { DestinationPlan } from "../model/plan.ts";
import { keyText } from "../model/resource.ts";

/**
 * The policies that decide something in a proxy's plan, by the text of their keys. The value stands for what it comes to: as long as
 * it is the same, a proxy that runs with the one plan runs with all that the policy makes in the other, whatever else has changed.
 */
export type PolicyUses = ReadonlyMap<string, string>;

const identityOf = createIdentities();
const known = new WeakMap<readonly DestinationPlan[], ReadonlyMap<string, PolicyUses>>();

/** Read once for a list of destinations, which many proxies share. `mesh`: the one they are in. */
export function policyUsesOf(mesh: string, destinations: readonly DestinationPlan[]): PolicyUses {
  const remembered = known.get(destinations)?.get(mesh);
  if (remembered !== undefined) return remembered;
  const uses = usesOf(mesh, destinations);
  known.set(destinations, new Map([[mesh, uses]]));
  return uses;
}

function usesOf(mesh: string, destinations: readonly DestinationPlan[]): PolicyUses {
  const made = new Map<string, string[]>();
  for (const destination of destinations) {
    const { name, decidedBy, healthCheck, panic } = destination;
    const policies = new Set(decidingPolicies(decidedBy, mesh).map(keyText));
    // These three come from one table of equal contents, so that their identity is their meaning; endpoints come and go beside them.
    const content = [decidedBy, healthCheck, panic].map((part) => (part === undefined ? "-" : identityOf(part))).join(".");
    for (const policy of policies) {
      const list = made.get(policy);
      if (list === undefined) made.set(policy, [`${name}=${content}`]);
      else list.push(`${name}=${content}`);
    }
  }
  return new Map([...made].map(([policy, contents]) => [policy, contents.join(" ")]));
}
