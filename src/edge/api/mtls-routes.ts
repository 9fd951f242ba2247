import type { FastifyInstance, FastifyRequest } from "fastify";
import type { AuthorityStatus } from "../../core/identity/authority-status.ts";
import type { JsonObject } from "../../core/base/json.ts";
import type { RouteContext } from "./context.ts";
import { ApiError } from "./errors.ts";
import { count, fields, listOf, text, time } from "./openapi/schema.ts";
import { requireMesh } from "./resource-address.ts";
import { sendJson } from "./reply.ts";
import { serveUrl } from "./routes.ts";
import { storing } from "./storing.ts";

const report = fields(
  { serial: count, state: { enum: ["announced", "signing", "retiring", "retired"] }, origin: text, fingerprint: text, notAfter: time, signsFrom: time },
  { trustedUntil: time },
);
const statusSchema = fields({
  mesh: text,
  backend: text,
  type: { enum: ["builtin", "provided"] },
  authorities: listOf(report),
  certificates: fields({ issued: count, awaiting: count }, { earliestEnd: time }),
  problems: listOf(text),
});

const title = "Could not replace the CA of a mesh";

/** `/meshes/{mesh}/mtls`: the CAs of a mesh, without their keys, and another one in place of the newest. */
export function addMtlsRoutes(app: FastifyInstance, context: RouteContext): void {
  const described = { description: "The CAs of the mesh, oldest first, and the certificates of proxies that are connected to this control plane.", schema: statusSchema };
  serveUrl(app, "/meshes/:mesh/mtls", {
    GET: {
      summary: "How mutual TLS stands in a mesh: its CAs and how many certificates there are.",
      access: "admin",
      answers: { 200: described },
      handle: async (request, reply) => sendJson(reply, 200, toJson(await statusOf(context, request))),
    },
  });
  serveUrl(app, "/meshes/:mesh/mtls/rotation", {
    POST: {
      summary: "Another CA for a mesh: trusted at once, signing after a while, and the old one trusted until the last certificate of it has ended.",
      access: "admin",
      answers: { 200: described },
      handle: async (request, reply) => {
        await statusOf(context, request);
        const refusal = await storing(context, title, async () => await context.authorities?.rotate(meshOf(request)));
        if (refusal !== undefined) throw new ApiError(409, title, refusal);
        return sendJson(reply, 200, toJson(await statusOf(context, request)));
      },
    },
  });
}

async function statusOf(context: RouteContext, request: FastifyRequest): Promise<AuthorityStatus> {
  const mesh = meshOf(request);
  await requireMesh(context, { mesh });
  // Whoever has just written the Mesh asks about the Mesh as it is written.
  await context.view.settled();
  const status = await context.authorities?.status(mesh);
  if (status === undefined) throw new ApiError(404, "Mutual TLS is not enabled", `set mtls.enabledBackend of the mesh ${JSON.stringify(mesh)}`);
  return status;
}

function meshOf(request: FastifyRequest): string {
  return (request.params as { readonly mesh: string }).mesh;
}

function toJson(status: AuthorityStatus): JsonObject {
  return { ...status, authorities: status.authorities.map((authority) => ({ ...authority })) };
}
