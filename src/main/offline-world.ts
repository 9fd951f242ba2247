import { parseResource } from "../core/policy/parse-resource.ts";
import { applyChanges, changesTo, emptyWorld } from "../core/model/apply-changes.ts";
import type { Resource } from "../core/model/resource.ts";
import { withStoreLabels } from "../core/model/store-labels.ts";
import type { World } from "../core/model/world.ts";

/** A World of just these resources. A mesh that they mention is there, also when no document makes it. */
export function offlineWorld(resources: readonly Resource[]): World {
  const there = new Set(resources.filter(({ kind }) => kind === "Mesh").map(({ name }) => name));
  const mentioned = new Set(resources.filter(({ kind }) => kind !== "Mesh").map(({ mesh }) => mesh));
  const implied = [...mentioned].filter((mesh) => !there.has(mesh)).map(newMesh);
  return applyChanges(emptyWorld, changesTo(emptyWorld, [...resources, ...implied]));
}

/** A Mesh of which nothing but its name is said. */
export function newMesh(name: string): Resource {
  const parsed = parseResource({ type: "Mesh", name });
  if (!parsed.ok) throw new TypeError(`mesh ${JSON.stringify(name)}: ${parsed.violations.map(({ message }) => message).join("; ")}`);
  return withStoreLabels(parsed.resource);
}
