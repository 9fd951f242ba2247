import type { FastifyInstance } from "fastify";
import type { JsonObject } from "../../core/base/json.ts";
import { createPlanner } from "../../core/match/planner.ts";
import type { Dataplane } from "../../core/model/dataplane.ts";
import { findResource } from "../../core/model/apply-changes.ts";
import { formatResource } from "../../core/policy/parse-resource.ts";
import { translate } from "../../core/translate/translate.ts";
import type { RouteContext } from "./context.ts";
import { notFound, titles } from "./errors.ts";
import { anyObject, fields, mapOf } from "./openapi/schema.ts";
import { overviewOf } from "./overview.ts";
import { requireMesh } from "./resource-address.ts";
import { sendJson } from "./reply.ts";
import { serveUrl } from "./routes.ts";

interface DataplaneParams {
  readonly mesh: string;
  readonly name: string;
}

/** What a proxy gets (`_config`, with `shadow=true` also what shadow policies would change), and who is connected (`_overview`). */
export function addDataplaneRoutes(app: FastifyInstance, context: RouteContext): void {
  serveUrl(app, "/meshes/:mesh/dataplanes/:name/_config", {
    GET: {
      summary: "What a proxy gets, in Envoy's words.",
      access: "read",
      answers: { 200: { description: "Resources by type URL and name.", schema: fields({ xds: mapOf(mapOf(anyObject)) }) } },
      handle: async (request, reply) => {
      const { mesh, name } = await requireDataplane(context, request.params as DataplaneParams);
      const shadow = (request.query as { shadow?: string }).shadow === "true";
      const plan = createPlanner({ compatibility: context.compatibility, shadow }).plan(context.view.world(), mesh, name);
      if (plan === undefined) throw notFound(titles.dataplane);
      return sendJson(reply, 200, { xds: translate(plan) });
    },
    },
  });
  serveUrl(app, "/meshes/:mesh/dataplanes/:name/_overview", {
    GET: {
      summary: "A Dataplane and the streams that are open for it.",
      access: "read",
      answers: { 200: { description: "The overview.", schema: anyObject } },
      handle: async (request, reply) => {
      const dataplane = await requireDataplane(context, request.params as DataplaneParams);
      return sendJson(reply, 200, overview(context, dataplane));
    },
    },
  });
}

async function requireDataplane(context: RouteContext, params: DataplaneParams): Promise<Dataplane> {
  await requireMesh(context, params);
  const dataplane = findResource(context.view.world(), { kind: "Dataplane", mesh: params.mesh, name: params.name });
  if (dataplane === undefined) throw notFound(titles.dataplane);
  return dataplane as Dataplane;
}

function overview(context: RouteContext, dataplane: Dataplane): JsonObject {
  const connections = context.view.connected().filter(({ proxy }) => proxy.mesh === dataplane.mesh && proxy.name === dataplane.name);
  return overviewOf(formatResource(dataplane), connections, context.identity.instanceId);
}
