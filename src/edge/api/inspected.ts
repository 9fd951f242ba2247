import type { FastifyRequest } from "fastify";
import type { JsonObject } from "../../core/base/json.ts";
import { findResource } from "../../core/model/find-resource.ts";
import type { Dataplane } from "../../core/model/dataplane.ts";
import type { Resource } from "../../core/model/resource.ts";
import type { MeshWorld } from "../../core/model/world.ts";
import type { RouteContext } from "./context.ts";
import { ApiError, notFound, titles } from "./errors.ts";
import type { ResourceParams } from "./resource-address.ts";

/** A mesh of the World, with what was written just now. Throws Kuma's 404. */
export function requireMeshWorld(context: RouteContext, name: string): MeshWorld {
  const mesh = context.writes.world().meshes.get(name);
  if (mesh?.mesh === undefined) throw notFound(titles.mesh);
  return mesh;
}

/** The Dataplane that the path names, and its mesh. Throws Kuma's 404; `title` says which act failed. */
export function requireDataplane(
  context: RouteContext,
  request: FastifyRequest,
  title: string = titles.dataplane,
): { readonly mesh: MeshWorld; readonly dataplane: Dataplane } {
  const { mesh: meshName = "", name = "" } = request.params as ResourceParams;
  const mesh = requireMeshWorld(context, meshName);
  const dataplane = findResource(context.writes.world(), { kind: "Dataplane", mesh: meshName, name });
  if (dataplane === undefined) throw notFound(title);
  return { mesh, dataplane: dataplane as Dataplane };
}

/** Which resource is meant, in Kuma's order of fields. */
export function metaOf({ kind, mesh, name, labels }: Resource): JsonObject {
  return { labels, mesh, name, type: kind };
}

/** A query parameter that is true or false; absent: false. */
export function switchOf(request: FastifyRequest, parameter: string): boolean {
  const value = queryOf(request).get(parameter);
  if (value === null || value === "false") return false;
  if (value === "true" || value === "") return true;
  throw invalidQuery(parameter, `has to be true or false, not ${JSON.stringify(value)}`);
}

export function queryOf(request: FastifyRequest): URLSearchParams {
  const at = request.url.indexOf("?");
  return new URLSearchParams(at < 0 ? "" : request.url.slice(at + 1));
}

/** 400 for one query parameter. */
export function invalidQuery(parameter: string, reason: string): ApiError {
  return new ApiError(400, "Bad Request", `invalid query parameter ${parameter}`, [{ field: parameter, reason }]);
}
