import { contentHashOf } from "../base/hash.ts";
import { keyText } from "../model/resource.ts";
import type { EncodedResource, TypeSnapshot } from "./snapshot.ts";
import { WeakValues } from "./weak-values.ts";

/** Hash over names and versions, in their order. */
export function versionOf(resources: readonly EncodedResource[]): string {
  return contentHashOf(resources.flatMap(({ name, version }) => [name, version]));
}

/** In the order given; of two with one name the first is kept, as in `translate`. */
export function mapByName(resources: readonly EncodedResource[]): Map<string, EncodedResource> {
  const named = new Map<string, EncodedResource>();
  for (const resource of resources) {
    if (!named.has(resource.name)) named.set(resource.name, resource);
  }
  return named;
}

/** Gives equal lists of resources that are due to the same policies the same TypeSnapshot, so that proxies with the same endpoints hold one map. */
export function createTypeSnapshots(): { of(resources: readonly EncodedResource[]): TypeSnapshot } {
  const known = new WeakValues<string, TypeSnapshot>();
  return {
    of(resources) {
      const sorted = [...resources].sort(byName);
      const version = versionOf(sorted);
      return known.getOrMake(version + decidersIn(sorted), () => ({ version, resources: mapByName(sorted) }));
    },
  };
}

/** Who made what, as text; empty where no policy did. */
function decidersIn(resources: readonly EncodedResource[]): string {
  return resources.flatMap(({ name, madeFrom }) => (madeFrom.length === 0 ? [] : [name, ...madeFrom.map(keyText)])).join(" ");
}

export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
