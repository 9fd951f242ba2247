import { rememberPairs } from "../base/remember.ts";
import type { Dataplane } from "../model/dataplane.ts";
import type { Policy } from "../model/target-ref.ts";
import type { MeshWorld } from "../model/world.ts";
import { callersOfTarget, mayMeanAnything } from "./callers.ts";
import { createDestinations } from "./destinations.ts";
import type { Destination, Destinations } from "./destinations.ts";
import { itemsOf } from "./item-index.ts";
import type { RankedItem } from "./order-items.ts";
import { outlineOf } from "./outline.ts";
import { createPolicyGroups } from "./policy-groups.ts";
import type { PolicyGroup } from "./policy-groups.ts";
import { meansTarget } from "./resolve-target.ts";
import { isShadow, selectedProxies, selects } from "./select-policies.ts";

/** A destination that a selected proxy calls and an item means, with all items that are merged for it there. */
export interface Call {
  readonly destination: Destination;
  readonly items: readonly RankedItem[];
  /** Those of another kind, for the same caller and destination. */
  itemsOfKind(kind: string): readonly RankedItem[];
}

/** Proxies that are looked at for one item. */
export const sampleSize = 25;

/** A policy that is edited changes none of these, so that the survey after each edit finds what it needs resolved. */
const destinationsAmong = rememberPairs<MeshWorld["dataplanes"], MeshWorld["services"], Destinations>(createDestinations);

const groups = new Map<string, ReturnType<typeof createPolicyGroups>>();

/** They hold nothing alive, and what they know of policies that mean everyone holds for all surveys in one World. */
export function groupsOfKind(kind: string, shadow: boolean): ReturnType<typeof createPolicyGroups> {
  const key = `${kind} ${String(shadow)}`;
  let known = groups.get(key);
  if (known === undefined) groups.set(key, (known = createPolicyGroups([kind], shadow)));
  return known;
}

/** The calls that one `to` item of a policy concerns, each combination of destination and items once. */
export function surveyCalls(mesh: MeshWorld, policy: Policy, to: number, kind: string): readonly Call[] {
  const item = itemsOf(policy)[to];
  if (item === undefined) return [];
  const destinations = destinationsAmong(mesh.dataplanes, mesh.services);
  const groupOf = groupsOfKind(kind, isShadow(policy));
  const seen = new Map<PolicyGroup, Set<Destination>>();
  const calls = new Map<string, Call>();
  for (const dataplane of sampled(callersOf(mesh, policy, item), sampleSize)) {
    const outline = outlineOf(dataplane);
    const group = groupOf(mesh.index, outline.selectable);
    const resolved = destinations.resolve(mesh, destinations.listOf(outline));
    const seenHere = seen.get(group) ?? new Set();
    seen.set(group, seenHere);
    for (const { destination } of resolved.outbounds) {
      if (seenHere.has(destination) || !meansTarget(policy, item.item.targetRef, destination.target)) continue;
      seenHere.add(destination);
      const items = group.itemsFor(destination.target);
      const itemsOfKind = (other: string) => groupsOfKind(other, isShadow(policy))(mesh.index, outline.selectable).itemsFor(destination.target);
      calls.set(callKey(destination, items), { destination, items, itemsOfKind });
    }
  }
  return [...calls.values()];
}

/** Who calls what an item means; of many callers in the same position a sample. */
export function surveyCallers(mesh: MeshWorld, policy: Policy, to: number): readonly { readonly caller: Dataplane; readonly destination: Destination }[] {
  const item = itemsOf(policy)[to];
  if (item === undefined) return [];
  const destinations = destinationsAmong(mesh.dataplanes, mesh.services);
  return [...sampled(callersOf(mesh, policy, item), sampleSize)].flatMap((caller) => {
    const { outbounds } = destinations.resolve(mesh, destinations.listOf(outlineOf(caller)));
    const meant = new Set(outbounds.map(({ destination }) => destination).filter(({ target }) => meansTarget(policy, item.item.targetRef, target)));
    return [...meant].map((destination) => ({ caller, destination }));
  });
}

function callKey({ facts }: Destination, items: readonly RankedItem[]): string {
  return `${facts.name} ${items.map(({ policy, to }) => `${policy.name}[${to}]`).join(" ")}`;
}

/** So few are gone through one by one: who calls is looked up for each. */
const fewSelected = 200;

/** The selected Dataplanes that call what an item may mean. Costs a look at the selected, or at all callers, whichever are fewer by far. */
function* callersOf(mesh: MeshWorld, policy: Policy, { item: { targetRef } }: RankedItem): Generator<Dataplane> {
  if (mayMeanAnything(targetRef)) {
    yield* selectedProxies(mesh, policy);
    return;
  }
  const callers = callersOfTarget(mesh, targetRef);
  const selected = [...sampled(selectedProxies(mesh, policy), fewSelected)];
  if (selected.length < fewSelected) {
    yield* selected.filter(({ name }) => callers.some((names) => names.has(name)));
    return;
  }
  for (const names of callers) {
    for (const name of names) {
      const dataplane = mesh.dataplanes.get(name);
      if (dataplane !== undefined && selects(policy, dataplane)) yield dataplane;
    }
  }
}

/** At most so many of all. */
export function* sampled<T>(all: Iterable<T>, most: number): Generator<T> {
  let count = 0;
  for (const one of all) {
    yield one;
    count += 1;
    if (count === most) return;
  }
}
