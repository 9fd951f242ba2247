import type { Map as ImmutableMap } from "immutable";
import type { Dataplane } from "../model/dataplane.ts";
import { namespaceOf } from "../model/kri.ts";
import { labelNames } from "../model/label-names.ts";
import { everyone, selectorKeysOf } from "../model/selector-key.ts";
import type { Policy } from "../model/target-ref.ts";
import type { MeshIndex } from "../model/world.ts";
import { entriesOf, isForInbound } from "./inbound-entries.ts";
import type { RankedEntry } from "./inbound-entries.ts";
import type { InboundPlace } from "./inbounds.ts";
import { createIdentities, createInternTable } from "./intern-table.ts";
import { indexItems, itemsMeaning } from "./item-index.ts";
import type { ItemIndex } from "./item-index.ts";
import { compareItems } from "./order-items.ts";
import type { RankedItem } from "./order-items.ts";
import type { Target } from "./resolve-target.ts";
import { isShadow, selects } from "./select-policies.ts";

/** The policies that select a proxy. Proxies that are selected by the same policies have the same group. */
export interface PolicyGroup {
  /** The `to` items that mean a target, in the order in which they are merged. */
  itemsFor(target: Target): readonly RankedItem[];
  /** What they say of what comes in; the same object for as long as they say the same. */
  readonly inbound: InboundGroup;
}

/** What policies say of the inbounds of those that they select. */
export interface InboundGroup {
  /** The entries that are for an inbound, in no particular order; the same list for all inbounds that nobody means alone. */
  entriesFor(place: InboundPlace): readonly RankedEntry[];
}

/** What selection needs to know of a Dataplane, read once. */
export interface Selectable {
  readonly dataplane: Dataplane;
  readonly keys: readonly string[];
  /** Dataplanes of one reach are selected alike by policies that mean everyone. */
  readonly reach: string;
}

export function selectableOf(dataplane: Dataplane): Selectable {
  const { labels, spec } = dataplane;
  const gateway = spec.networking.gateway === undefined ? "sidecar" : "gateway";
  const reach = [gateway, labels[labelNames.origin], labels[labelNames.zone], namespaceOf(dataplane)].join("|");
  return { dataplane, keys: selectorKeysOf(dataplane).filter((key) => key !== everyone), reach };
}

/** Policies that mean everyone, as far as one reach is concerned. */
interface Crowd {
  readonly number: number;
  readonly items: ItemIndex;
  readonly entries: readonly RankedEntry[];
}

type PolicyMap = ImmutableMap<string, Policy>;

/**
 * Groups of one mesh. `shadow`: policies that are only to be looked at count as well. A group costs what is found under the
 * Dataplane's own keys; policies that mean everyone are gone through once for each state of them, not once for each Dataplane.
 */
export function createPolicyGroups(kinds: readonly string[], shadow: boolean): (index: MeshIndex, selectable: Selectable) => PolicyGroup {
  const groups = createInternTable<PolicyGroup>();
  const inboundGroups = createInternTable<InboundGroup>();
  const identityOf = createIdentities();
  function inboundGroup(entries: readonly RankedEntry[]): InboundGroup {
    return inboundGroups.intern(entries.map(identityOf).join(","), () => createInboundGroup(entries));
  }
  const crowds = createCrowds(shadow);
  return (index, selectable) => {
    const parts: Crowd[] = [];
    const own = new Set<Policy>();
    for (const kind of kinds) {
      const byKey = index.policiesBySelector.get(kind);
      const all = byKey?.get(everyone);
      if (all !== undefined) parts.push(crowds(all, selectable));
      if (byKey === undefined) continue;
      for (const key of selectable.keys) {
        for (const policy of byKey.get(key)?.values() ?? []) if (applies(policy, selectable.dataplane, shadow)) own.add(policy);
      }
    }
    const ownNumbers = [...own].map(identityOf).sort((a, b) => a - b);
    const key = `${parts.map(({ number }) => number).join(",")}|${ownNumbers.join(",")}`;
    return groups.intern(key, () => {
      const entries = [...parts.flatMap((part) => part.entries), ...[...own].sort((a, b) => identityOf(a) - identityOf(b)).flatMap(entriesOf)];
      return createGroup([...parts.map(({ items }) => items), indexItems(own)], inboundGroup(entries));
    });
  };
}

function applies(policy: Policy, dataplane: Dataplane, shadow: boolean): boolean {
  return (shadow || !isShadow(policy)) && selects(policy, dataplane);
}

function createGroup(parts: readonly ItemIndex[], inbound: InboundGroup): PolicyGroup {
  let everywhere: readonly RankedItem[] | undefined;
  return {
    inbound,
    itemsFor(target) {
      everywhere ??= parts.flatMap((part) => part.everywhere).sort(compareItems);
      const beside = parts.flatMap((part) => itemsMeaning(part, target));
      // Most of hundreds of destinations are not named by anybody: for these it is one and the same list.
      return beside.length === 0 ? everywhere : [...everywhere, ...beside].sort(compareItems);
    },
  };
}

function createInboundGroup(entries: readonly RankedEntry[]): InboundGroup {
  const wide = entries.filter(({ narrow }) => !narrow);
  const narrow = entries.filter((entry) => entry.narrow);
  const lists = new Map<string, readonly RankedEntry[]>();
  return {
    entriesFor({ inbounds }) {
      const meant = [...narrow.entries()].filter(([, { policy }]) => inbounds.some((inbound) => isForInbound(policy, inbound)));
      if (meant.length === 0) return wide;
      const key = meant.map(([i]) => i).join(",");
      const list = lists.get(key) ?? [...wide, ...meant.map(([, entry]) => entry)];
      lists.set(key, list);
      return list;
    },
  };
}

function createCrowds(shadow: boolean): (policies: PolicyMap, selectable: Selectable) => Crowd {
  const byPolicies = new WeakMap<PolicyMap, Map<string, Crowd>>();
  let last = 0;
  return (policies, { dataplane, reach }) => {
    const byReach = byPolicies.get(policies) ?? new Map<string, Crowd>();
    byPolicies.set(policies, byReach);
    let crowd = byReach.get(reach);
    if (crowd === undefined) {
      last += 1;
      const applying = [...policies.values()].filter((policy) => applies(policy, dataplane, shadow));
      crowd = { number: last, items: indexItems(applying), entries: applying.flatMap(entriesOf) };
      byReach.set(reach, crowd);
    }
    return crowd;
  };
}
