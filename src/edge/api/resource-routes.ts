import type { FastifyInstance } from "fastify";
import { resourceKinds } from "../../core/policy/registry.ts";
import type { RouteContext } from "./context.ts";
import { deleteResource } from "./delete-resource.ts";
import { getResource } from "./get-resource.ts";
import { listResources } from "./list-resources.ts";
import { putResource } from "./put-resource.ts";
import { resourceUrl } from "./resource-address.ts";
import { serveUrl } from "./routes.ts";

/** Create, read, replace, delete and list, for every kind in the registry. */
export function addResourceRoutes(app: FastifyInstance, context: RouteContext): void {
  for (const kind of resourceKinds) {
    const { one, many } = resourceUrl(kind);
    serveUrl(app, one, {
      PUT: (request, reply) => putResource(context, kind, request, reply),
      DELETE: (request, reply) => deleteResource(context, kind, request, reply),
      GET: (request, reply) => getResource(context, kind, request, reply),
    });
    serveUrl(app, many, { GET: (request, reply) => listResources(context, kind, request, reply) });
    if (kind.scope === "Mesh") serveUrl(app, `/${kind.path}`, { GET: (request, reply) => listResources(context, kind, request, reply) });
  }
}
