import type { Notice } from "../../core/base/notice.ts";
import { noticesFor } from "../../core/match/explain.ts";
import { equalContent, findResource } from "../../core/model/apply-changes.ts";
import type { Resource } from "../../core/model/resource.ts";
import type { Policy } from "../../core/model/target-ref.ts";
import type { World } from "../../core/model/world.ts";
import type { PlanSettings } from "../../core/policy/plan-settings.ts";
import { policyKindNamed } from "../../core/policy/registry.ts";
import { resolvedItems } from "../../core/status/resolved-items.ts";
import type { ResolvedItem } from "../../core/status/status.ts";

/** What a look at the whole World has to say about a resource. */
export interface Explanation {
  readonly notices: readonly Notice[];
  readonly to: readonly ResolvedItem[];
}

/** Costs a look at whom the resource concerns: to be made for few at a time. */
export function explain(world: World, resource: Resource, settings: PlanSettings): Explanation {
  // The very object of the World, where it is there, so that what is remembered of it counts.
  const served = findResource(world, resource);
  const seen = served !== undefined && equalContent(served, resource) ? served : resource;
  const to = policyKindNamed(seen.kind) === undefined ? [] : resolvedItems(world.meshes.get(seen.mesh), seen as Policy);
  return { notices: noticesFor(world, seen, settings), to };
}
