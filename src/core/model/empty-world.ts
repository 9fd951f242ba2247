import { Map as ImmutableMap } from "immutable";
import { emptyMeshIndex } from "./mesh-index.ts";
import type { MeshWorld, World } from "./world.ts";

/** A World with nothing in it. */
export const emptyWorld: World = Object.freeze({ meshes: ImmutableMap<string, MeshWorld>() });

/** A mesh of which nothing is known but its name. */
export function emptyMeshWorld(name: string): MeshWorld {
  return Object.freeze({
    name,
    dataplanes: ImmutableMap<string, never>(),
    services: ImmutableMap<string, never>(),
    externalServices: ImmutableMap<string, never>(),
    policies: ImmutableMap<string, ImmutableMap<string, never>>(),
    index: emptyMeshIndex,
  });
}
