import type { FastifyInstance, FastifyRequest } from "fastify";
import type { JsonObject } from "../../core/base/json.ts";
import { matchesLabels } from "../../core/base/labels.ts";
import { proxyStatus } from "../../core/inspect/proxy-status.ts";
import type { Dataplane } from "../../core/model/dataplane.ts";
import { tagSetsOf } from "../../core/model/selector-key.ts";
import type { MeshWorld } from "../../core/model/world.ts";
import { formatResource } from "../../core/policy/parse-resource.ts";
import type { ConnectedProxy } from "../pipeline/port.ts";
import type { RouteContext } from "./context.ts";
import { invalidQuery, queryOf, requireDataplane, requireMeshWorld } from "./inspected.ts";
import { listParameters, selection } from "./list-resources.ts";
import { pageSchema } from "./openapi/components.ts";
import { overviewSchema } from "./openapi/overview.ts";
import { overviewOf } from "./overview.ts";
import { pageOf } from "./page.ts";
import { sendJson } from "./reply.ts";
import { serveUrl, type Handler, type Operation, type Parameter } from "./routes.ts";

const statuses = ["Online", "PartiallyDegraded", "Offline"] as const;

const overviewParameters: Readonly<Record<string, Parameter>> = {
  ...listParameters,
  tag: { description: "`key:value`: a tag of one inbound, or a label. Any number of these; all have to fit." },
  gateway: { description: "Only gateways (`true`, `delegated`), or only others (`false`).", schema: { enum: ["true", "false", "delegated", "builtin"] } },
  "filter[status]": { description: "How the proxy is doing.", schema: { enum: statuses } },
};

/** Dataplanes with the streams that are open for them. */
export function addOverviewRoutes(app: FastifyInstance, context: RouteContext): void {
  const list = (summary: string, meshesOf: (request: FastifyRequest) => readonly MeshWorld[]): Operation => ({
    summary,
    access: "read",
    query: overviewParameters,
    answers: { 200: { description: "A page, sorted by mesh and name.", schema: pageSchema(overviewSchema()) } },
    handle: listOverviews(context, meshesOf),
  });
  const ofMesh = (request: FastifyRequest) => [requireMeshWorld(context, (request.params as { mesh: string }).mesh)];
  serveUrl(app, "/meshes/:mesh/dataplanes/_overview", { GET: list("Lists the Dataplanes of a mesh, with their streams.", ofMesh) });
  serveUrl(app, "/dataplanes/_overview", { GET: list("Lists the Dataplanes of all meshes, with their streams.", () => allMeshes(context)) });
  serveUrl(app, "/meshes/:mesh/dataplanes/:name/_overview", {
    GET: {
      summary: "A Dataplane and the streams that are open for it.",
      access: "read",
      answers: { 200: { description: "The overview.", schema: overviewSchema() } },
      handle: async (request, reply) => {
        const { dataplane } = requireDataplane(context, request);
        return sendJson(reply, 200, overview(context, connectionsByProxy(context), dataplane));
      },
    },
  });
}

function listOverviews(context: RouteContext, meshesOf: (request: FastifyRequest) => readonly MeshWorld[]): Handler {
  return async (request, reply) => {
    const connections = connectionsByProxy(context);
    const fits = [selection(request, ["status"]), tagFilter(request), gatewayFilter(request), statusFilter(request, connections)];
    const all = meshesOf(request).flatMap(({ dataplanes }) => [...dataplanes.values()].sort(byName));
    const found = all.filter((dataplane) => fits.every((fit) => fit(dataplane)));
    const { items, next } = pageOf(found, request);
    return sendJson(reply, 200, { total: found.length, items: items.map((one) => overview(context, connections, one)), next });
  };
}

type Connections = ReadonlyMap<string, readonly ConnectedProxy[]>;

function connectionsByProxy({ view }: RouteContext): Connections {
  const byProxy = new Map<string, ConnectedProxy[]>();
  for (const connection of view.connected()) {
    const key = `${connection.proxy.mesh}/${connection.proxy.name}`;
    byProxy.set(key, [...(byProxy.get(key) ?? []), connection]);
  }
  return byProxy;
}

function overview({ identity }: RouteContext, connections: Connections, dataplane: Dataplane): JsonObject {
  return overviewOf(formatResource(dataplane), connections.get(`${dataplane.mesh}/${dataplane.name}`) ?? [], identity.instanceId);
}

function allMeshes({ writes }: RouteContext): readonly MeshWorld[] {
  return [...writes.world().meshes.values()].filter(({ mesh }) => mesh !== undefined).sort((a, b) => (a.name < b.name ? -1 : 1));
}

type Fit = (dataplane: Dataplane) => boolean;

/** `tag=key:value`; the value may have colons. Labels count as well, as they do where there are no tags any more. */
function tagFilter(request: FastifyRequest): Fit {
  const wanted: Record<string, string> = {};
  for (const pair of queryOf(request).getAll("tag")) {
    const colon = pair.indexOf(":");
    if (colon <= 0) throw invalidQuery("tag", `${JSON.stringify(pair)} is not of the form key:value`);
    Object.defineProperty(wanted, pair.slice(0, colon), { value: pair.slice(colon + 1), enumerable: true, configurable: true });
  }
  return (dataplane) => [dataplane.labels, ...tagSetsOf(dataplane)].some((present) => matchesLabels(wanted, present));
}

function gatewayFilter(request: FastifyRequest): Fit {
  const mode = queryOf(request).get("gateway")?.toLowerCase() ?? "";
  if (!["", "true", "false", "delegated", "builtin"].includes(mode)) throw invalidQuery("gateway", `has to be true, false, delegated or builtin, not ${JSON.stringify(mode)}`);
  // No builtin gateway is served, so that there is none.
  if (mode === "builtin") return () => false;
  return ({ spec }) => mode === "" || (spec.networking.gateway !== undefined) === (mode !== "false");
}

function statusFilter(request: FastifyRequest, connections: Connections): Fit {
  const wanted = queryOf(request).get("filter[status]");
  if (wanted === null || wanted === "") return () => true;
  const status = statuses.find((known) => known.toLowerCase() === wanted.toLowerCase());
  if (status === undefined) throw invalidQuery("filter[status]", `must be one of ${statuses.join(", ")}`);
  return (dataplane) => proxyStatus(dataplane, connections.has(`${dataplane.mesh}/${dataplane.name}`)) === status;
}

function byName(a: Dataplane, b: Dataplane): number {
  return a.name < b.name ? -1 : 1;
}
