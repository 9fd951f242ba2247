import type { Notice } from "../../core/base/notice.ts";
import { noticesFor } from "../../core/match/explain.ts";
import { applyChanges, findResource } from "../../core/model/apply-changes.ts";
import type { Resource } from "../../core/model/resource.ts";
import type { ApiContext } from "./context.ts";

/** What there is to tell about a resource that was just stored, even when the pipeline has not taken it in yet. */
export function noticesOf(context: ApiContext, resource: Resource): readonly Notice[] {
  const world = context.view.world();
  const current = findResource(world, resource) === resource ? world : applyChanges(world, [{ key: resource, after: resource }]);
  return noticesFor(current, resource, context.compatibility);
}

/** One line: where, and what. */
export function noticeText({ path, message }: Notice): string {
  return path === "" ? message : `${path}: ${message}`;
}
