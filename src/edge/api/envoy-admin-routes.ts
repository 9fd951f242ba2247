import type { FastifyInstance, FastifyRequest } from "fastify";
import type { RouteContext } from "./context.ts";
import { ApiError, titles } from "./errors.ts";
import { invalidQuery, queryOf, requireDataplane, switchOf } from "./inspected.ts";
import { anyObject, text } from "./openapi/schema.ts";
import { serveUrl, type Answer, type Operation, type Parameter } from "./routes.ts";

const base = "/meshes/:mesh/dataplanes/:name";

/** What a proxy's Envoy says of itself, by its admin API: `xds` is its configuration. */
export function addEnvoyAdminRoutes(app: FastifyInstance, context: RouteContext): void {
  serveUrl(app, `${base}/xds`, { GET: { ...dump(context), answers: { 200: configuration } } });
  serveUrl(app, `${base}/clusters`, { GET: page(context, "clusters", "Clusters and endpoints as a proxy's Envoy sees them.") });
  serveUrl(app, `${base}/stats`, { GET: page(context, "stats", "Statistics of a proxy's Envoy.") });
}

const configuration: Answer = { description: "Envoy's configuration dump.", schema: anyObject };

function dump(context: RouteContext): Operation {
  return {
    summary: "The configuration of a proxy's Envoy, as it has it.",
    // Its bootstrap is in it, and in that the proxy's token.
    access: "admin",
    query: { include_eds: { description: "With endpoints.", schema: { type: "boolean", default: false } } },
    answers: {},
    handle: async (request, reply) => {
      const { status, contentType, body } = await ask(context, request, `/config_dump${switchOf(request, "include_eds") ? "?include_eds" : ""}`);
      return reply.code(status).header("content-type", contentType).send(Buffer.from(body));
    },
  };
}

const format: Parameter = { description: "`text` or `json`.", schema: { enum: ["text", "json"], default: "text" } };

function page(context: RouteContext, path: "clusters" | "stats", summary: string): Operation {
  return {
    summary,
    access: "read",
    query: { format },
    answers: { 200: { description: "In Envoy's own form.", schema: text, contentType: "text/plain", otherTypes: { "application/json": anyObject } } },
    handle: async (request, reply) => {
      const wanted = queryOf(request).get("format") ?? "text";
      if (wanted !== "text" && wanted !== "json") throw invalidQuery("format", `has to be text or json, not ${JSON.stringify(wanted)}`);
      const { status, contentType, body } = await ask(context, request, `/${path}${wanted === "json" ? "?format=json" : ""}`);
      return reply.code(status).header("content-type", contentType).send(Buffer.from(body));
    },
  };
}

/** Throws 404 without such a Dataplane, 503 when its Envoy cannot be asked, 502 when it answers with an error. */
async function ask(context: RouteContext, request: FastifyRequest, path: string): Promise<{ status: 200; contentType: string; body: Uint8Array }> {
  const { dataplane } = requireDataplane(context, request, titles.adminDataplane);
  const answer = await context.askEnvoy?.(dataplane.mesh, dataplane.name, path);
  if (answer === undefined) throw new ApiError(503, titles.admin, whyNot(context, dataplane));
  if (answer.status !== 200) throw new ApiError(502, titles.admin, `Envoy answered with status ${answer.status}`);
  const isJson = path.startsWith("/config_dump") || path.endsWith("json");
  return { status: 200, contentType: isJson ? "application/json" : "text/plain", body: answer.body };
}

function whyNot({ view }: RouteContext, { mesh, name }: { readonly mesh: string; readonly name: string }): string {
  const isConnected = view.connected().some(({ proxy }) => proxy.mesh === mesh && proxy.name === name);
  return isConnected ? "the admin API of this proxy's Envoy cannot be reached from here" : "this proxy is not connected to this control plane";
}
