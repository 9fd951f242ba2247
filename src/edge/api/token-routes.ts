import type { FastifyInstance, FastifyRequest } from "fastify";
import { readDataplaneRequest, readUserRequest, readZoneRequest, type TokenRequest, type WantedToken } from "../../core/access/token-request.ts";
import { signingKeyKey } from "../../core/access/token-scope.ts";
import type { JsonObject } from "../../core/base/json.ts";
import type { RouteContext } from "./context.ts";
import { ApiError, notValid } from "./errors.ts";
import { goDuration } from "./openapi/kind-schema.ts";
import { fields, listOf, mapOf, text } from "./openapi/schema.ts";
import { readBody, requireKnownMediaType } from "./read-body.ts";
import { sendJson } from "./reply.ts";
import { serveUrl, type Operation } from "./routes.ts";
import { storing } from "./storing.ts";

/** `/who-am-i`, and tokens for proxies, users and zones, as text. */
export function addTokenRoutes(app: FastifyInstance, context: RouteContext): void {
  serveUrl(app, "/who-am-i", {
    GET: {
      summary: "Whom the API takes the asker for.",
      access: "read",
      answers: { 200: { description: "Name and groups.", schema: fields({ name: text, groups: listOf(text) }) } },
      handle: async (request, reply) => sendJson(reply, 200, { name: request.identity?.name ?? "", groups: request.identity?.groups ?? [] }),
    },
  });
  const validFor = { type: "string", pattern: goDuration, description: "How long it is good for; ten years where nothing is said." };
  const proxy = fields({ mesh: text }, { name: text, tags: mapOf(listOf(text)), type: text, workload: text, validFor });
  serveUrl(app, "/tokens/dataplane", { POST: token(context, "A data plane token: for a proxy, or all proxies of a mesh that fit.", proxy, readDataplaneRequest) });
  serveUrl(app, "/tokens/user", { POST: token(context, "A user token.", fields({ name: text }, { groups: listOf(text), validFor }), readUserRequest) });
  serveUrl(app, "/tokens/zone", { POST: token(context, "A zone token. No zones are served; it is for tools that ask for one.", fields({ zone: text }, { scope: listOf(text), validFor }), readZoneRequest) });
}

function token(context: RouteContext, summary: string, body: JsonObject, read: (body: unknown) => TokenRequest): Operation {
  return {
    summary,
    access: "admin",
    body,
    answers: { 200: { description: "The token.", schema: text, contentType: "text/plain" } },
    handle: async (request, reply) => {
      const issued = await issue(context, wantedBy(context, request, read));
      return reply.code(200).header("content-type", "text/plain").header("cache-control", "no-store").send(Buffer.from(issued));
    },
  };
}

function wantedBy(context: RouteContext, request: FastifyRequest, read: (body: unknown) => TokenRequest): WantedToken {
  requireKnownMediaType(request.headers["content-type"]);
  const asked = read(readBody(context, "token request", request.headers["content-type"], request.body));
  if (!asked.ok) throw notValid("Could not issue a token", asked.violations);
  return asked.wanted;
}

async function issue(context: RouteContext, { scope, claims, forMs }: WantedToken): Promise<string> {
  const issued = await storing(context, "Could not issue a token", async () => await context.tokens?.issue(scope, claims, forMs));
  if (issued !== undefined) return issued;
  const { name, mesh } = signingKeyKey(scope, 1);
  // Kuma's words, which kumactl prints.
  const secret = `Secret of name ${JSON.stringify(name)} in mesh ${JSON.stringify(mesh)} is not found. If signing key was rotated, regenerate the token`;
  throw new ApiError(404, "Signing Key not found", `there is no signing key with KID 1. ${secret}`);
}
