import type { EncodedResource } from "./snapshot.ts";

/** Lists that are remembered for each first resource. */
const maxLists = 4;

const recent = new WeakMap<EncodedResource, (readonly EncodedResource[])[]>();
const shared = new WeakSet<readonly EncodedResource[]>();

/**
 * Of lists of the same resources in the same order, one: whoever is sent a list that somebody was sent lately gets that very list, so that
 * what follows from it (its bytes, for one) can be remembered with it. A list is remembered for as long as its first resource lives.
 */
export function sharedList(list: readonly EncodedResource[]): readonly EncodedResource[] {
  const [first] = list;
  if (first === undefined) return nothing;
  let lists = recent.get(first);
  if (lists === undefined) recent.set(first, (lists = []));
  const known = lists.find((other) => areSame(other, list));
  if (known !== undefined) {
    markShared(known);
    return known;
  }
  if (lists.length === maxLists) lists.shift();
  lists.push(list);
  return list;
}

/** Says that more than one client is sent this list. */
export function markShared(list: readonly EncodedResource[]): void {
  shared.add(list);
}

/** Whether it is known that more than one client is sent this list, so that it pays to remember something with it. */
export function isShared(list: readonly EncodedResource[]): boolean {
  return shared.has(list);
}

const nothing: readonly EncodedResource[] = [];

function areSame(a: readonly EncodedResource[], b: readonly EncodedResource[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
