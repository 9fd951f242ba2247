import { changedFields, type ChangedField } from "../base/changed-fields.ts";
import { equalJson } from "../base/equal-json.ts";
import type { DestinationPlan, OutboundPlan, ProxyPlan } from "../model/plan.ts";
import { translate, type XdsResources } from "../translate/translate.ts";

/** One resource of a proxy's configuration that is otherwise than before. */
export interface ChangedXds {
  readonly typeUrl: string;
  readonly name: string;
  readonly change: "added" | "removed" | "changed";
  /** Of a changed one: where. */
  readonly fields: readonly ChangedField[];
}

/**
 * How what Envoy gets differs between two plans of one proxy. Only what can differ is translated: destinations are the same objects
 * where they mean the same.
 */
export function changedXds(before: ProxyPlan, after: ProxyPlan): readonly ChangedXds[] {
  if (before === after) return [];
  const [was, is] = [differingPart(before, after), differingPart(after, before)];
  return compareXds(translate(was), translate(is));
}

/** The part of `plan` that `other` may not have. */
function differingPart(plan: ProxyPlan, other: ProxyPlan): ProxyPlan {
  // Who sends is written into every cluster with a check.
  const sameSender = plan.senderTags === other.senderTags;
  const others: ReadonlySet<DestinationPlan> = new Set(sameSender ? other.destinations : []);
  const destinations = plan.destinations.filter((destination) => !others.has(destination));
  const inbounds = equalJson(plan.inbounds, other.inbounds) ? [] : plan.inbounds;
  return { ...plan, destinations, inbounds, outbounds: differingOutbounds(plan, other) };
}

/** All outbounds of an address and port together: the first of them is what is served. */
function differingOutbounds({ outbounds }: ProxyPlan, other: ProxyPlan): readonly OutboundPlan[] {
  const [these, those] = [byAddress(outbounds), byAddress(other.outbounds)];
  return outbounds.filter((outbound) => {
    const [mine, theirs] = [these.get(addressOf(outbound)) ?? [], those.get(addressOf(outbound)) ?? []];
    return mine.length !== theirs.length || mine.some(({ destination }, at) => destination !== theirs[at]?.destination);
  });
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
