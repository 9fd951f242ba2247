import type { Resource, ResourceKey } from "./resource.ts";
import type { MeshWorld, World } from "./world.ts";

/** The resource of this key; undefined when the World has none. */
export function findResource(world: World, key: ResourceKey): Resource | undefined {
  if (key.kind === "Mesh") return world.meshes.get(key.name)?.mesh;
  const mesh = world.meshes.get(key.mesh);
  switch (key.kind) {
    case "Dataplane":
      return mesh?.dataplanes.get(key.name);
    case "MeshService":
      return mesh?.services.get(key.name);
    case "MeshExternalService":
      return mesh?.externalServices.get(key.name);
    default:
      return mesh?.policies.get(key.kind)?.get(key.name);
  }
}

/** All resources of a World, in no particular order. */
export function* allResources(world: World): Generator<Resource> {
  for (const mesh of world.meshes.values()) yield* resourcesOf(mesh);
}

function* resourcesOf(mesh: MeshWorld): Generator<Resource> {
  if (mesh.mesh !== undefined) yield mesh.mesh;
  yield* mesh.dataplanes.values();
  yield* mesh.services.values();
  yield* mesh.externalServices.values();
  for (const policies of mesh.policies.values()) yield* policies.values();
}
