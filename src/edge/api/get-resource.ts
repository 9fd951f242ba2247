import type { FastifyReply, FastifyRequest } from "fastify";
import type { JsonObject } from "../../core/base/json.ts";
import type { ResourceKindDescriptor } from "../../core/model/kind.ts";
import type { Resource } from "../../core/model/resource.ts";
import { formatResource } from "../../core/policy/parse-resource.ts";
import type { RouteContext } from "./context.ts";
import { notFound, titles } from "./errors.ts";
import { formatted, isKubernetesAsked } from "./format-parameter.ts";
import { noticesOf } from "./notices.ts";
import { keyOf, requireMesh, type ResourceParams } from "./resource-address.ts";
import { sendJson } from "./reply.ts";

/** `GET` of one resource. The `ETag` is what a later `PUT` may give as `If-Match`. */
export async function getResource(context: RouteContext, kind: ResourceKindDescriptor, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const key = keyOf(kind, request.params as ResourceParams);
  await requireMesh(context, key);
  const resource = await context.resources.get(key);
  if (resource === undefined) throw notFound(titles.retrieve);
  if (resource.modificationTime !== undefined) reply.header("etag", `"${resource.modificationTime}"`);
  if (isKubernetesAsked(request)) return sendJson(reply, 200, formatted(resource, request));
  const status = statusOf(context, resource);
  return sendJson(reply, 200, { ...formatResource(resource), ...(status === undefined ? {} : { status }) });
}

/** Rejections that stand and notices; undefined when there is nothing to say, so that an untroubled resource looks as in Kuma. */
function statusOf(context: RouteContext, resource: Resource): JsonObject | undefined {
  const rejections = context.view.rejectionsOf(resource).map(({ proxy, typeUrl, resources, message, since }) => {
    return { proxy: { mesh: proxy.mesh, name: proxy.name }, type: typeUrl, resources, message, since };
  });
  const notices = noticesOf(context, resource).map(({ code, path, message }) => ({ code, path, message }));
  if (rejections.length + notices.length === 0) return undefined;
  return { ...(rejections.length > 0 ? { rejections } : {}), ...(notices.length > 0 ? { notices } : {}) };
}
