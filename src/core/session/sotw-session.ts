import { typeUrls } from "../snapshot/snapshot.ts";
import { acknowledge, refuse } from "./confirm.ts";
import { compareHoldings, encodedOf, isHeldBack, shareNames, wantedResources, withDue } from "./select-resources.ts";
import type { Session, SessionMessage, SotwRequest } from "./session.ts";
import {
  createSessionCore, demandOwedEndpoints, flush, forgetUnwanted, isServed, openType, oweEndpoints, respond, settle, sharedNames, takeSnapshot,
} from "./session-core.ts";
import type { Outbox, SessionCore } from "./session-core.ts";
import { replaceNames } from "./subscription.ts";
import type { Held, Holdings, TypeState } from "./type-state.ts";

/**
 * A session in the state-of-the-world variant (xDS protocol, "SotW").
 *
 * Responses of clusters and listeners carry the whole set, and what is not in it is removed; responses of other types carry what
 * is new to the client. A request with a nonce that is not the last one of its type is stale and gets no answer.
 */
export function createSotwSession(): Session {
  const core = createSessionCore();
  return {
    step(event) {
      if (event.type === "delta-request") {
        throw new TypeError("a delta request came to a session of the state of the world");
      }
      if (event.type === "request") {
        return isServed(event.request.typeUrl) ? takeRequest(core, event.request) : [];
      }
      takeSnapshot(core, event.snapshot);
      const messages = flushWorld(core);
      settle(core, false);
      return messages;
    },
    get rejections() {
      return core.rejections;
    },
    counts: core.counts,
  };
}

/** Types whose responses are the whole set. */
function isWholeSet(typeUrl: string): boolean {
  return typeUrl === typeUrls.cluster || typeUrl === typeUrls.listener;
}

function takeRequest(core: SessionCore, request: SotwRequest): readonly SessionMessage[] {
  const known = core.types.get(request.typeUrl);
  const state = known ?? openType(core, request.typeUrl);
  if (known === undefined) {
    state.cameWithState = request.versionInfo !== "";
    state.owesFirstAnswer = true;
    state.stale = true;
  } else if (request.responseNonce !== "") {
    confirm(core, state, request);
    if (request.responseNonce !== state.nonce) {
      return [];
    }
  }
  const change = replaceNames(state.subscription, sharedNames(state, request.resourceNames), known === undefined);
  if (change.asked.length > 0 || change.narrowed) {
    shareNames(state);
  }
  if (change.narrowed) {
    forgetUnwanted(state);
  }
  change.asked.forEach((name) => state.due.add(name));
  state.stale ||= change.asked.length > 0 || change.askedForEverything;
  if (request.typeUrl === typeUrls.endpoints) {
    demandOwedEndpoints(core);
  }
  return flushWorld(core);
}

/** A stale refusal is still worth knowing: a response that replaced the refused one may not have carried the bad resource again. */
function confirm(core: SessionCore, state: TypeState, request: SotwRequest): void {
  state.nonces.answered(request.responseNonce);
  if (request.error !== undefined) {
    refuse(state, request.responseNonce, request.error, { wholeSet: isWholeSet(state.typeUrl) });
    settle(core, true);
  } else if (request.responseNonce === state.nonce) {
    acknowledge(state, request.responseNonce);
    settle(core, false);
  }
}

function flushWorld(core: SessionCore): readonly SessionMessage[] {
  return flush(core, (state, outbox) => (isWholeSet(state.typeUrl) ? writeWholeSet(core, state, outbox) : writeNews(state, outbox)));
}

function writeNews(state: TypeState, outbox: Outbox): void {
  const wanted = wantedResources(state);
  const { changed } = compareHoldings(state.held, wanted);
  const sent = withDue(changed, state, wanted);
  state.held = wanted;
  if (sent.length > 0) {
    outbox.now.push(respond(state, { sent, after: wanted, version: versionOf(state) }));
  }
}

/**
 * Clusters that go away do so last: first the union of old and new, then, when endpoints, listeners and routes have followed, the new
 * set. Listeners change in one response, for Envoy removes before it adds and a union may hold two listeners of one address.
 */
function writeWholeSet(core: SessionCore, state: TypeState, outbox: Outbox): void {
  const wanted = wantedResources(state);
  const { changed, gone } = compareHoldings(state.held, wanted);
  const asked = state.owesFirstAnswer || state.restore || [...state.due].some((name) => wanted.has(name));
  const isCluster = state.typeUrl === typeUrls.cluster;
  if (isCluster && gone.length > 0) {
    outbox.last.push(() => respond(state, { sent: encodedOf(wanted), after: wanted, version: versionOf(state) }));
  }
  if (changed.length > 0 || asked) {
    const union = isCluster && gone.length > 0;
    const after = union ? unionOf(state.held, wanted) : wanted;
    const version = versionOf(state) + (union ? "~union" : "");
    outbox.now.push(respond(state, { sent: encodedOf(after), after, version }));
    if (isCluster) {
      oweEndpoints(core, state.restore ? encodedOf(wanted) : changed);
    }
  } else if (gone.length > 0 && !isCluster) {
    outbox.now.push(respond(state, { sent: encodedOf(wanted), after: wanted, version: versionOf(state) }));
  } else if (gone.length === 0) {
    state.held = wanted;
  }
}

function unionOf(held: Holdings, wanted: Holdings): Holdings {
  return new Map<string, Held>([...held, ...wanted]);
}

/** Tells a set with something held back from the snapshot's own, so that a client cannot come back claiming to have the latter. */
function versionOf(state: TypeState): string {
  return (state.snapshot?.version ?? "") + (isHeldBack(state) ? "~last-good" : "");
}
