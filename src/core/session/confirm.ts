import type { EncodedResource } from "../snapshot/snapshot.ts";
import type { ResourceKey } from "../model/resource.ts";
import { keyText } from "../model/resource.ts";
import type { Rejection } from "./session.ts";
import { blamedNames } from "./rejections.ts";
import { covers } from "./subscription.ts";
import { replaceHeld } from "./type-state.ts";
import type { Held, Holdings, TypeState, Unconfirmed } from "./type-state.ts";

/** Responses of a type that may wait for confirmation; of a client that never confirms, older ones are forgotten. */
const maxUnconfirmed = 8;

/** Remembers that a response went out. */
export function expectConfirmation(state: TypeState, response: Unconfirmed): void {
  state.nonce = response.nonce;
  state.held = response.after;
  state.counts.sent++;
  state.unconfirmed.push(response);
  if (state.unconfirmed.length > maxUnconfirmed) {
    state.unconfirmed.shift();
  }
  countAwaiting(state);
}

/** Kept beside the other counts, so that whoever reads those sees whether the client has caught up. */
function countAwaiting({ counts, unconfirmed }: TypeState): void {
  counts.awaiting = unconfirmed.length;
}

/**
 * The client took the response of this nonce, and with it those before: Envoy merges the confirmations that it withheld while
 * clusters were warming into one, for the last nonce.
 */
export function acknowledge(state: TypeState, nonce: string): void {
  const at = findUnconfirmed(state, nonce);
  const response = state.unconfirmed[at];
  if (response === undefined) {
    return;
  }
  state.counts.acknowledged++;
  state.confirmed = response.after;
  state.restored = 0;
  state.unconfirmed.splice(0, at + 1);
  countAwaiting(state);
}

/** Of two responses that had a nonce one after the other, the newer is meant. */
function findUnconfirmed(state: TypeState, nonce: string): number {
  return state.unconfirmed.findLastIndex((response) => response.nonce === nonce);
}

/** How the variant of the protocol bears on a refusal. */
export interface RefusalRules {
  /** A response is the whole set, and what is not in it is removed by the client (state of the world: clusters, listeners). */
  readonly wholeSet: boolean;
}

/** Restorations in a row, without a confirmation between them, that we try before we wait for a newer snapshot. */
const maxRestorations = 3;

/**
 * The client refused (a part of) the response of this nonce. The blamed versions are not offered again; what the client had
 * before stays what it has, for Envoy skips bad resources and applies the others of the same response.
 */
export function refuse(state: TypeState, nonce: string, message: string, rules: RefusalRules): void {
  const at = findUnconfirmed(state, nonce);
  const response = state.unconfirmed[at];
  if (response === undefined) {
    return;
  }
  state.counts.rejected++;
  const before = state.unconfirmed[at - 1]?.after ?? state.confirmed;
  const named = new Set(blamedNames(message, response.sent.map((resource) => resource.name)));
  const exact = named.size > 0;
  const blamed = exact ? response.sent.filter((resource) => named.has(resource.name)) : blamedByDifference(response.sent, before);
  const rejection = describe(state.typeUrl, blamed, message, nonce);
  const fallbacks = new Map<string, Held>();
  for (const resource of blamed) {
    const good = goodVersion(state, resource, before);
    if (good !== undefined) {
      fallbacks.set(resource.name, good);
    }
    const unknownState = before === undefined && (state.cameWithState || !exact);
    const asItIs = rules.wholeSet && good === undefined && (state.refused.get(resource.name)?.asItIs === true || unknownState);
    state.refused.set(resource.name, { version: refusedVersion(state, resource), asItIs, rejection });
  }
  forgetRefused(state, response, blamed, fallbacks, exact);
  state.unconfirmed = exact ? state.unconfirmed.slice(at + 1) : state.unconfirmed.filter((other) => other !== response);
  countAwaiting(state);
  restore(state, response, named, rules);
}

/**
 * Sends again what was good in a refused response: in state of the world the whole good set, because the refused one was applied in part;
 * else the resources that were not blamed, because only a confirmation makes a client say, when it comes back, that it has them.
 */
