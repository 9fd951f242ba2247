import { deepFreeze } from "../base/deep-freeze.ts";
import type { Mesh } from "../model/mesh.ts";
import type { Decisions, InboundPlan } from "../model/plan.ts";
import type { InboundContext, PlannedInbound, PolicyKind } from "../policy/kind.ts";
import type { PlanSettings } from "../policy/plan-settings.ts";
import { compareEntries } from "./inbound-entries.ts";
import type { RankedEntry } from "./inbound-entries.ts";
import type { InboundPlace } from "./inbounds.ts";
import { createIdentities, createInternTable } from "./intern-table.ts";
import { mergeRules } from "./merge-rules.ts";
import type { InboundGroup } from "./policy-groups.ts";
import { inboundTraffic } from "./protocol.ts";
import type { InboundTraffic } from "./protocol.ts";

/** What the policies come to for an inbound with one kind of traffic. Equal content, same object. */
interface InboundVerdict {
  readonly planned: PlannedInbound;
  /** Absent: no policy decided anything. */
  readonly decidedBy?: Decisions;
}

/**
 * Plans the inbounds of a Dataplane. Entries are merged once for each list of them, and planned once for each kind of traffic, however many
 * inbounds they are for. Equal to what was planned `before`: the same object.
 */
export function createInboundPlans(
  kinds: readonly PolicyKind[],
  settings: PlanSettings,
): (mesh: Mesh, places: readonly InboundPlace[], group: InboundGroup, before: readonly InboundPlan[] | undefined, hasIdentity: boolean) => readonly InboundPlan[] {
  const verdictOf = createInboundVerdicts(kinds.filter(({ inbound }) => inbound !== undefined), settings);
  const verdicts = new WeakMap<InboundPlan, InboundVerdict>();
  function planOf(mesh: Mesh, place: InboundPlace, group: InboundGroup, before: InboundPlan | undefined, hasIdentity: boolean): InboundPlan {
    const verdict = verdictOf(mesh, group.entriesFor(place), inboundTraffic(place.plan));
    if (before !== undefined && verdicts.get(before) === verdict) return before;
    const planned = hasIdentity ? verdict.planned : asNobody(verdict.planned);
    const plan = deepFreeze({ ...place.plan, ...planned, ...(verdict.decidedBy === undefined ? {} : { decidedBy: verdict.decidedBy }) });
    verdicts.set(plan, verdict);
    return plan;
  }
  return (mesh, places, group, before, hasIdentity) => {
    const plans = places.map((place, i) => planOf(mesh, place, group, before?.[i], hasIdentity));
    return before !== undefined && plans.every((plan, i) => plan === before[i]) ? before : Object.freeze(plans);
  };
}

/** Who has no certificate can show none: plain text is all that its inbounds take, and one that may not take that takes nothing. */
function asNobody({ tls, permissions, ...rest }: PlannedInbound): PlannedInbound {
  return tls?.mode === "strict" ? { ...rest, tls, ...(permissions === undefined ? {} : { permissions }) } : rest;
}

type VerdictsOfEntries = WeakMap<Mesh, Map<string, InboundVerdict>>;

function createInboundVerdicts(
  kinds: readonly PolicyKind[],
  settings: PlanSettings,
): (mesh: Mesh, entries: readonly RankedEntry[], traffic: InboundTraffic) => InboundVerdict {
  const byEntries = createInternTable<VerdictsOfEntries>();
  const byList = new WeakMap<readonly RankedEntry[], VerdictsOfEntries>();
  const byContent = createInternTable<InboundVerdict>();
  const identityOf = createIdentities();
  return (mesh, entries, traffic) => {
    let memo = byList.get(entries);
    if (memo === undefined) byList.set(entries, (memo = byEntries.intern(entries.map(identityOf).join(","), () => new WeakMap())));
    const ofMesh = memo.get(mesh) ?? new Map<string, InboundVerdict>();
    memo.set(mesh, ofMesh);
    const key = `${traffic.protocol} ${traffic.captured === true ? "captured" : ""}`;
    const known = ofMesh.get(key);
    if (known !== undefined) return known;
    const verdict = planInbound(kinds, [...entries].sort(compareEntries), { mesh, ...traffic, ...settings });
    const interned = byContent.intern(JSON.stringify(verdict), () => deepFreeze(verdict));
    ofMesh.set(key, interned);
    return interned;
  };
}

/** What entries, least specific first, come to. */
export function planInbound(kinds: readonly PolicyKind[], entries: readonly RankedEntry[], context: InboundContext): InboundVerdict {
  let planned: PlannedInbound = {};
  const decidedBy: Record<string, Decisions[string]> = {};
  for (const { kind, inbound, plansWithoutPolicy } of kinds) {
    const ofKind = entries.filter(({ policy }) => policy.kind === kind);
    if (inbound === undefined || (ofKind.length === 0 && plansWithoutPolicy !== true)) continue;
    const merged = mergeRules(ofKind, inbound);
    planned = { ...planned, ...inbound.planInbound(merged.rules, context) };
    if (ofKind.length > 0) decidedBy[kind] = merged.decidedBy;
  }
  return Object.keys(decidedBy).length === 0 ? { planned } : { planned, decidedBy };
}
