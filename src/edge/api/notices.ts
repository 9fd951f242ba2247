import type { Notice } from "../../core/base/notice.ts";
import { noticesFor } from "../../core/match/explain.ts";
import type { Resource } from "../../core/model/resource.ts";
import type { World } from "../../core/model/world.ts";
import { planSettings, type RouteContext } from "./context.ts";

/** What there is to tell about a resource: a stored one, or one that a World has that is only looked at. */
export function noticesOf(context: RouteContext, resource: Resource, world: World = context.writes.world()): readonly Notice[] {
  return noticesFor(world, resource, planSettings(context));
}
