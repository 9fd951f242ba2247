import type { Policy } from "../model/target-ref.ts";
import { bareServiceName } from "../model/service-name.ts";
import { rankItems } from "./order-items.ts";
import type { RankedItem } from "./order-items.ts";
import { meansTarget, targetNames } from "./resolve-target.ts";
import type { Target } from "./resolve-target.ts";

/** The `to` items of some policies, found by what they mean. */
export interface ItemIndex {
  /** Items that mean every destination: of kind Mesh. */
  readonly everywhere: readonly RankedItem[];
  /** Items that may mean any destination: by labels. */
  readonly labelled: readonly RankedItem[];
  readonly byName: ReadonlyMap<string, readonly RankedItem[]>;
}

const itemsOfPolicy = new WeakMap<Policy, readonly RankedItem[]>();

/** The `to` items of a policy: the same objects as long as the policy is the same. */
export function itemsOf(policy: Policy): readonly RankedItem[] {
  const known = itemsOfPolicy.get(policy);
  if (known !== undefined) return known;
  const items = rankItems(policy);
  itemsOfPolicy.set(policy, items);
  return items;
}

export function indexItems(policies: Iterable<Policy>): ItemIndex {
  const everywhere: RankedItem[] = [];
  const labelled: RankedItem[] = [];
  const byName = new Map<string, RankedItem[]>();
  for (const policy of policies) {
    for (const ranked of itemsOf(policy)) {
      const { kind, name } = ranked.item.targetRef;
      if (kind === "Mesh") everywhere.push(ranked);
      else if (name === undefined) labelled.push(ranked);
      else for (const text of new Set([name, bareServiceName(name)])) listUnder(byName, text, ranked);
    }
  }
  return { everywhere, labelled, byName };
}

function listUnder(byName: Map<string, RankedItem[]>, name: string, item: RankedItem): void {
  const list = byName.get(name);
  if (list === undefined) byName.set(name, [item]);
  else list.push(item);
}

/** The items that mean a target beside those that mean every target, in no particular order, each once. */
export function itemsMeaning(index: ItemIndex, target: Target): readonly RankedItem[] {
  const found = new Set<RankedItem>();
  const addFitting = (items: readonly RankedItem[]) => {
    for (const ranked of items) if (meansTarget(ranked.policy, ranked.item.targetRef, target)) found.add(ranked);
  };
  addFitting(index.labelled);
  for (const name of targetNames(target)) addFitting(index.byName.get(name) ?? []);
  return [...found];
}
