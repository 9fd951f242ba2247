import type { FastifyReply, FastifyRequest } from "fastify";
import type { ResourceKindDescriptor } from "../../core/model/kind.ts";
import { formatResource } from "../../core/policy/parse-resource.ts";
import type { RouteContext } from "./context.ts";
import { notFound, titles } from "./errors.ts";
import { formatted, isKubernetesAsked } from "./format-parameter.ts";
import { keyOf, requireMesh, type ResourceParams } from "./resource-address.ts";
import { sendJson } from "./reply.ts";
import { isStatusAsked, statusReader, troubleOf } from "./resource-status.ts";

/** `GET` of one resource. The `ETag` is what a later `PUT` may give as `If-Match`. */
export async function getResource(context: RouteContext, kind: ResourceKindDescriptor, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const key = keyOf(kind, request.params as ResourceParams);
  await requireMesh(context, key);
  const resource = await context.resources.get(key);
  if (resource === undefined) throw notFound(titles.retrieve);
  if (resource.modificationTime !== undefined) reply.header("etag", `"${resource.modificationTime}"`);
  if (isKubernetesAsked(request)) return sendJson(reply, 200, formatted(resource, request));
  const status = isStatusAsked(request) ? statusReader(context)(resource) : troubleOf(context, resource);
  return sendJson(reply, 200, { ...formatResource(resource), ...(status === undefined ? {} : { status }) });
}
