import { equalContent } from "../../../core/model/changes-to.ts";
import { keyText } from "../../../core/model/resource.ts";
import type { Resource, ResourceKey } from "../../../core/model/resource.ts";
import { stamped, timeAfter } from "../plan-put.ts";
import { keyOf } from "../key-of.ts";

/** Changes of one layer, or of what is seen of both. */
export interface LayerChanges {
  readonly changed: readonly Resource[];
  readonly removed: readonly ResourceKey[];
}

/** What people wrote lies over what is derived: of two resources with one key the written one is seen, and what is below it comes back when that goes. */
export interface Layers {
  /** Takes over what changed in a layer, and gives what that changes to who sees both: with times, and without what only seems to change. */
  change(layer: "written" | "derived", changes: LayerChanges): LayerChanges;
  /** Everything that is seen. */
  all(): readonly Resource[];
}

export function createLayers(now: () => Date): Layers {
  const layers = { written: new Map<string, Resource>(), derived: new Map<string, Resource>() };
  const seen = new Map<string, Resource>();
  const look = (key: ResourceKey): "same" | Resource | undefined => {
    const text = keyText(key);
    const before = seen.get(text);
    const resource = layers.written.get(text) ?? layers.derived.get(text);
    if (resource === undefined) return seen.delete(text) ? undefined : "same";
    if (before !== undefined && equalContent(before, resource)) return "same";
    const after = withTimes(resource, before, now());
    seen.set(text, after);
    return after;
  };
  return {
    change: (layer, { changed, removed }) => {
      for (const key of removed) layers[layer].delete(keyText(key));
      for (const resource of changed) layers[layer].set(keyText(resource), resource);
      const told = [...removed, ...changed].map((key) => [key, look(key)] as const);
      return {
        changed: told.flatMap(([, after]) => (after === "same" || after === undefined ? [] : [after])),
        removed: told.flatMap(([key, after]) => (after === undefined ? [keyOf(key)] : [])),
      };
    },
    all: () => [...seen.values()],
  };
}

/** Kubernetes tells when an object was made, not when it was changed: that is when we see it. */
function withTimes(resource: Resource, before: Resource | undefined, now: Date): Resource {
  const creationTime = resource.creationTime ?? before?.creationTime ?? now.toISOString();
  return stamped(resource, creationTime, before === undefined ? creationTime : timeAfter(before.modificationTime, now));
}
