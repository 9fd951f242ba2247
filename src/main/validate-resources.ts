import type { Notice, NoticeCode } from "../core/base/notice.ts";
import { noticesFor } from "../core/match/explain.ts";
import type { World } from "../core/model/world.ts";
import type { PlanSettings } from "../core/policy/plan-settings.ts";
import type { LoadedResources, PlacedNotice } from "./load-resources.ts";
import { offlineWorld } from "./offline-world.ts";

/** Notices that are about who is there. Without any Dataplane at hand they would only say that the file holds none. */
const aboutWhoIsThere: ReadonlySet<NoticeCode> = new Set<NoticeCode>([
  "unresolved-target",
  "nobody-calls",
  "selects-nothing",
  "no-applicable-protocol",
  "endpoint-without-protocol",
]);

/** All notices: from reading, and from looking at the resources together. */
export function noticesOfAll({ resources, notices }: LoadedResources, settings: PlanSettings): readonly PlacedNotice[] {
  const world = offlineWorld(resources.map(({ resource }) => resource));
  const together = resources.flatMap(({ resource, origin }) => {
    const fits = worthSaying(world, resource.mesh);
    return noticesFor(world, resource, settings).filter(fits).map((notice) => ({ origin, notice }));
  });
  return [...notices, ...together];
}

function worthSaying(world: World, mesh: string): (notice: Notice) => boolean {
  const isPopulated = (world.meshes.get(mesh)?.dataplanes.size ?? 0) > 0;
  return ({ code }) => isPopulated || !aboutWhoIsThere.has(code);
}
