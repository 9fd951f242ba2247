import type { ResourceKey } from "../../core/model/resource.ts";

/** The key alone, without the resource that it came with. */
export function keyOf({ kind, mesh, name }: ResourceKey): ResourceKey {
  return { kind, mesh, name };
}
