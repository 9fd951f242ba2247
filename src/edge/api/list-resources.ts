import type { FastifyReply, FastifyRequest } from "fastify";
import type { JsonObject } from "../../core/base/json.ts";
import type { ResourceKindDescriptor } from "../../core/model/kind.ts";
import type { Resource } from "../../core/model/resource.ts";
import { formatResource } from "../../core/policy/parse-resource.ts";
import type { RouteContext } from "./context.ts";
import { ApiError, titles } from "./errors.ts";
import { pageOf, pageParameters } from "./page.ts";
import { requireMesh, type ResourceParams } from "./resource-address.ts";
import { sendJson } from "./reply.ts";
import { isStatusAsked, statusReader } from "./resource-status.ts";
import type { Parameter } from "./routes.ts";

/** Query parameters, as they come: a parameter given twice is a list. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

export const listParameters: Readonly<Record<string, Parameter>> = {
  ...pageParameters,
  name: { description: "A part of the name." },
  "filter[labels.<name>]": { description: "Value of a label. Any number of these; all have to fit." },
};

/** `GET` of all resources of a kind, of one mesh or of all; see `pageOf` for the parameters of paging. */
export async function listResources(context: RouteContext, kind: ResourceKindDescriptor, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { mesh } = request.params as ResourceParams;
  if (mesh !== undefined) await requireMesh(context, { mesh });
  const found = (await context.resources.list(kind.kind, mesh)).filter(selection(request));
  const page = pageOf(found, request);
  const format = isStatusAsked(request) ? withStatus(context) : formatResource;
  return sendJson(reply, 200, { total: found.length, items: page.items.map(format), next: page.next });
}

function withStatus(context: RouteContext): (resource: Resource) => JsonObject {
  const statusOf = statusReader(context);
  return (resource) => ({ ...formatResource(resource), status: statusOf(resource) });
}

/** `name`: part of the name. `filter[labels.<key>]`: the label has this value. All given have to fit. Throws 400 for another filter. */
export function selection(request: FastifyRequest, otherFilters: readonly string[] = []): (resource: Resource) => boolean {
  const query = request.query as Query;
  const name = one(query["name"]);
  const labels = Object.entries(query).flatMap(([parameter, value]) => labelFilter(parameter, one(value), otherFilters));
  return (resource) => {
    if (name !== undefined && !resource.name.includes(name)) return false;
    return labels.every(([label, value]) => Object.hasOwn(resource.labels, label) && resource.labels[label] === value);
  };
}

function labelFilter(parameter: string, value: string | undefined, otherFilters: readonly string[]): [label: string, value: string][] {
  const filter = /^filter\[(.*)\]$/.exec(parameter)?.[1];
  if (filter === undefined || value === undefined || otherFilters.includes(filter)) return [];
  if (filter.startsWith("labels.")) return [[filter.slice("labels.".length), value]];
  const invalid = { field: parameter, reason: "unknown filter; filter[labels.<name>] is known" };
  throw new ApiError(400, titles.retrieveMany, "Invalid filter", [invalid]);
}

function one(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" ? value : value?.[0];
}
