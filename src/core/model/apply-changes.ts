import { Map as ImmutableMap } from "immutable";
import type { Dataplane } from "./dataplane.ts";
import { emptyMeshWorld } from "./empty-world.ts";
import { reindex } from "./mesh-index.ts";
import type { Mesh } from "./mesh.ts";
import type { MeshExternalService } from "./mesh-external-service.ts";
import type { MeshService } from "./mesh-service.ts";
import type { Resource, ResourceKey } from "./resource.ts";
import { isSensitiveKind } from "./secret-kind.ts";
import type { Policy } from "./target-ref.ts";
import type { Change, MeshWorld, World } from "./world.ts";

export { emptyWorld } from "./empty-world.ts";
export { changesTo, equalContent } from "./changes-to.ts";
export { findResource } from "./find-resource.ts";

/**
 * The World after some changes, in order. What did not change is shared with the World before; cost follows the number of changes.
 * Only `key` and `after` of a change count: what was there before is taken from the World itself. Secrets stay out.
 */
export function applyChanges(world: World, changes: readonly Change[]): World {
  const byMesh = new Map<string, Change[]>();
  for (const change of changes) {
    if (isSensitiveKind(change.key.kind)) continue;
    const mesh = change.key.kind === "Mesh" ? change.key.name : change.key.mesh;
    const list = byMesh.get(mesh);
    if (list === undefined) byMesh.set(mesh, [change]);
    else list.push(change);
  }
  let meshes = world.meshes;
  for (const [name, list] of byMesh) {
    const mesh = changeMesh(meshes.get(name) ?? emptyMeshWorld(name), list);
    meshes = isEmpty(mesh) ? meshes.delete(name) : meshes.set(name, mesh);
  }
  return meshes === world.meshes ? world : Object.freeze({ meshes });
}

/** Maps that are changed in place while one batch is applied. */
interface Draft {
  mesh: Mesh | undefined;
  readonly dataplanes: ImmutableMap<string, Dataplane>;
  readonly services: ImmutableMap<string, MeshService>;
  readonly externalServices: ImmutableMap<string, MeshExternalService>;
  policies: MeshWorld["policies"];
}

function changeMesh(world: MeshWorld, changes: readonly Change[]): MeshWorld {
  const { mesh, policies } = world;
  const draft: Draft = {
    mesh,
    policies,
    dataplanes: world.dataplanes.asMutable(),
    services: world.services.asMutable(),
    externalServices: world.externalServices.asMutable(),
  };
  let index = world.index;
  for (const { key, after } of changes) {
    const before = findInDraft(draft, key);
    if (before === after) continue;
    putInDraft(draft, key, after);
    index = reindex(index, { key, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) });
  }
  return Object.freeze({
    name: world.name,
    ...(draft.mesh === undefined ? {} : { mesh: draft.mesh }),
    dataplanes: settled(world.dataplanes, draft.dataplanes),
    services: settled(world.services, draft.services),
    externalServices: settled(world.externalServices, draft.externalServices),
    policies: draft.policies,
    index,
    ...(world.readyForTls === undefined ? {} : { readyForTls: world.readyForTls }),
  });
}

function findInDraft(draft: Draft, key: ResourceKey): Resource | undefined {
  switch (key.kind) {
    case "Mesh":
      return draft.mesh;
    case "Dataplane":
      return draft.dataplanes.get(key.name);
    case "MeshService":
      return draft.services.get(key.name);
    case "MeshExternalService":
      return draft.externalServices.get(key.name);
    default:
      return draft.policies.get(key.kind)?.get(key.name);
  }
}

function putInDraft(draft: Draft, key: ResourceKey, after: Resource | undefined): void {
  switch (key.kind) {
    case "Mesh":
      draft.mesh = after as Mesh | undefined;
      return;
    case "Dataplane":
      putInPlace(draft.dataplanes, key.name, after as Dataplane | undefined);
      return;
    case "MeshService":
      putInPlace(draft.services, key.name, after as MeshService | undefined);
      return;
    case "MeshExternalService":
      putInPlace(draft.externalServices, key.name, after as MeshExternalService | undefined);
      return;
    default:
      draft.policies = changePolicies(draft.policies, key, after as Policy | undefined);
  }
}

function putInPlace<R extends Resource>(mutable: ImmutableMap<string, R>, name: string, resource: R | undefined): void {
  if (resource === undefined) mutable.delete(name);
  else mutable.set(name, resource);
}

/** The very map from before when nothing in it changed, so that identity tells. */
function settled<R>(before: ImmutableMap<string, R>, mutable: ImmutableMap<string, R>): ImmutableMap<string, R> {
  return mutable.wasAltered() ? mutable.asImmutable() : before;
}

function changePolicies(policies: MeshWorld["policies"], key: ResourceKey, after: Policy | undefined): MeshWorld["policies"] {
  const ofKind = policies.get(key.kind) ?? ImmutableMap<string, Policy>();
  const changed = after === undefined ? ofKind.delete(key.name) : ofKind.set(key.name, after);
  return changed.size === 0 ? policies.delete(key.kind) : policies.set(key.kind, changed);
}

function isEmpty(mesh: MeshWorld): boolean {
  const maps = [mesh.dataplanes, mesh.services, mesh.externalServices, mesh.policies];
  return mesh.mesh === undefined && maps.every(({ size }) => size === 0);
}
