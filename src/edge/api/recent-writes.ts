import { applyChanges, findResource } from "../../core/model/apply-changes.ts";
import { keyText, type Resource, type ResourceKey } from "../../core/model/resource.ts";
import type { World } from "../../core/model/world.ts";
import type { PipelineView } from "../pipeline/port.ts";

/** A write is in the World within milliseconds; one that is not there after this long was replaced by something else. */
const memoryMs = 1000;

/**
 * The World as the writers of this API know it. The pipeline waits some quiet milliseconds before it takes changes in; what someone
 * wrote just before must not be missing when they are told what surprises.
 */
export interface RecentWrites {
  remember(key: ResourceKey, after: Resource | undefined): void;
  world(): World;
}

export function createRecentWrites(view: PipelineView, nowMs: () => number = Date.now): RecentWrites {
  const pending = new Map<string, { readonly key: ResourceKey; readonly after: Resource | undefined; readonly atMs: number }>();
  return {
    remember: ({ kind, mesh, name }, after) => {
      const key = { kind, mesh, name };
      pending.set(keyText(key), { key, after, atMs: nowMs() });
    },
    world: () => {
      const world = view.world();
      for (const [text, { key, after, atMs }] of pending) {
        if (findResource(world, key) === after || nowMs() - atMs > memoryMs) pending.delete(text);
      }
      const changes = [...pending.values()].map(({ key, after }) => (after === undefined ? { key } : { key, after }));
      return applyChanges(world, changes);
    },
  };
}
