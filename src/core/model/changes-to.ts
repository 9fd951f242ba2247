import { equalJson } from "../base/equal-json.ts";
import { allResources, findResource } from "./find-resource.ts";
import { keyText } from "./resource.ts";
import type { Resource } from "./resource.ts";
import { isSensitiveKind } from "./secret-kind.ts";
import type { Change, World } from "./world.ts";

/**
 * What has to change for the World to hold exactly these resources. A resource whose labels and spec are equal to what is there
 * is no change, whatever its times say. Of two resources with one key the last counts; secrets count for nothing.
 */
export function changesTo(world: World, resources: Iterable<Resource>): Change[] {
  const wanted = new Map<string, Resource>();
  for (const resource of resources) {
    if (!isSensitiveKind(resource.kind)) wanted.set(keyText(resource), resource);
  }
  const changes: Change[] = [];
  for (const before of allResources(world)) {
    if (!wanted.has(keyText(before))) changes.push({ key: keyOf(before), before });
  }
  for (const after of wanted.values()) {
    const before = findResource(world, after);
    if (before === undefined) changes.push({ key: keyOf(after), after });
    else if (!equalContent(before, after)) changes.push({ key: keyOf(after), before, after });
  }
  return changes;
}

/** True when two resources say the same: labels and spec; times do not count. */
export function equalContent(a: Resource, b: Resource): boolean {
  return a === b || (equalJson(a.labels, b.labels) && equalJson(a.spec, b.spec));
}

function keyOf({ kind, mesh, name }: Resource): Change["key"] {
  return { kind, mesh, name };
}
