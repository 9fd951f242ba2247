import { deepFreeze } from "../base/deep-freeze.ts";
import type { Decision, DestinationPlan, Protocol } from "../model/plan.ts";
import type { Compatibility } from "../policy/compatibility.ts";
import type { PlannedConf, PolicyKind } from "../policy/kind.ts";
import type { Destination, DestinationFacts } from "./destinations.ts";
import { createIdentities, createInternTable } from "./intern-table.ts";
import { mergeConfs } from "./merge-confs.ts";
import type { MergedConf } from "./merge-confs.ts";
import type { RankedItem } from "./order-items.ts";
import type { PolicyGroup } from "./policy-groups.ts";
import { hopHttpVersion } from "./protocol.ts";

/** What the policies come to for a destination of one protocol. Equal content, same object. */
export interface Verdict {
  readonly planned: PlannedConf;
  readonly decidedBy: Readonly<Record<string, Decision>>;
}

/** What a merged conf means for a protocol. */
export function planFor(kind: PolicyKind, { conf }: MergedConf, protocol: Protocol, compatibility: Compatibility): PlannedConf {
  const httpVersion = hopHttpVersion(protocol);
  return kind.planConf(conf, { protocol, compatibility, ...(httpVersion === undefined ? {} : { httpVersion }) });
}

/**
 * Makes DestinationPlans: equal content, same object, for every proxy and in every World. A conf is merged once for each list of
 * items, and planned once for each protocol, however many destinations it is for.
 */
export function createDestinationPlans(
  kinds: readonly PolicyKind[],
  compatibility: Compatibility,
): (group: PolicyGroup, destination: Destination) => DestinationPlan {
  const byGroup = new WeakMap<PolicyGroup, WeakMap<Destination, DestinationPlan>>();
  const plans = createInternTable<DestinationPlan>();
  const identityOf = createIdentities();
  const verdictOf = createVerdicts(kinds, compatibility);
  // The plan's key is made of its parts' identities: they live as long as the plan does.
  const parts = new WeakMap<DestinationPlan, readonly object[]>();
  return (group, destination) => {
    const ofGroup = byGroup.get(group) ?? new WeakMap<Destination, DestinationPlan>();
    byGroup.set(group, ofGroup);
    const known = ofGroup.get(destination);
    if (known !== undefined) return known;
    const { facts, target } = destination;
    const verdict = verdictOf(group.itemsFor(target), facts.protocol);
    const plan = plans.intern(`${identityOf(facts)}:${identityOf(verdict)}`, () => makePlan(facts, verdict));
    parts.set(plan, [facts, verdict]);
    ofGroup.set(destination, plan);
    return plan;
  };
}

function makePlan({ name, displayName, protocol, endpoints }: DestinationFacts, { planned, decidedBy }: Verdict): DestinationPlan {
  const httpVersion = hopHttpVersion(protocol);
  const http = httpVersion === undefined ? {} : { httpVersion };
  return deepFreeze({ name, displayName, protocol, ...http, endpoints, ...planned, decidedBy });
}

function createVerdicts(
  kinds: readonly PolicyKind[],
  compatibility: Compatibility,
): (items: readonly RankedItem[], protocol: Protocol) => Verdict {
  const byItems = createInternTable<{ readonly byProtocol: Map<Protocol, Verdict> }>();
  const byContent = createInternTable<Verdict>();
  const identityOf = createIdentities();
  return (items, protocol) => {
    const memo = byItems.intern(items.map(identityOf).join(","), () => ({ byProtocol: new Map() }));
    const known = memo.byProtocol.get(protocol);
    if (known !== undefined) return known;
    const verdict = makeVerdict(kinds, items, protocol, compatibility);
    const interned = byContent.intern(JSON.stringify(verdict), () => deepFreeze(verdict));
    memo.byProtocol.set(protocol, interned);
    return interned;
  };
}

function makeVerdict(
  kinds: readonly PolicyKind[],
  items: readonly RankedItem[],
  protocol: Protocol,
  compatibility: Compatibility,
): Verdict {
  let planned: PlannedConf = {};
  let decidedBy: Readonly<Record<string, Decision>> = {};
  for (const kind of kinds) {
    const ofKind = items.filter(({ policy }) => policy.kind === kind.kind);
    if (ofKind.length === 0) continue;
    const merged = mergeConfs(ofKind);
    planned = { ...planned, ...planFor(kind, merged, protocol, compatibility) };
    decidedBy = { ...decidedBy, ...merged.decidedBy };
  }
  return { planned, decidedBy };
}
