import type { JsonObject } from "../base/json.ts";
import { itemsOf } from "../match/item-index.ts";
import { mergeConfs } from "../match/merge-confs.ts";
import { compareItems } from "../match/order-items.ts";
import type { RankedItem } from "../match/order-items.ts";
import { outlineOf } from "../match/outline.ts";
import { createPolicyGroups } from "../match/policy-groups.ts";
import { targetsMeant } from "../match/resolve-target.ts";
import type { Target } from "../match/resolve-target.ts";
import { isShadow, selects } from "../match/select-policies.ts";
import type { Dataplane } from "../model/dataplane.ts";
import type { Resource } from "../model/resource.ts";
import type { MeshWorld } from "../model/world.ts";
import type { PolicyKind } from "../policy/kind.ts";
import { policyKinds } from "../policy/registry.ts";
import { portOf, sectionOf } from "./calls.ts";
import { inboundRulesOf } from "./inbound-rules.ts";
import type { InboundRules } from "./inbound-rules.ts";
import { shapedConf } from "./shaped-conf.ts";

/** What several policies come to. */
export interface Rule {
  /** Merged from all that is said, fields in the order of the schema. */
  readonly conf: JsonObject;
  /** The `to` items that were merged; a later one wins. */
  readonly origins: readonly RankedItem[];
}

/** A rule for a resource: the Mesh (whatever is called), a service, or one port of it. */
export interface ResourceRule extends Rule {
  readonly resource: Resource;
  /** Name of the port; empty: all of the resource. */
  readonly section: string;
}

/** A rule for a service that only the tag `kuma.io/service` names. */
export interface TaggedRule extends Rule {
  readonly service: string;
}

/** What the policies of one kind say to a proxy. */
export interface KindRules {
  readonly kind: PolicyKind;
  readonly forResources: readonly ResourceRule[];
  readonly forTagged: readonly TaggedRule[];
  readonly forInbounds: readonly InboundRules[];
}

/**
 * What the policies that select a Dataplane say of each destination that they name, whether it calls that or not, and of its inbounds;
 * kinds that say nothing are left out. Selection, order and merging are the planner's own.
 */
export function rulesOf(mesh: MeshWorld, dataplane: Dataplane): readonly KindRules[] {
  return policyKinds
    .map((kind) => rulesOfKind(mesh, dataplane, kind))
    .filter(({ forResources, forTagged, forInbounds }) => forResources.length + forTagged.length + forInbounds.length > 0);
}

/** What is said, by kind of policy, of one destination. */
export function rulesFor(mesh: MeshWorld, dataplane: Dataplane, target: Target): readonly (Rule & { readonly kind: PolicyKind })[] {
  return policyKinds.flatMap((kind) => {
    const items = itemsFor(mesh, dataplane, kind)(target);
    return items.length === 0 ? [] : [{ kind, ...ruleOf(kind, items) }];
  });
}

function itemsFor(mesh: MeshWorld, dataplane: Dataplane, { kind }: PolicyKind): (target: Target) => readonly RankedItem[] {
  const group = createPolicyGroups([kind], false)(mesh.index, outlineOf(dataplane).selectable);
  return (target) => group.itemsFor(target);
}

function rulesOfKind(mesh: MeshWorld, dataplane: Dataplane, kind: PolicyKind): KindRules {
  const items = selectedItems(mesh, dataplane, kind);
  const itemsOfTarget = itemsFor(mesh, dataplane, kind);
  const targets = new Map(items.flatMap(({ policy, item }) => targetsMeant(mesh, policy, item.targetRef)).map((target) => [targetKey(target), target]));
  const sorted = [...targets].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, target]) => target);
  const forServices = sorted.filter((target) => target.kind !== "tagged").map((target) => ({ target, rule: ruleOf(kind, itemsOfTarget(target)) }));
  const forTagged = sorted.filter((target) => target.kind === "tagged").map((target) => ({ service: target.service, ...ruleOf(kind, itemsOfTarget(target)) }));
  const forAnything = items.filter(({ item }) => item.targetRef.kind === "Mesh").sort(compareItems);
  const forMesh = mesh.mesh === undefined || forAnything.length === 0 ? [] : [{ resource: mesh.mesh, section: "", ...ruleOf(kind, forAnything) }];
  return { kind, forResources: [...wholeServices(forServices), ...forMesh], forTagged, forInbounds: inboundRulesOf(mesh, dataplane, kind) };
}

function selectedItems(mesh: MeshWorld, dataplane: Dataplane, { kind }: PolicyKind): readonly RankedItem[] {
  const policies = [...(mesh.policies.get(kind)?.values() ?? [])];
  return policies.filter((policy) => !isShadow(policy) && selects(policy, dataplane)).flatMap(itemsOf);
}

function ruleOf(kind: PolicyKind, items: readonly RankedItem[]): Rule {
  return { conf: shapedConf(kind, "to", mergeConfs(items).conf), origins: items };
}

interface ServiceRule {
  readonly target: Exclude<Target, { kind: "tagged" }>;
  readonly rule: Rule;
}

/** Where the same is said of every port of a service, it is said of the service. */
function wholeServices(rules: readonly ServiceRule[]): readonly ResourceRule[] {
  const byService = new Map<Resource, ServiceRule[]>();
  for (const rule of rules) byService.set(rule.target.service, [...(byService.get(rule.target.service) ?? []), rule]);
  return [...byService].flatMap(([resource, ofService]): ResourceRule[] => {
    const [first, ...others] = ofService;
    const same = first !== undefined && others.every(({ rule }) => sameItems(rule.origins, first.rule.origins));
    if (same && ofService.length === portCount(first.target)) return [{ resource, section: "", ...first.rule }];
    return ofService.map(({ target, rule }) => ({ resource, section: sectionOf(target), ...rule }));
  });
}

/** How many targets a service is: one for each port. */
function portCount(target: ServiceRule["target"]): number {
  return target.kind === "service" ? (target.service.spec.ports ?? []).length : 1;
}

function sameItems(a: readonly RankedItem[], b: readonly RankedItem[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

function targetKey(target: Target): string {
  if (target.kind === "tagged") return `tagged ${target.service}`;
  return `${target.service.kind} ${target.service.name} ${String(portOf(target)?.port ?? "").padStart(5, "0")}`;
}
