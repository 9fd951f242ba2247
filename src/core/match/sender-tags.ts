import type { Dataplane } from "../model/dataplane.ts";
import { tagSetsOf } from "../model/selector-key.ts";

/** Labels that say where a proxy is connected: they change when it reconnects, and nothing about it does. */
const ownLabels = "probeplane.io/";

/**
 * Who asks, as the header `x-kuma-tags` says it: the tags of all inbounds and of the gateway together, else the labels. Keys and
 * values are sorted, each key written `&key=value,value&`; empty when there is nothing to say (Kuma 2.14, MeshHealthCheck).
 */
export function senderTags(dataplane: Dataplane): string {
  const values = new Map<string, Set<string>>();
  const add = ([key, value]: [string, string]) => values.set(key, (values.get(key) ?? new Set()).add(value));
  for (const tags of tagSetsOf(dataplane)) Object.entries(tags).forEach(add);
  if (values.size === 0) {
    Object.entries(dataplane.labels).filter(([key]) => !key.startsWith(ownLabels)).forEach(add);
  }
  const keys = [...values.keys()].sort();
  return keys.map((key) => `&${key}=${[...(values.get(key) ?? [])].sort().join(",")}&`).join("");
}
