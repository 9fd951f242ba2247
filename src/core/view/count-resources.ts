import type { MeshWorld, World } from "../model/world.ts";

/** How many resources of a kind a mesh has; `mesh` is empty for kinds that are in none. */
export interface KindCount {
  readonly kind: string;
  readonly mesh: string;
  readonly count: number;
}

/** Costs what there are of meshes and kinds, not of resources. */
export function countResources(world: World): readonly KindCount[] {
  const meshes = [...world.meshes.values()];
  return [{ kind: "Mesh", mesh: "", count: meshes.filter(({ mesh }) => mesh !== undefined).length }, ...meshes.flatMap(countsOf)];
}

function countsOf({ name: mesh, dataplanes, services, externalServices, policies }: MeshWorld): readonly KindCount[] {
  return [
    { kind: "Dataplane", mesh, count: dataplanes.size },
    { kind: "MeshService", mesh, count: services.size },
    { kind: "MeshExternalService", mesh, count: externalServices.size },
    ...[...policies].map(([kind, named]) => ({ kind, mesh, count: named.size })),
  ];
}
