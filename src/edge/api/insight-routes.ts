import type { FastifyInstance } from "fastify";
import type { JsonObject } from "../../core/base/json.ts";
import { countMesh, sumTallies, type MeshCounts } from "../../core/inspect/insights.ts";
import type { MeshWorld } from "../../core/model/world.ts";
import type { RouteContext } from "./context.ts";
import { notFound, titles } from "./errors.ts";
import { pageSchema } from "./openapi/components.ts";
import { globalInsightSchema, meshInsightSchema } from "./openapi/insights.ts";
import { pageOf, pageParameters } from "./page.ts";
import { sendJson } from "./reply.ts";
import { serveUrl } from "./routes.ts";

/** How many there are of everything, and how they are doing, counted when somebody asks. */
export function addInsightRoutes(app: FastifyInstance, context: RouteContext): void {
  const summary = "Counts of all meshes.";
  serveUrl(app, "/global-insight", {
    GET: {
      summary,
      access: "read",
      answers: { 200: { description: summary, schema: globalInsightSchema } },
      handle: async (_request, reply) => sendJson(reply, 200, globalInsight(meshesOf(context).map((mesh) => count(context, mesh)))),
    },
  });
  serveUrl(app, "/mesh-insights", {
    GET: {
      summary: "Counts by mesh.",
      access: "read",
      query: pageParameters,
      answers: { 200: { description: "A page, sorted by name.", schema: pageSchema(meshInsightSchema) } },
      handle: async (request, reply) => {
        const meshes = meshesOf(context);
        const { items, next } = pageOf(meshes, request);
        return sendJson(reply, 200, { total: meshes.length, items: items.map((mesh) => meshInsight(mesh, count(context, mesh))), next });
      },
    },
  });
  serveUrl(app, "/mesh-insights/:name", {
    GET: {
      summary: "Counts of a mesh.",
      access: "read",
      answers: { 200: { description: "Counts of a mesh.", schema: meshInsightSchema } },
      handle: async (request, reply) => {
        const mesh = meshesOf(context).find(({ name }) => name === (request.params as { name: string }).name);
        if (mesh === undefined) throw notFound(titles.retrieve);
        return sendJson(reply, 200, meshInsight(mesh, count(context, mesh)));
      },
    },
  });
}

function meshesOf({ writes }: RouteContext): readonly MeshWorld[] {
  const meshes = [...writes.world().meshes.values()].filter(({ mesh }) => mesh !== undefined);
  return meshes.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function count({ view }: RouteContext, mesh: MeshWorld): MeshCounts {
  const connected = new Set(view.connected().filter(({ proxy }) => proxy.mesh === mesh.name).map(({ proxy }) => proxy.name));
  return countMesh(mesh, (name) => connected.has(name));
}

function meshInsight({ name, mesh }: MeshWorld, { sidecars, gateways, services, gatewayServices, policies, meshServices, meshExternalServices }: MeshCounts): JsonObject {
  const { creationTime, modificationTime } = mesh ?? {};
  const internal = services.total + gatewayServices.total;
  return {
    type: "MeshInsight",
    name,
    ...(creationTime === undefined ? {} : { creationTime }),
    ...(modificationTime === undefined ? {} : { modificationTime }),
    dataplanes: { ...sumTallies([sidecars, gateways]) },
    dataplanesByType: { standard: { ...sidecars }, gateway: { ...gateways } },
    policies: Object.fromEntries(Object.entries(policies).map(([kind, total]) => [kind, { total }])),
    resources: { MeshExternalService: { total: meshExternalServices }, MeshService: { total: meshServices } },
    services: { total: internal + meshExternalServices, internal, external: meshExternalServices },
  };
}

function globalInsight(meshes: readonly MeshCounts[]): JsonObject {
  const none = { online: 0, total: 0 };
  const noGateways = { ...sumTallies([]) };
  const policies = meshes.flatMap((counts) => Object.values(counts.policies));
  return {
    createdAt: new Date().toISOString(),
    dataplanes: {
      gatewayBuiltin: noGateways,
      gatewayDelegated: { ...sumTallies(meshes.map(({ gateways }) => gateways)) },
      standard: { ...sumTallies(meshes.map(({ sidecars }) => sidecars)) },
    },
    meshes: { total: meshes.length },
    policies: { total: policies.reduce((sum, one) => sum + one, 0) },
    services: {
      external: { total: meshes.reduce((sum, counts) => sum + counts.meshExternalServices, 0) },
      gatewayBuiltin: noGateways,
      gatewayDelegated: { ...sumTallies(meshes.map(({ gatewayServices }) => gatewayServices)) },
      internal: { ...sumTallies(meshes.map(({ services }) => services)) },
    },
    zones: { controlPlanes: none, zoneEgresses: none, zoneIngresses: none },
  };
}
