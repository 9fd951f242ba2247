import { rememberPairs } from "../base/remember.ts";
import type { EncodedResource } from "../snapshot/snapshot.ts";
import type { Difference } from "../snapshot/difference.ts";
import { ProxyResources } from "../snapshot/proxy-resources.ts";
import { markShared, sharedList } from "../snapshot/shared-list.ts";
import { isEncoded } from "./type-state.ts";
import type { Held, Holdings, TypeState } from "./type-state.ts";

const nothing: ReadonlyMap<string, EncodedResource> = new Map();
const none: readonly EncodedResource[] = [];

/** What the client should have now: what it wants of the snapshot, with the last good version where it refused the newest. */
export function wantedResources(state: TypeState): Holdings {
  const wanted = subscribedTo(state);
  if (!isHeldBack(state)) {
    return wanted;
  }
  const result = new Map<string, Held>();
  for (const [name, resource] of wanted) {
    const refused = state.refused.get(name);
    const served = refused === undefined || refused.asItIs || refused.version !== resource.version ? resource : state.held.get(name);
    if (served !== undefined && (served === resource || served.version !== refused?.version)) {
      result.set(name, served);
    }
  }
  return result;
}

/** Whether the client is served something else than the newest because it refused the newest. */
export function isHeldBack(state: TypeState): boolean {
  for (const [name, refused] of state.refused) {
    if (!refused.asItIs && state.snapshot?.resources.get(name)?.version === refused.version) {
      return true;
    }
  }
  return false;
}

/** The snapshot's own map when the client wants all of it, so that a thousand clients share one. */
export function subscribedTo(state: TypeState): ReadonlyMap<string, EncodedResource> {
  const resources = state.snapshot?.resources ?? nothing;
  const { names, wildcard } = state.subscription;
  if (wildcard !== "none") {
    return resources;
  }
  if (state.selection?.of !== resources || state.selection.names !== names) {
    state.selection = { of: resources, names, selected: select(resources, names) };
  }
  return state.selection.selected;
}

/** Names from which on it pays to remember what many clients have in common. */
const many = 32;

/** The resources of these names, out of all that there are: worked out once for all clients that want the same. */
function select(resources: ReadonlyMap<string, EncodedResource>, names: ReadonlySet<string>): ReadonlyMap<string, EncodedResource> {
  return names.size < many ? choose(resources, names) : chooseForMany(resources, names);
}

const chooseForMany = rememberPairs(choose);

function choose(resources: ReadonlyMap<string, EncodedResource>, names: ReadonlySet<string>): ReadonlyMap<string, EncodedResource> {
  const chosen = new Map([...resources].filter(([name]) => names.has(name)));
  return chosen.size === resources.size ? resources : chosen;
}

const allNames = new WeakMap<ReadonlyMap<string, EncodedResource>, ReadonlySet<string>>();

/** A client that wants by name all that there is gets a set of names that others have too: thousands may name hundreds. */
export function shareNames({ subscription, snapshot }: TypeState): void {
  const { names } = subscription;
  const resources = snapshot?.resources;
  if (names.size < many || resources?.size !== names.size) {
    return;
  }
  for (const name of names) {
    if (!resources.has(name)) {
      return;
    }
  }
  const shared = allNames.get(resources) ?? new Set(resources.keys());
  allNames.set(resources, shared);
  subscription.names = shared;
}

const same: Difference = { changed: [], gone: [] };

/** Compares by version. Resources of which we know only the version are held already by their nature. */
export function compareHoldings(held: Holdings, wanted: Holdings): Difference {
  if (held === wanted) {
    return same;
  }
  const quick = wanted instanceof ProxyResources && held instanceof ProxyResources ? wanted.since(held) : undefined;
  return quick ?? (wanted.size < many || wanted instanceof ProxyResources ? compareEach(held, wanted) : compareForMany(held, wanted));
}

const compared = new WeakMap<Holdings, WeakMap<Holdings, Difference>>();

/** Clients that call the same have the same maps: the second of them that goes from one to the other finds what the first found. */
function compareForMany(held: Holdings, wanted: Holdings): Difference {
  const ofHeld = compared.get(held) ?? new WeakMap<Holdings, Difference>();
  compared.set(held, ofHeld);
  const known = ofHeld.get(wanted);
  if (known !== undefined) {
    markShared(known.changed);
    return known;
  }
  const difference = compareEach(held, wanted);
  ofHeld.set(wanted, difference);
  return difference;
}

function compareEach(held: Holdings, wanted: Holdings): Difference {
  const changed: EncodedResource[] = [];
  let kept = 0;
  for (const [name, resource] of wanted) {
    const before = held.get(name);
    kept += before === undefined ? 0 : 1;
    if (before !== resource && before?.version !== resource.version && isEncoded(resource)) {
      changed.push(resource);
    }
  }
  // A proxy's clusters are made when they are asked for: such a list is nobody else's.
  const list = wanted instanceof ProxyResources ? changed : sharedList(changed);
  return { changed: list, gone: kept === held.size ? same.gone : [...held.keys()].filter((name) => !wanted.has(name)) };
}

/** What changed and what has to be answered whatever its version, each once. */
export function withDue(changed: readonly EncodedResource[], state: TypeState, wanted: Holdings): readonly EncodedResource[] {
  const following = state.sentClusters.length === 0 ? none : namedAlike(state.sentClusters, wanted);
  if (state.due.size === 0 && (changed.length === 0 || following.length === 0)) {
    return changed.length === 0 ? following : changed;
  }
  const asked = Array.from(state.due, (name) => wanted.get(name)).filter(isEncoded);
  return changed.length + following.length === 0 ? asked : [...new Set([...changed, ...following, ...asked])];
}

/** Endpoints have the names of their clusters. */
function namedAlike(clusters: readonly EncodedResource[], wanted: Holdings): readonly EncodedResource[] {
  return sharedList(clusters.map(({ name }) => wanted.get(name)).filter(isEncoded));
}

/** All of a set of which we have the bytes. */
export function encodedOf(holdings: Holdings): readonly EncodedResource[] {
  return holdings instanceof ProxyResources ? holdings.list() : sharedList([...holdings.values()].filter(isEncoded));
}
