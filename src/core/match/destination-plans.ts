import { deepFreeze } from "../base/deep-freeze.ts";
import type { Decisions, DestinationPlan } from "../model/plan.ts";
import type { PlannedConf, PolicyKind } from "../policy/kind.ts";
import type { PlanSettings } from "../policy/plan-settings.ts";
import type { Destination, DestinationFacts } from "./destinations.ts";
import { createIdentities, createInternTable } from "./intern-table.ts";
import { mergeConfs } from "./merge-confs.ts";
import type { MergedConf } from "./merge-confs.ts";
import type { RankedItem } from "./order-items.ts";
import type { PolicyGroup } from "./policy-groups.ts";
import { trafficTo } from "./protocol.ts";
import type { Traffic } from "./protocol.ts";

/** What the policies come to for a destination with one kind of traffic. Equal content, same object. */
export interface Verdict {
  readonly planned: PlannedConf;
  readonly decidedBy: Decisions;
}

/** What a merged conf means for a kind of traffic. */
export function planFor(kind: PolicyKind, { conf }: MergedConf, traffic: Traffic, settings: PlanSettings): PlannedConf {
  return kind.outbound?.planConf(conf, { ...traffic, ...settings }) ?? {};
}

/**
 * Makes DestinationPlans: equal content, same object, for every proxy and in every World. A conf is merged once for each list of
 * items, and planned once for each kind of traffic, however many destinations it is for.
 */
export function createDestinationPlans(
  kinds: readonly PolicyKind[],
  settings: PlanSettings,
): (group: PolicyGroup, destination: Destination) => DestinationPlan {
  const byGroup = new WeakMap<PolicyGroup, WeakMap<Destination, DestinationPlan>>();
  const plans = createInternTable<DestinationPlan>();
  const identityOf = createIdentities();
  const verdictOf = createVerdicts(kinds, settings);
  // The plan's key is made of its parts' identities: they live as long as the plan does.
  const parts = new WeakMap<DestinationPlan, readonly object[]>();
  return (group, destination) => {
    const ofGroup = byGroup.get(group) ?? new WeakMap<Destination, DestinationPlan>();
    byGroup.set(group, ofGroup);
    const known = ofGroup.get(destination);
    if (known !== undefined) return known;
    const { facts, target } = destination;
    const verdict = verdictOf(group.itemsFor(target), trafficTo(facts));
    const plan = plans.intern(`${identityOf(facts)}:${identityOf(verdict)}`, () => makePlan(facts, verdict));
    parts.set(plan, [facts, verdict]);
    ofGroup.set(destination, plan);
    return plan;
  };
}

function makePlan(facts: DestinationFacts, { planned, decidedBy }: Verdict): DestinationPlan {
  const { name, displayName, protocol, external, tls, endpoints } = facts;
  const { httpVersion } = trafficTo(facts);
  const http = httpVersion === undefined ? {} : { httpVersion };
  const outside = external === undefined ? {} : { external };
  const secured = tls === undefined ? {} : { tls };
  return deepFreeze({ name, displayName, protocol, ...http, ...outside, endpoints, ...planned, ...secured, decidedBy });
}

interface VerdictsOfItems {
  readonly byTraffic: Map<string, Verdict>;
}

function createVerdicts(
  kinds: readonly PolicyKind[],
  settings: PlanSettings,
): (items: readonly RankedItem[], traffic: Traffic) => Verdict {
  const byItems = createInternTable<VerdictsOfItems>();
  const byList = new WeakMap<readonly RankedItem[], VerdictsOfItems>();
  const byContent = createInternTable<Verdict>();
  const identityOf = createIdentities();
  return (items, traffic) => {
    let memo = byList.get(items);
    if (memo === undefined) byList.set(items, (memo = byItems.intern(items.map(identityOf).join(","), () => ({ byTraffic: new Map() }))));
    const key = `${traffic.protocol} ${traffic.external === true ? "outside" : "inside"}`;
    const known = memo.byTraffic.get(key);
    if (known !== undefined) return known;
    const verdict = makeVerdict(kinds, items, traffic, settings);
    const interned = byContent.intern(JSON.stringify(verdict), () => deepFreeze(verdict));
    memo.byTraffic.set(key, interned);
    return interned;
  };
}

function makeVerdict(
  kinds: readonly PolicyKind[],
  items: readonly RankedItem[],
  traffic: Traffic,
  settings: PlanSettings,
): Verdict {
  let planned: PlannedConf = {};
  const decidedBy: Record<string, Decisions[string]> = {};
  for (const kind of kinds) {
    const ofKind = items.filter(({ policy }) => policy.kind === kind.kind);
    if (ofKind.length === 0 && kind.plansWithoutPolicy !== true) continue;
    const merged = mergeConfs(ofKind);
    planned = laidOver(planned, planFor(kind, merged, traffic, settings));
    if (ofKind.length > 0) decidedBy[kind.kind] = merged.decidedBy;
  }
  return { planned, decidedBy };
}

/** What two kinds decide of one part is joined field by field: a threshold of the one leaves the other's word on failing traffic. */
function laidOver(before: PlannedConf, after: PlannedConf): PlannedConf {
  const both = { ...before, ...after };
  return before.panic === undefined || after.panic === undefined ? both : { ...both, panic: { ...before.panic, ...after.panic } };
}
