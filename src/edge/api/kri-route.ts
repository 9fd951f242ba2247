import type { FastifyInstance } from "fastify";
import { kriOf } from "../../core/model/kri.ts";
import type { Resource } from "../../core/model/resource.ts";
import { resourceKinds } from "../../core/policy/registry.ts";
import type { RouteContext } from "./context.ts";
import { badRequest, notFound, titles } from "./errors.ts";
import { formatParameters, formatted } from "./format-parameter.ts";
import { anyResource } from "./openapi/components.ts";
import { sendJson } from "./reply.ts";
import { serveUrl } from "./routes.ts";

/** `/_kri/{kri}`: a resource by its identifier; a section of it is passed over. Secrets are not found here. */
export function addKriRoute(app: FastifyInstance, context: RouteContext): void {
  serveUrl(app, "/_kri/:kri", {
    GET: {
      summary: "A resource by its identifier.",
      access: "read",
      query: formatParameters,
      answers: { 200: { description: "The resource.", schema: anyResource() } },
      handle: async (request, reply) => {
        const resource = await find(context, (request.params as { kri: string }).kri);
        if (resource === undefined) throw notFound(titles.retrieve);
        return sendJson(reply, 200, formatted(resource, request));
      },
    },
  });
}

async function find({ resources }: RouteContext, kri: string): Promise<Resource | undefined> {
  const parts = kri.split("_");
  if (parts[0] !== "kri" || parts.length < 7) throw badRequest(`${JSON.stringify(kri)} is not of the form kri_<kind>_<mesh>_<zone>_<namespace>_<name>_<section>`);
  const kind = resourceKinds.find(({ shortName, sensitive }) => shortName === parts[1] && sensitive !== true);
  if (kind === undefined) return undefined;
  const whole = [...parts.slice(0, -1), ""].join("_");
  return (await resources.list(kind.kind)).find((resource) => kriOf(resource) === whole);
}