function restore(state: TypeState, response: Unconfirmed, named: ReadonlySet<string>, rules: RefusalRules): void {
  const rest = response.sent.filter(({ name, version }) => !named.has(name) && state.held.get(name)?.version === version);
  const worthwhile = rules.wholeSet
    ? response.sent.some(({ name }) => state.refused.get(name)?.asItIs === false) && state.nonce === response.nonce
    : named.size > 0 && rest.length > 0;
  if (worthwhile && state.restored < maxRestorations) {
    state.restored++;
    state.restore = rules.wholeSet;
    state.stale = true;
    if (!rules.wholeSet) {
      rest.forEach(({ name }) => state.due.add(name));
    }
  }
}

/** A text that names nobody is about something that was new in the response. */
function blamedByDifference(sent: readonly EncodedResource[], before: Holdings | undefined): readonly EncodedResource[] {
  const differing = sent.filter((resource) => before?.get(resource.name)?.version !== resource.version);
  return differing.length > 0 ? differing : sent;
}

/** What the client had before; nothing when that is refused as well. */
function goodVersion(state: TypeState, resource: EncodedResource, before: Holdings | undefined): Held | undefined {
  const had = before?.get(resource.name);
  const isBad = had?.version === resource.version || had?.version === state.refused.get(resource.name)?.version;
  return isBad ? undefined : had;
}

/** Of a client that refuses its last good version too, the newest stays the one that is not offered again. */
function refusedVersion(state: TypeState, resource: EncodedResource): string {
  const earlier = state.refused.get(resource.name);
  const newest = state.snapshot?.resources.get(resource.name)?.version;
  return earlier !== undefined && earlier.version === newest ? earlier.version : resource.version;
}

/** Takes the blamed versions out of what we believe the client has, now and after the responses still on their way. */
function forgetRefused(
  state: TypeState,
  refusedResponse: Unconfirmed,
  blamed: readonly EncodedResource[],
  fallbacks: ReadonlyMap<string, Held>,
  exact: boolean,
): void {
  const versions = new Map(blamed.map((resource) => [resource.name, resource.version]));
  const names = blamed.filter((resource) => state.refused.get(resource.name)?.asItIs !== true).map((resource) => resource.name);
  const correct = (holdings: Holdings, which: readonly string[]): Holdings => {
    const wrong = which.filter((name) => holdings.get(name)?.version === versions.get(name));
    return wrong.length === 0 ? holdings : replaceHeld(holdings, wrong, (name) => fallbacks.get(name));
  };
  state.held = correct(state.held, names);
  for (const response of state.unconfirmed) {
    response.after = correct(response.after, names);
  }
  if (exact || state.confirmed !== undefined) {
    state.confirmed = correct(exact ? refusedResponse.after : (state.confirmed ?? refusedResponse.after), [...versions.keys()]);
  }
}

function describe(typeUrl: string, blamed: readonly EncodedResource[], message: string, nonce: string): Rejection {
  const madeFrom = new Map<string, ResourceKey>(blamed.flatMap((resource) => resource.madeFrom).map((key) => [keyText(key), key]));
  return { typeUrl, resources: blamed.map((resource) => resource.name), madeFrom: [...madeFrom.values()], message, nonce };
}

/**
 * Forgets refusals that are over: the resource is gone or not wanted any more, or the client has confirmed the newest version (which may be its
 * last good one, when an edit was taken back). Returns whether any was.
 */
export function settleRefusals(state: TypeState): boolean {
  let settled = false;
  for (const name of state.refused.keys()) {
    const newest = state.snapshot?.resources.get(name);
    const over = newest === undefined || !covers(state.subscription, name) || state.confirmed?.get(name)?.version === newest.version;
    if (over) {
      state.refused.delete(name);
      settled = true;
    }
  }
  return settled;
}

/** The refusals that stand, each with only the resources that are still refused. */
export function standingRejections(states: Iterable<TypeState>): readonly Rejection[] {
  const names = new Map<Rejection, string[]>();
  for (const state of states) {
    for (const [name, refused] of state.refused) {
      const list = names.get(refused.rejection) ?? [];
      names.set(refused.rejection, [...list, name]);
    }
  }
  return [...names].map(([rejection, resources]) => ({ ...rejection, resources }));
}
