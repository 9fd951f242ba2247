import type { JsonObject } from "../base/json.ts";
import { compareEntries } from "../match/inbound-entries.ts";
import { inboundPlaces } from "../match/inbounds.ts";
import type { InboundPlace } from "../match/inbounds.ts";
import { mergeRules } from "../match/merge-rules.ts";
import { outlineOf } from "../match/outline.ts";
import { createPolicyGroups } from "../match/policy-groups.ts";
import type { Dataplane } from "../model/dataplane.ts";
import type { RuleMatch, TargetRef } from "../model/target-ref.ts";
import type { MeshWorld } from "../model/world.ts";
import type { InboundEntry } from "../policy/inbound-rules.ts";
import type { PolicyKind } from "../policy/kind.ts";
import { policyKinds } from "../policy/registry.ts";
import { shapedConf } from "./shaped-conf.ts";

/** A conf of an inbound, and whose it is. */
export interface InboundConf {
  readonly conf: JsonObject;
  /** The callers that it is for; absent: all for which there is no other. */
  readonly match?: RuleMatch;
  /** The callers that a `from` names, where entries are not merged. */
  readonly callers?: TargetRef;
  /** The entries that were merged; a later one wins. */
  readonly origins: readonly InboundEntry[];
}

/** What the policies of one kind say of one inbound. */
export interface InboundRules {
  readonly kind: PolicyKind;
  readonly place: InboundPlace;
  /** The one for certain callers first. */
  readonly confs: readonly InboundConf[];
}

/** What the policies of one kind say of the inbounds of a Dataplane; of which they say nothing are left out. */
export function inboundRulesOf(mesh: MeshWorld, dataplane: Dataplane, kind: PolicyKind): readonly InboundRules[] {
  const { inbound } = kind;
  if (inbound === undefined) return [];
  const group = createPolicyGroups([kind.kind], false)(mesh.index, outlineOf(dataplane).selectable).inbound;
  return inboundPlaces(dataplane).flatMap((place): InboundRules[] => {
    const entries = [...group.entriesFor(place)].sort(compareEntries);
    return entries.length === 0 ? [] : [{ kind, place, confs: inbound.keepsEntries === true ? entriesAsTheyAre(kind, entries) : mergedConfs(kind, entries) }];
  });
}

/** What is said, by kind of policy, of one inbound: the one that listens at a place. */
export function inboundRulesAt(mesh: MeshWorld, dataplane: Dataplane, { plan: { listenAddress, listenPort } }: InboundPlace): readonly InboundRules[] {
  const isThere = ({ place: { plan } }: InboundRules) => plan.listenAddress === listenAddress && plan.listenPort === listenPort;
  return policyKinds.flatMap((kind) => inboundRulesOf(mesh, dataplane, kind).filter(isThere));
}

function entriesAsTheyAre(kind: PolicyKind, entries: readonly InboundEntry[]): readonly InboundConf[] {
  return entries.map((entry) => {
    const { targetRef: callers, default: conf = {} } = entry.item;
    return { conf: shapedConf(kind, entry.list, conf), ...(callers === undefined ? {} : { callers }), origins: [entry] };
  });
}

function mergedConfs(kind: PolicyKind, entries: readonly InboundEntry[]): readonly InboundConf[] {
  const { rules } = mergeRules(entries, {});
  const matched = rules.matched.map(({ match, conf, entries: origins }): InboundConf => ({ conf: shapedConf(kind, "rules", conf), match, origins }));
  if (!rules.hasConf) return matched;
  return [...matched, { conf: shapedConf(kind, "rules", rules.conf), origins: entries.filter(({ item }) => item.matches === undefined) }];
}
