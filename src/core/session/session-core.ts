import { typeOrder, typeUrls } from "../snapshot/snapshot.ts";
import type { EncodedResource, Snapshot } from "../snapshot/snapshot.ts";
import { expectConfirmation, settleRefusals, standingRejections } from "./confirm.ts";
import { subscribedTo } from "./select-resources.ts";
import type { Rejection, SessionMessage, TypeCounts } from "./session.ts";
import { covers } from "./subscription.ts";
import { createTypeState } from "./type-state.ts";
import type { Holdings, TypeState } from "./type-state.ts";

/** What both variants of the protocol keep for a stream. */
export interface SessionCore {
  readonly types: Map<string, TypeState>;
  readonly counts: Map<string, Readonly<TypeCounts>>;
  snapshot: Snapshot | undefined;
  /** Responses about types that we do not serve. */
  denials: number;
  /** Clusters that were sent after their endpoints; Envoy wants the endpoints again, and in the incremental variant does not ask. */
  readonly owedEndpoints: Set<string>;
  rejections: readonly Rejection[];
}

export function createSessionCore(): SessionCore {
  return { types: new Map(), counts: new Map(), snapshot: undefined, denials: 0, owedEndpoints: new Set(), rejections: [] };
}

/** Whether this is a type that we serve. */
export function isServed(typeUrl: string): boolean {
  return typeOrder.includes(typeUrl);
}

/** The state of a type, made at its first request. */
export function openType(core: SessionCore, typeUrl: string): TypeState {
  const state = createTypeState(typeUrl, core.snapshot?.types.get(typeUrl));
  core.types.set(typeUrl, state);
  core.counts.set(typeUrl, state.counts);
  return state;
}

/** The snapshot's own string for each name, so that a thousand clients do not keep a copy each. */
export function sharedNames(state: TypeState, names: readonly string[]): readonly string[] {
  return names.map((name) => state.snapshot?.resources.get(name)?.name ?? name);
}

/** Marks what a newer snapshot may have changed. */
export function takeSnapshot(core: SessionCore, snapshot: Snapshot): void {
  core.snapshot = snapshot;
  for (const state of core.types.values()) {
    const next = snapshot.types.get(state.typeUrl);
    if (state.snapshot === next) {
      continue;
    }
    if (state.snapshot?.version !== next?.version) {
      state.stale = true;
    } else if (next !== undefined && state.held === state.snapshot?.resources) {
      state.held = next.resources;
    }
    state.snapshot = next;
  }
}

/** What the client dropped, it forgets; so do we. */
export function forgetUnwanted(state: TypeState): void {
  state.held = new Map([...state.held].filter(([name]) => covers(state.subscription, name)));
}

const nothingRemoved: readonly string[] = [];

/** Makes the next response and remembers that it waits for confirmation. */
export function respond(
  state: TypeState,
  response: { readonly sent: readonly EncodedResource[]; readonly removed?: readonly string[]; readonly after: Holdings; readonly version: string },
): SessionMessage {
  const nonce = state.nonces.next(response.version);
  expectConfirmation(state, { nonce, sent: response.sent, after: response.after });
  return { typeUrl: state.typeUrl, versionInfo: response.version, nonce, resources: response.sent, removed: response.removed ?? nothingRemoved };
}

/** After clusters were sent: their endpoints have to follow (a cluster and its endpoints have one name). */
export function oweEndpoints(core: SessionCore, clusters: readonly EncodedResource[]): void {
  const endpoints = core.snapshot?.types.get(typeUrls.endpoints)?.resources;
  const state = core.types.get(typeUrls.endpoints);
  if (clusters.length === 0) {
    return;
  }
  if (state !== undefined && subscribedTo(state) === endpoints) {
    state.sentClusters = clusters;
    state.stale = true;
    return;
  }
  for (const { name } of clusters) {
    if (endpoints?.has(name) !== true) {
      continue;
    }
    if (state !== undefined && covers(state.subscription, name)) {
      state.due.add(name);
      state.stale = true;
    } else {
      core.owedEndpoints.add(name);
    }
  }
}

/** Endpoints that are owed and wanted become due. */
export function demandOwedEndpoints(core: SessionCore): void {
  const state = core.types.get(typeUrls.endpoints);
  if (state === undefined) {
    return;
  }
  for (const name of core.owedEndpoints) {
    if (covers(state.subscription, name)) {
      state.due.add(name);
      state.stale = true;
    }
  }
}

/** Messages of one step: those that make, in type order, and those that break, which go last and in the opposite order. */
export interface Outbox {
  readonly now: SessionMessage[];
  readonly last: (() => SessionMessage)[];
}

/** Writes every type that may have something to send. */
export function flush(core: SessionCore, write: (state: TypeState, outbox: Outbox) => void): readonly SessionMessage[] {
  const outbox: Outbox = { now: [], last: [] };
  for (const typeUrl of core.snapshot === undefined ? [] : typeOrder) {
    const state = core.types.get(typeUrl);
    if (state?.stale === true) {
      write(state, outbox);
      state.stale = false;
      state.owesFirstAnswer = false;
      state.restore = false;
      if (typeUrl === typeUrls.endpoints && core.owedEndpoints.size > 0) {
        state.due.forEach((name) => core.owedEndpoints.delete(name));
      }
      state.due.clear();
      state.sentClusters = [];
    }
  }
  return [...outbox.now, ...outbox.last.reverse().map((compose) => compose())];
}

/** Drops refusals that are over and renews the list of those that stand, when `changed` or when any was dropped. */
export function settle(core: SessionCore, changed: boolean): void {
  let renew = changed;
  for (const state of core.types.values()) {
    if (state.refused.size > 0) {
      renew = settleRefusals(state) || renew;
    }
  }
  if (renew) {
    core.rejections = standingRejections(core.types.values());
  }
}
