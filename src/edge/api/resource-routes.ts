import type { FastifyInstance } from "fastify";
import type { ResourceKindDescriptor } from "../../core/model/kind.ts";
import { resourceKinds } from "../../core/policy/registry.ts";
import { conditionHeaders } from "./conditions.ts";
import type { RouteContext } from "./context.ts";
import { deleteResource } from "./delete-resource.ts";
import { dryRunParameters } from "./dry-run.ts";
import { formatParameters } from "./format-parameter.ts";
import { getResource } from "./get-resource.ts";
import { listParameters, listResources } from "./list-resources.ts";
import { pageSchema } from "./openapi/components.ts";
import { ref } from "./openapi/schema.ts";
import { putResource } from "./put-resource.ts";
import { statusParameters } from "./resource-status.ts";
import { resourceUrl } from "./resource-address.ts";
import { serveUrl, type Operation } from "./routes.ts";

/** Create, read, replace, delete and list, for every kind in the registry. */
export function addResourceRoutes(app: FastifyInstance, context: RouteContext): void {
  for (const kind of resourceKinds) {
    const { one, many } = resourceUrl(kind);
    serveUrl(app, one, { PUT: put(context, kind), DELETE: remove(context, kind), GET: get(context, kind) });
    serveUrl(app, many, { GET: list(context, kind, kind.scope === "Mesh" ? " of a mesh" : "") });
    if (kind.scope === "Mesh") serveUrl(app, `/${kind.path}`, { GET: list(context, kind, " of all meshes") });
  }
}

function put(context: RouteContext, kind: ResourceKindDescriptor): Operation {
  const written = ref("Written");
  return {
    summary: `Creates or replaces a ${kind.kind}.`,
    access: kind.sensitive === true ? "admin" : "write",
    query: dryRunParameters,
    headers: conditionHeaders,
    body: ref(kind.kind),
    answers: { 200: { description: "It is replaced, or was the same.", schema: written }, 201: { description: "It is new.", schema: written } },
    handle: (request, reply) => putResource(context, kind, request, reply),
  };
}

function remove(context: RouteContext, kind: ResourceKindDescriptor): Operation {
  const what = kind.kind === "Mesh" ? "Mesh with all that is in it; refused while it has Dataplanes" : kind.kind;
  return {
    summary: `Deletes a ${what}.`,
    access: kind.sensitive === true ? "admin" : "write",
    query: dryRunParameters,
    headers: conditionHeaders,
    answers: { 200: { description: "It is gone.", schema: { type: "object" } } },
    handle: (request, reply) => deleteResource(context, kind, request, reply),
  };
}

function get(context: RouteContext, kind: ResourceKindDescriptor): Operation {
  return {
    summary: `Gives a ${kind.kind}.`,
    access: kind.sensitive === true ? "admin" : "read",
    query: { ...formatParameters, ...statusParameters },
    answers: { 200: { description: `The ${kind.kind}.`, schema: { anyOf: [ref(kind.kind), ref("KubernetesObject")] } } },
    handle: (request, reply) => getResource(context, kind, request, reply),
  };
}

function list(context: RouteContext, kind: ResourceKindDescriptor, where: string): Operation {
  return {
    summary: `Lists the ${kind.pluralDisplayName}${where}.`,
    access: kind.sensitive === true ? "admin" : "read",
    query: { ...listParameters, ...statusParameters },
    answers: { 200: { description: "A page, sorted by mesh and name.", schema: pageSchema(ref(kind.kind)) } },
    handle: (request, reply) => listResources(context, kind, request, reply),
  };
}
