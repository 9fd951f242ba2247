import type { Notice } from "../../core/base/notice.ts";
import { noticesFor } from "../../core/match/explain.ts";
import type { Resource } from "../../core/model/resource.ts";
import type { RouteContext } from "./context.ts";

/** What there is to tell about a stored resource. */
export function noticesOf(context: RouteContext, resource: Resource): readonly Notice[] {
  return noticesFor(context.writes.world(), resource, context.compatibility);
}

/** One line: where, and what. */
export function noticeText({ path, message }: Notice): string {
  return path === "" ? message : `${path}: ${message}`;
}
