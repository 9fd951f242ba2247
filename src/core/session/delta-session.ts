import { typeUrls } from "../snapshot/snapshot.ts";
import { acknowledge, refuse } from "./confirm.ts";
import { compareHoldings, shareNames, wantedResources, withDue } from "./select-resources.ts";
import type { DeltaRequest, Session, SessionMessage } from "./session.ts";
import {
  createSessionCore, demandOwedEndpoints, flush, forgetUnwanted, isServed, openType, oweEndpoints, respond, settle, sharedNames, takeSnapshot,
} from "./session-core.ts";
import type { Outbox, SessionCore } from "./session-core.ts";
import { changeNames, covers, everything } from "./subscription.ts";
import type { Held, TypeState } from "./type-state.ts";

/**
 * A session in the incremental variant (xDS protocol, "Incremental xDS").
 *
 * Responses carry what differs from what the client has. Names that are asked for are answered always: with the resource, or as
 * removed when there is none, which frees an Envoy that waits for it.
 */
export function createDeltaSession(): Session {
  const core = createSessionCore();
  return {
    step(event) {
      if (event.type === "request") {
        throw new TypeError("a request for the state of the world came to a delta session");
      }
      if (event.type === "delta-request") {
        return isServed(event.request.typeUrl) ? takeRequest(core, event.request) : denyAll(core, event.request);
      }
      takeSnapshot(core, event.snapshot);
      const messages = flushDelta(core);
      settle(core, false);
      return messages;
    },
    get rejections() {
      return core.rejections;
    },
    counts: core.counts,
  };
}

const none: readonly string[] = [];

/** A type that we do not serve: nothing of that name exists. */
function denyAll(core: SessionCore, request: DeltaRequest): readonly SessionMessage[] {
  const removed = request.subscribe.filter((name) => name !== everything);
  if (removed.length === 0) {
    return [];
  }
  return [{ typeUrl: request.typeUrl, versionInfo: "", nonce: String(++core.denials), resources: [], removed }];
}

function takeRequest(core: SessionCore, request: DeltaRequest): readonly SessionMessage[] {
  const known = core.types.get(request.typeUrl);
  const state = known ?? openType(core, request.typeUrl);
  const first = known === undefined;
  state.nonces.answered(request.responseNonce);
  if (request.error !== undefined) {
    refuse(state, request.responseNonce, request.error, { wholeSet: false });
    settle(core, true);
  } else if (request.responseNonce !== "") {
    acknowledge(state, request.responseNonce);
    settle(core, false);
  }
  const change = changeNames(state.subscription, sharedNames(state, request.subscribe), request.unsubscribe, first);
  if (change.asked.length > 0 || change.narrowed) {
    shareNames(state);
  }
  if (first) {
    takeInitialVersions(state, request.initialVersions);
  }
  if (change.narrowed) {
    forgetUnwanted(state);
  }
  change.asked.filter((name) => !(first && request.initialVersions.has(name))).forEach((name) => state.due.add(name));
  state.owesFirstAnswer ||= change.askedForEverything && request.initialVersions.size === 0;
  state.stale ||= change.asked.length > 0 || change.askedForEverything;
  if (request.typeUrl === typeUrls.endpoints) {
    demandOwedEndpoints(core);
  }
  return flushDelta(core);
}

/** A client that comes back says what it has; it need not get that again. */
function takeInitialVersions(state: TypeState, versions: ReadonlyMap<string, string>): void {
  if (versions.size > 0) {
    state.held = new Map([...versions].filter(([name]) => covers(state.subscription, name)).map(([name, version]) => [name, { version }]));
    state.confirmed = state.held;
    state.counts.resumed = true;
  }
}

function flushDelta(core: SessionCore): readonly SessionMessage[] {
  return flush(core, (state, outbox) => writeDifference(core, state, outbox));
}

/**
 * What is new and what was asked for goes now; what is gone goes last. Listeners that are gone go with the new ones, because Envoy removes before
 * it adds, and a new listener may have the address of an old one.
 */
function writeDifference(core: SessionCore, state: TypeState, outbox: Outbox): void {
  const wanted = wantedResources(state);
  const { changed, gone: lost } = compareHoldings(state.held, wanted);
  const sent = withDue(changed, state, wanted);
  const missing = comesLater(state) ? none : [...state.due].filter((name) => !wanted.has(name));
  const gone = comesLater(state) ? none : goneBeside(missing, lost, state);
  const together = state.typeUrl === typeUrls.listener || gone.length === 0;
  const version = sharedVersion(state);
  if (sent.length > 0 || missing.length > 0 || state.owesFirstAnswer || (together && gone.length > 0)) {
    const removed = together ? [...missing, ...gone] : missing;
    const after = together ? wanted : new Map<string, Held>([...state.held, ...wanted]);
    outbox.now.push(respond(state, { sent, removed, after, version }));
  }
  if (together) {
    state.held = wanted;
  } else {
    outbox.last.push(() => respond(state, { sent: [], removed: gone, after: wanted, version }));
  }
  if (state.typeUrl === typeUrls.cluster) {
    oweEndpoints(core, sent);
  }
}

/**
 * A secret that is not there is being made: whoever has an older one goes on with that until the new one comes, and whoever waits goes on
 * waiting. One that is of no use any more is let go of with what refers to it.
 */
function comesLater({ typeUrl }: TypeState): boolean {
  return typeUrl === typeUrls.secret;
}

/** Nobody but people reads it in this variant: it is the one of what replicas share, so that they can be sent the same bytes. */
function sharedVersion({ snapshot }: TypeState): string {
  return snapshot?.sharedVersion ?? snapshot?.version ?? "";
}

/** Nearly always nobody, on a path that every proxy takes at every edit. */
function goneBeside(missing: readonly string[], lost: readonly string[], state: TypeState): readonly string[] {
  if (lost.length === 0 && state.refused.size === 0) {
    return lost;
  }
  return [...lost, ...refusedAndGone(state)].filter((name) => !missing.includes(name));
}

/** The client may have an older version, of an earlier stream, of what it refused and what is now gone. */
function refusedAndGone(state: TypeState): readonly string[] {
  const isGone = (name: string): boolean => state.snapshot?.resources.has(name) !== true && covers(state.subscription, name);
  return [...state.refused.keys()].filter((name) => isGone(name) && !state.held.has(name));
}
