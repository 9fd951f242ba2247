import type { ResourceKey } from "./resource.ts";

/** What others stand in or lean on comes earlier; a kind that is not named here comes last. */
const ranks: ReadonlyMap<string, number> = new Map([
  ["Mesh", 0],
  ["GlobalSecret", 1],
  ["Secret", 1],
  ["Dataplane", 2],
  ["MeshService", 2],
  ["MeshExternalService", 2],
]);

/**
 * The order in which resources can be written one by one: a Mesh before what lives in it, secrets before who reads them, services and
 * proxies before the policies about them (so that a policy is not told that nobody is there). Otherwise as given.
 */
export function applyOrder<T>(items: readonly T[], keyOf: (item: T) => ResourceKey): readonly T[] {
  return sortedByRank(items, keyOf, 1);
}

/** The order in which resources can be deleted one by one: policies first, the Mesh last. Otherwise as given. */
export function deleteOrder<T>(items: readonly T[], keyOf: (item: T) => ResourceKey): readonly T[] {
  return sortedByRank(items, keyOf, -1);
}

function sortedByRank<T>(items: readonly T[], keyOf: (item: T) => ResourceKey, direction: 1 | -1): readonly T[] {
  const rank = (item: T): number => ranks.get(keyOf(item).kind) ?? ranks.size;
  return [...items].sort((a, b) => direction * (rank(a) - rank(b)));
}
