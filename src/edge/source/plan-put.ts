import { equalJson } from "../../core/base/equal-json.ts";
import type { Resource, ResourceKey } from "../../core/model/resource.ts";
import type { PutResult } from "./port.ts";
import { StoreConflict } from "./store-error.ts";

/** What a put would do to what is stored; throws StoreConflict. The empty `expectedModificationTime` expects that nothing is. */
export function planPut(stored: Resource | undefined, wanted: Resource, expectedModificationTime: string | undefined, now: Date): PutResult {
  if (expectedModificationTime !== undefined && (stored === undefined ? "" : stored.modificationTime) !== expectedModificationTime) {
    throw new StoreConflict(wanted, expectedModificationTime, stored?.modificationTime);
  }
  if (stored === undefined) {
    const time = now.toISOString();
    return { outcome: "created", resource: stamped(wanted, time, time) };
  }
  if (equalJson(stored.labels, wanted.labels) && equalJson(stored.spec, wanted.spec)) return { outcome: "unchanged", resource: stored };
  const modificationTime = timeAfter(stored.modificationTime, now);
  return { outcome: "updated", resource: stamped(wanted, stored.creationTime ?? modificationTime, modificationTime) };
}

/** What `Store.putAll` would do; throws StoreConflict. */
export function planPutAll(stored: (key: ResourceKey) => Resource | undefined, wanted: readonly Resource[], overwrite: boolean, now: Date): readonly PutResult[] {
  return wanted.map((resource) => {
    const present = stored(resource);
    const result = planPut(present, resource, undefined, now);
    if (result.outcome === "updated" && !overwrite) throw new StoreConflict(resource, "", present?.modificationTime);
    const { creationTime } = resource;
    if (result.outcome !== "created" || creationTime === undefined) return result;
    return { ...result, resource: stamped(result.resource, creationTime, result.resource.modificationTime ?? creationTime) };
  });
}

/** The same resource with a store's times. */
export function stamped(resource: Resource, creationTime: string, modificationTime: string): Resource {
  return Object.freeze({ ...resource, creationTime, modificationTime });
}

/** Two changes within a millisecond, or a clock set back, must not give one time: writers compare it to find conflicts. */
export function timeAfter(last: string | undefined, now: Date): string {
  const lastMs = last === undefined ? NaN : Date.parse(last);
  return new Date(Number.isNaN(lastMs) ? now.getTime() : Math.max(now.getTime(), lastMs + 1)).toISOString();
}
