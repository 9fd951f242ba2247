import { findResource } from "../../core/model/apply-changes.ts";
import type { Resource } from "../../core/model/resource.ts";
import type { MeshWorld } from "../../core/model/world.ts";
import type { PipelineView } from "../pipeline/port.ts";
import type { ResourceReader } from "./context.ts";

/** Reads from the World, for a source that cannot be asked (a folder of files). */
export function worldReader(view: PipelineView): ResourceReader {
  return {
    get: (key) => Promise.resolve(findResource(view.world(), key)),
    list: (kind, mesh) => {
      const meshes = [...view.world().meshes.values()].filter(({ name }) => mesh === undefined || name === mesh);
      return Promise.resolve(meshes.flatMap((world) => resourcesOf(world, kind)).sort(byMeshAndName));
    },
  };
}

function resourcesOf(world: MeshWorld, kind: string): readonly Resource[] {
  if (kind === "Mesh") return world.mesh === undefined ? [] : [world.mesh];
  if (kind === "Dataplane") return [...world.dataplanes.values()];
  if (kind === "MeshService") return [...world.services.values()];
  return [...(world.policies.get(kind)?.values() ?? [])];
}

function byMeshAndName(a: Resource, b: Resource): number {
  return compare(a.mesh, b.mesh) || compare(a.name, b.name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
