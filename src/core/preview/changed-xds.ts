import { changedFields, type ChangedField } from "../base/changed-fields.ts";
import { equalJson } from "../base/equal-json.ts";
import type { DestinationPlan, OutboundPlan, ProxyPlan } from "../model/plan.ts";
import { senderCluster } from "../translate/clusters.ts";
import { outboundListenerName, placesTaken } from "../translate/names.ts";
import { listenerText } from "../translate/outbound-listeners.ts";
import { translate, type XdsResources } from "../translate/translate.ts";
import { typeUrls } from "../translate/type-urls.ts";

const typeOrder: readonly string[] = Object.values(typeUrls);

/** One resource of a proxy's configuration that is otherwise than before. */
export interface ChangedXds {
  readonly typeUrl: string;
  readonly name: string;
  readonly change: "added" | "removed" | "changed";
  /** Of a changed one: where. */
  readonly fields: readonly ChangedField[];
}

/** Compares plans of one proxy, and remembers of destinations what it made of them: many proxies have the same. */
export interface XdsComparer {
  /** How what Envoy gets differs. Only what can differ is translated: destinations are the same objects where they mean the same. */
  changes(before: ProxyPlan, after: ProxyPlan): readonly ChangedXds[];
}

export function createXdsComparer(): XdsComparer {
  const translated = new WeakMap<DestinationPlan, XdsResources>();
  const compared = new WeakMap<DestinationPlan, WeakMap<DestinationPlan, readonly ChangedXds[]>>();

  /** All of a destination's but its cluster, in which the sender is named. */
  function withoutCluster(destination: DestinationPlan, plan: ProxyPlan): XdsResources {
    const known = translated.get(destination);
    if (known !== undefined) return known;
    const made = { ...translate({ ...ofDestination(plan, destination), senderTags: "" }), [typeUrls.cluster]: {} };
    translated.set(destination, made);
    return made;
  }

  function rest(before: DestinationPlan, after: DestinationPlan, plan: ProxyPlan): readonly ChangedXds[] {
    const ofBefore = compared.get(before) ?? new WeakMap<DestinationPlan, readonly ChangedXds[]>();
    compared.set(before, ofBefore);
    const made = ofBefore.get(after) ?? compareXds(withoutCluster(before, plan), withoutCluster(after, plan));
    ofBefore.set(after, made);
    return made;
  }

  function ofDestinations(before: ProxyPlan, after: ProxyPlan): readonly ChangedXds[] {
    const [was, is] = [byName(before), byName(after)];
    return [...new Set([...was.keys(), ...is.keys()])].flatMap((name) => {
      const [old, present] = [was.get(name), is.get(name)];
      if (old === undefined || present === undefined) return compareXds(ofOne(before, old), ofOne(after, present));
      if (old === present && before.senderTags === after.senderTags) return [];
      const fields = changedFields(senderCluster(old, before.senderTags), senderCluster(present, after.senderTags));
      const cluster: readonly ChangedXds[] = fields.length === 0 ? [] : [{ typeUrl: typeUrls.cluster, name, change: "changed", fields }];
      return [...cluster, ...(old === present ? [] : rest(old, present, after))];
    });
  }

  return {
    changes: (before, after) => (before === after ? [] : [...ofDestinations(before, after), ...ofListeners(before, after)].sort(byTypeAndName)),
  };
}

function byName({ destinations }: ProxyPlan): ReadonlyMap<string, DestinationPlan> {
  return new Map(destinations.map((destination) => [destination.name, destination]));
}

function ofOne(plan: ProxyPlan, destination: DestinationPlan | undefined): XdsResources {
  return translate(ofDestination(plan, destination));
}

/** A plan in which there is nothing but one destination. */
function ofDestination({ mesh, proxy, senderTags }: ProxyPlan, destination: DestinationPlan | undefined): ProxyPlan {
  return { mesh, proxy, senderTags, inbounds: [], outbounds: [], destinations: destination === undefined ? [] : [destination], notices: [] };
}

/** Inbounds, with their clusters, outbounds and where redirected connections arrive; without destinations, for which see above. */
function ofListeners(before: ProxyPlan, after: ProxyPlan): readonly ChangedXds[] {
  const sameInbounds = equalJson(before.inbounds, after.inbounds);
  const sameCapture = equalJson(before.capture, after.capture);
  const part = (plan: ProxyPlan, other: ProxyPlan): ProxyPlan => {
    const base = { ...ofDestination(plan, undefined), inbounds: sameInbounds ? [] : plan.inbounds, outbounds: differingOutbounds(plan, other) };
    return plan.capture === undefined || sameCapture ? base : { ...base, capture: plan.capture };
  };
  return compareXds(translate(part(before, after)), translate(part(after, before)));
}

/** All outbounds of an address and port together: the first of them is what is served. */
function differingOutbounds(plan: ProxyPlan, other: ProxyPlan): readonly OutboundPlan[] {
  const [taken, takenThere] = [plan, other].map(({ inbounds }) => placesTaken(inbounds));
  if (plan.outbounds === other.outbounds && taken?.size === 0 && takenThere?.size === 0) return [];
  const [these, those] = [byAddress(plan.outbounds), byAddress(other.outbounds)];
  return plan.outbounds.filter((outbound) => {
    const name = outboundListenerName(outbound);
    if (taken?.has(name) === true) return false;
    if (takenThere?.has(name) === true) return true;
    const [mine, theirs] = [these.get(addressOf(outbound)) ?? [], those.get(addressOf(outbound)) ?? []];
    return mine.length !== theirs.length || mine.some((one, at) => !leadsAlike(one, theirs[at]));
  });
}

/** What a listener is made of besides its address (see `outboundListener`): of policies, little. */
function leadsAlike({ destination: one, captured }: OutboundPlan, other: OutboundPlan | undefined): boolean {
  const two = other?.destination;
  if (captured !== other?.captured || two === undefined) return false;
  return one === two || (one.name === two.name && one.protocol === two.protocol && listenerText(one) === listenerText(two));
}

function byAddress(outbounds: readonly OutboundPlan[]): ReadonlyMap<string, readonly OutboundPlan[]> {
  const found = new Map<string, OutboundPlan[]>();
  for (const outbound of outbounds) {
    const list = found.get(addressOf(outbound));
    if (list === undefined) found.set(addressOf(outbound), [outbound]);
    else list.push(outbound);
  }
  return found;
}

function addressOf({ listenAddress, listenPort }: OutboundPlan): string {
  return `${listenAddress} ${listenPort}`;
}

function compareXds(before: XdsResources, after: XdsResources): readonly ChangedXds[] {
  return Object.keys(after).flatMap((typeUrl) => {
    const [was, is] = [before[typeUrl] ?? {}, after[typeUrl] ?? {}];
    const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].sort();
    return names.flatMap((name): ChangedXds[] => {
      const [old, present] = [was[name], is[name]];
      if (old === undefined) return [{ typeUrl, name, change: "added", fields: [] }];
      if (present === undefined) return [{ typeUrl, name, change: "removed", fields: [] }];
      const fields = changedFields(old, present);
      return fields.length === 0 ? [] : [{ typeUrl, name, change: "changed", fields }];
    });
  });
}

function byTypeAndName(a: ChangedXds, b: ChangedXds): number {
  return typeOrder.indexOf(a.typeUrl) - typeOrder.indexOf(b.typeUrl) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}
