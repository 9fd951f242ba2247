import { deepFreeze } from "../base/deep-freeze.ts";
import type { DestinationTlsPlan } from "../model/mesh-tls-plan.ts";
import type { EndpointPlan, EndpointsPlan, ExternalPlan, Protocol } from "../model/plan.ts";
import type { MeshWorld } from "../model/world.ts";
import { readForEndpoints } from "./endpoint-marks.ts";
import { createInternTable } from "./intern-table.ts";
import type { FoundDestination } from "./found-destination.ts";
import { offersTo } from "./offers.ts";
import { refText } from "./outbound-refs.ts";
import type { OutboundListen, OutboundRef } from "./outbound-refs.ts";
import type { Outline } from "./outline.ts";
import type { Reachable } from "./reachable.ts";
import { lookUp } from "./resolve-outbound.ts";
import type { Target } from "./resolve-target.ts";

/** What of a destination a plan shows: equal content, same object. */
export interface DestinationFacts {
  readonly name: string;
  readonly displayName: string;
  readonly protocol: Protocol;
  readonly external?: ExternalPlan;
  readonly tls?: DestinationTlsPlan;
  readonly endpoints: EndpointsPlan;
}

/** A destination in one state of the World. The same object for as long as nothing that it was made from changes. */
export interface Destination {
  readonly target: Target;
  readonly facts: DestinationFacts;
}

/** A list of outbounds, resolved. */
export interface ResolvedOutbounds {
  readonly outbounds: readonly { readonly listen: OutboundListen; readonly destination: Destination }[];
  readonly missing: readonly { readonly listen: OutboundListen; readonly why: string }[];
}

/** A list of outbounds that any number of proxies may have; it remembers what it resolved to. */
export interface OutboundList {
  /** True: of callers without an identity, who know no mutual TLS. */
  readonly isPlain: boolean;
  readonly slots: readonly { readonly listen: OutboundListen; readonly slot: RefSlot }[];
  /** What is served beside the outbounds; absent: nothing. */
  readonly reachable?: Reachable;
  /** Keeps what was found at such places alive. */
  offers: OutboundList["slots"];
  resolvedIn: number;
  resolved: ResolvedOutbounds | undefined;
}

/** One ref, and what it came to when it was last looked up. */
interface RefSlot {
  readonly ref: OutboundRef;
  /** True: for callers without an identity. */
  readonly isPlain: boolean;
  checkedIn: number;
  readFrom: readonly unknown[] | undefined;
  result: Destination | string;
}

/** The destinations of one mesh. */
export interface Destinations {
  listOf(outline: Outline): OutboundList;
  /** The result is the same object as before when nothing in it changed. */
  resolve(mesh: MeshWorld, list: OutboundList): ResolvedOutbounds;
}

export function createDestinations(): Destinations {
  const lists = createInternTable<OutboundList>();
  const slots = createInternTable<RefSlot>();
  const internFacts = createFactsTable();
  const epochOf = createEpochs();

  function check(mesh: MeshWorld, epoch: number, slot: RefSlot): Destination | string {
    if (slot.checkedIn === epoch) return slot.result;
    slot.checkedIn = epoch;
    const lookup = lookUp(mesh, slot.ref);
    if (slot.readFrom !== undefined && sameElements(slot.readFrom, lookup.readFrom)) return slot.result;
    slot.readFrom = lookup.readFrom;
    const found = lookup.find();
    slot.result = "missing" in found ? found.missing : kept(slot.result, { target: found.target, facts: internFacts(slot.isPlain ? inPlainText(found) : found) });
    return slot.result;
  }

  function slotFor(listen: OutboundListen, isPlain: boolean): OutboundList["slots"][number] {
    return { listen, slot: slots.intern(`${isPlain ? "plain " : ""}${refText(listen.ref)}`, () => newSlot(listen.ref, isPlain)) };
  }

  /** What is offered at a place that is taken already, by an outbound or by a service before it, is left out; so is what is missing. */
  function addOffers(mesh: MeshWorld, epoch: number, list: OutboundList, reachable: Reachable, { outbounds, missing }: ResolvedOutbounds): ResolvedOutbounds {
    const taken = new Set(outbounds.map(({ listen }) => placeOf(listen)));
    const all = [...outbounds];
    list.offers = Array.from(offersTo(mesh, reachable), (listen) => slotFor(listen, list.isPlain));
    for (const { listen, slot } of list.offers) {
      const result = check(mesh, epoch, slot);
      if (typeof result === "string" || taken.has(placeOf(listen))) continue;
      taken.add(placeOf(listen));
      all.push({ listen, destination: result });
    }
    return { outbounds: all, missing };
  }

  return {
    listOf({ listens, listensKey, reachable, isPlain }) {
      return lists.intern(listensKey, () => ({
        isPlain,
        slots: listens.map((listen) => slotFor(listen, isPlain)),
        ...(reachable === undefined ? {} : { reachable }),
        offers: [],
        resolvedIn: -1,
        resolved: undefined,
      }));
    },
    resolve(mesh, list) {
      const epoch = epochOf(mesh);
      if (list.resolved !== undefined && list.resolvedIn === epoch) return list.resolved;
      list.resolvedIn = epoch;
      const results = list.slots.map(({ slot }) => check(mesh, epoch, slot));
      if (list.reachable !== undefined) {
        const made = addOffers(mesh, epoch, list, list.reachable, resolvedOutbounds(list, results));
        if (list.resolved === undefined || !sameResolved(list.resolved, made)) list.resolved = made;
      } else if (list.resolved === undefined || !sameResults(list.resolved, results)) list.resolved = resolvedOutbounds(list, results);
      return list.resolved;
    },
  };
}

