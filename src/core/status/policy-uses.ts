import { rememberPairs } from "../base/remember.ts";
import { createIdentities, createInternTable } from "../match/intern-table.ts";
import { decidingPolicies } from "../model/deciding-policies.ts";
import type { Decisions, DestinationPlan, InboundPlan, ProxyPlan } from "../model/plan.ts";
import { keyText } from "../model/resource.ts";

/**
 * The policies that decide something in a proxy's plan, by the text of their keys. The value stands for what it comes to: as long as
 * it is the same, a proxy that runs with the one plan runs with all that the policy makes in the other, whatever else has changed.
 */
export type PolicyUses = ReadonlyMap<string, string>;

/** The parts of a plan in which policies decide. */
export type DecidedParts = Pick<ProxyPlan, "mesh" | "destinations" | "inbounds">;

const nothing: PolicyUses = new Map();
const identityOf = createIdentities();
const ofDestinations = new WeakMap<readonly DestinationPlan[], ReadonlyMap<string, PolicyUses>>();
const ofInbounds = new WeakMap<readonly InboundPlan[], PolicyUses>();
const alike = createInternTable<Map<string, string>>();

/** The same object for proxies that have the same of all policies: many share destinations, and replicas have the same inbounds. */
export function policyUsesOf({ mesh, destinations, inbounds }: DecidedParts): PolicyUses {
  return joined(usesOfDestinations(mesh, destinations), usesOfInbounds(mesh, inbounds));
}

const joined = rememberPairs((out: PolicyUses, into: PolicyUses): PolicyUses => {
  if (into.size === 0) return out;
  if (out.size === 0) return into;
  const both = new Map(out);
  for (const [policy, content] of into) both.set(policy, `${both.get(policy) ?? ""} ${content}`);
  return both;
});

/** Read once for a list of destinations, which many proxies share. */
function usesOfDestinations(mesh: string, destinations: readonly DestinationPlan[]): PolicyUses {
  const remembered = ofDestinations.get(destinations)?.get(mesh);
  if (remembered !== undefined) return remembered;
  const uses = usesIn(mesh, destinations.map(({ name, decidedBy }) => [name, decidedBy]));
  ofDestinations.set(destinations, new Map([[mesh, uses]]));
  return uses;
}

/** Every proxy has a list of its own; what replicas have of policies is the same. */
function usesOfInbounds(mesh: string, inbounds: readonly InboundPlan[]): PolicyUses {
  const remembered = ofInbounds.get(inbounds);
  if (remembered !== undefined) return remembered;
  const decided = inbounds.flatMap(({ listenPort, decidedBy }): (readonly [string, Decisions])[] => (decidedBy === undefined ? [] : [[`from ${listenPort}`, decidedBy]]));
  const text = `${mesh} ${decided.map(([place, decidedBy]) => `${place}=${identityOf(decidedBy)}`).join(" ")}`;
  const uses = decided.length === 0 ? nothing : alike.intern(text, () => usesIn(mesh, decided));
  ofInbounds.set(inbounds, uses);
  return uses;
}

/** Decisions come from a table of equal verdicts, so that their identity is their meaning; endpoints come and go beside them. */
function usesIn(mesh: string, decided: readonly (readonly [place: string, decidedBy: Decisions])[]): Map<string, string> {
  const made = new Map<string, string[]>();
  for (const [place, decidedBy] of decided) {
    for (const policy of decidingPolicies(decidedBy, mesh).map(keyText)) {
      const list = made.get(policy);
      const content = `${place}=${identityOf(decidedBy)}`;
      if (list === undefined) made.set(policy, [content]);
      else list.push(content);
    }
  }
  return new Map([...made].map(([policy, contents]) => [policy, contents.join(" ")]));
}
