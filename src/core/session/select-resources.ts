import type { EncodedResource } from "../snapshot/snapshot.ts";
import { covers } from "./subscription.ts";
import type { Subscription } from "./subscription.ts";
import { isEncoded } from "./type-state.ts";
import type { Held, Holdings, TypeState } from "./type-state.ts";

const nothing: ReadonlyMap<string, EncodedResource> = new Map();

/** What the client should have now: what it wants of the snapshot, with the last good version where it refused the newest. */
export function wantedResources(state: TypeState): Holdings {
  const wanted = subscribedTo(state.snapshot?.resources ?? nothing, state.subscription);
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

/** The map itself when the client wants all of it, so that a thousand clients share one. */
function subscribedTo(resources: ReadonlyMap<string, EncodedResource>, subscription: Subscription): ReadonlyMap<string, EncodedResource> {
  if (coversAll(subscription, resources)) {
    return resources;
  }
  return new Map([...resources].filter(([name]) => covers(subscription, name)));
}

function coversAll(subscription: Subscription, resources: ReadonlyMap<string, EncodedResource>): boolean {
  if (subscription.wildcard !== "none") {
    return true;
  }
  for (const name of resources.keys()) {
    if (!subscription.names.has(name)) {
      return false;
    }
  }
  return true;
}

/** How what is wanted differs from what is held. */
export interface Difference {
  /** Names that are new or have another version, in the order of `wanted`. */
  readonly changed: readonly EncodedResource[];
  readonly gone: readonly string[];
}

const same: Difference = { changed: [], gone: [] };

/** Compares by version. Resources of which we know only the version are held already by their nature. */
export function compareHoldings(held: Holdings, wanted: Holdings): Difference {
  if (held === wanted) {
    return same;
  }
  const changed: EncodedResource[] = [];
  let kept = 0;
  for (const [name, resource] of wanted) {
    const before = held.get(name);
    kept += before === undefined ? 0 : 1;
    if (before !== resource && before?.version !== resource.version && isEncoded(resource)) {
      changed.push(resource);
    }
  }
  return { changed, gone: kept === held.size ? same.gone : [...held.keys()].filter((name) => !wanted.has(name)) };
}

/** What changed and what has to be answered whatever its version, each once. */
export function withDue(changed: readonly EncodedResource[], { due }: TypeState, wanted: Holdings): readonly EncodedResource[] {
  if (due.size === 0) {
    return changed;
  }
  const asked = Array.from(due, (name) => wanted.get(name)).filter(isEncoded);
  return changed.length === 0 ? asked : [...new Set([...changed, ...asked])];
}