/** The destination from before, where the new one says the same. */
function kept(before: Destination | string, after: Destination): Destination {
  return typeof before === "object" && before.facts === after.facts && sameTarget(before.target, after.target) ? before : after;
}

function sameTarget(a: Target, b: Target): boolean {
  if (a.kind === "service" && b.kind === "service") return a.service === b.service && a.port === b.port;
  if (a.kind === "external" && b.kind === "external") return a.service === b.service;
  return a.kind === "tagged" && b.kind === "tagged" && a.service === b.service;
}

function newSlot(ref: OutboundRef, isPlain: boolean): RefSlot {
  return { ref, isPlain, checkedIn: -1, readFrom: undefined, result: "" };
}

function resolvedOutbounds(list: OutboundList, results: readonly (Destination | string)[]): ResolvedOutbounds {
  const outbounds: ResolvedOutbounds["outbounds"][number][] = [];
  const missing: ResolvedOutbounds["missing"][number][] = [];
  for (const [i, { listen }] of list.slots.entries()) {
    const result = results[i];
    if (typeof result === "object") outbounds.push({ listen, destination: result });
    else missing.push({ listen, why: result ?? "" });
  }
  return { outbounds, missing };
}

function sameResults(before: ResolvedOutbounds, results: readonly (Destination | string)[]): boolean {
  const found = results.filter((result) => typeof result === "object");
  const missing = results.filter((result) => typeof result === "string");
  if (!sameElements(missing, before.missing.map(({ why }) => why))) return false;
  return sameElements(found, before.outbounds.map(({ destination }) => destination));
}

function sameResolved(a: ResolvedOutbounds, b: ResolvedOutbounds): boolean {
  const same = a.outbounds.every(({ listen, destination }, i) => listen === b.outbounds[i]?.listen && destination === b.outbounds[i].destination);
  return same && a.outbounds.length === b.outbounds.length && sameElements(a.missing.map(({ why }) => why), b.missing.map(({ why }) => why));
}

function placeOf({ address, port }: OutboundListen): string {
  return `${address} ${port}`;
}

export function sameElements(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((element, i) => element === b[i]);
}

/** Equal facts become one object. Endpoints are shared by all facts of one name: other stages keep them by that. */
function createFactsTable(): (found: FoundDestination) => DestinationFacts {
  const facts = createInternTable<DestinationFacts>();
  const endpointsPlans = createInternTable<EndpointsPlan>();
  return ({ name, displayName, protocol, endpoints, external, tls }) => {
    const text = endpoints.map(endpointText).join(",");
    const plan = endpointsPlans.intern(`${name}|${text}`, () => deepFreeze({ endpoints }));
    const outside = external === undefined ? {} : { external };
    const secured = tls === undefined ? {} : { tls };
    const more = external === undefined && tls === undefined ? "" : `|${JSON.stringify([external, tls])}`;
    return facts.intern(`${name}|${displayName}|${protocol}|${text}${more}`, () => ({ name, displayName, protocol, ...outside, ...secured, endpoints: plan }));
  };
}

function endpointText({ address, port, priority, mutualTls, tags }: EndpointPlan): string {
  return `${address} ${port}${priority === undefined ? "" : ` ${priority}`}${mutualTls === true ? " tls" : ""}${tags === undefined ? "" : ` ${JSON.stringify(tags)}`}`;
}

/** What a caller sees that has no certificate to show. */
function inPlainText({ tls, ...found }: FoundDestination): FoundDestination {
  if (tls === undefined) return found;
  return { ...found, endpoints: found.endpoints.map(withoutMark) };
}

function withoutMark({ address, port, tags }: EndpointPlan): EndpointPlan {
  return { address, port, ...(tags === undefined ? {} : { tags }) };
}

/** A number that is another one whenever what can be a destination is not the same as at the last call. */
function createEpochs(): (mesh: MeshWorld) => number {
  let epoch = 0;
  let last: readonly unknown[] = [];
  return (mesh) => {
    const now = [mesh.dataplanes, mesh.services, mesh.externalServices, ...readForEndpoints(mesh)];
    if (!sameElements(now, last)) {
      epoch += 1;
      last = now;
    }
    return epoch;
  };
}
