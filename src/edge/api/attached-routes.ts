import type { FastifyInstance, FastifyRequest } from "fastify";
import type { JsonObject } from "../../core/base/json.ts";
import { providersFor, selectedBy } from "../../core/inspect/attached.ts";
import type { Dataplane } from "../../core/model/dataplane.ts";
import { findResource } from "../../core/model/find-resource.ts";
import type { ResourceKindDescriptor } from "../../core/model/kind.ts";
import type { MeshService } from "../../core/model/mesh-service.ts";
import { meshServiceKind } from "../../core/model/mesh-service-kind.ts";
import type { Resource } from "../../core/model/resource.ts";
import type { Policy } from "../../core/model/target-ref.ts";
import type { MeshWorld } from "../../core/model/world.ts";
import { policyKinds } from "../../core/policy/registry.ts";
import type { RouteContext } from "./context.ts";
import { notFound, titles } from "./errors.ts";
import { metaOf, requireMeshWorld } from "./inspected.ts";
import { listParameters, selection } from "./list-resources.ts";
import { listSchema } from "./openapi/components.ts";
import { fields, listOf, ref, text } from "./openapi/schema.ts";
import { pageOf } from "./page.ts";
import { resourceUrl, type ResourceParams } from "./resource-address.ts";
import { sendJson } from "./reply.ts";
import { serveUrl, type Operation } from "./routes.ts";

/** Whom a policy selects, and who is behind a MeshService. */
export function addAttachedRoutes(app: FastifyInstance, context: RouteContext): void {
  for (const kind of policyKinds) {
    const { one } = resourceUrl(kind);
    const selected = attached(context, kind, "selects", (mesh, policy) => selectedBy(mesh, policy as Policy));
    serveUrl(app, `${one}/_resources/dataplanes`, { GET: selected });
    // `kumactl inspect <policy> --new-api` asks here, with a dash.
    serveUrl(app, `${one}/-resources/dataplanes`, { GET: selected });
    serveUrl(app, `${one}/dataplanes`, { GET: attachments(context, kind) });
  }
  const behind = attached(context, meshServiceKind, "has behind it", (mesh, service) => providersFor(mesh, service as MeshService));
  serveUrl(app, `${resourceUrl(meshServiceKind).one}/_resources/dataplanes`, { GET: behind });
}

type Attached = (mesh: MeshWorld, resource: Resource) => readonly Dataplane[];

function attached(context: RouteContext, kind: ResourceKindDescriptor, verb: string, attachedTo: Attached): Operation {
  return {
    summary: `The Dataplanes that a ${kind.kind} ${verb}.`,
    access: "read",
    query: listParameters,
    answers: { 200: { description: "They, by name.", schema: listSchema(ref("ResourceMeta")) } },
    handle: async (request, reply) => {
      const { mesh, resource } = inspected(context, kind, request);
      if (resource === undefined) throw notFound(titles.retrieve);
      const found = attachedTo(mesh, resource).filter(selection(request));
      const { items, next } = pageOf(found, request);
      return sendJson(reply, 200, { items: items.map(metaOf), total: found.length, ...(next === null ? {} : { next }) });
    },
  };
}

/** The older form, which `kumactl inspect <policy>` asks for. A policy that is not there selects nobody, as in Kuma. */
function attachments(context: RouteContext, kind: ResourceKindDescriptor): Operation {
  const item = fields({ kind: { const: "SidecarDataplane" }, dataplane: fields({ mesh: text, name: text }), attachments: listOf(fields({ type: text })) });
  return {
    summary: `The Dataplanes that a ${kind.kind} selects, in Kuma's older form.`,
    access: "read",
    answers: { 200: { description: "They, by name; none for a policy that is not there.", schema: listSchema(item) } },
    handle: async (request, reply) => {
      const { mesh, resource } = inspected(context, kind, request);
      const found = resource === undefined ? [] : selectedBy(mesh, resource as Policy);
      return sendJson(reply, 200, { total: found.length, items: found.map(attachment) });
    },
  };
}

function attachment({ mesh, name }: Dataplane): JsonObject {
  return { kind: "SidecarDataplane", dataplane: { mesh, name }, attachments: [{ type: "dataplane" }] };
}

function inspected(context: RouteContext, kind: ResourceKindDescriptor, request: FastifyRequest): { readonly mesh: MeshWorld; readonly resource: Resource | undefined } {
  const { mesh = "", name = "" } = request.params as ResourceParams;
  return { mesh: requireMeshWorld(context, mesh), resource: findResource(context.writes.world(), { kind: kind.kind, mesh, name }) };
}
