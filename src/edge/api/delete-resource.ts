import type { FastifyReply, FastifyRequest } from "fastify";
import type { ResourceKindDescriptor } from "../../core/model/kind.ts";
import { resourceKinds } from "../../core/policy/registry.ts";
import { requireConditions } from "./conditions.ts";
import type { RouteContext, ResourceWriter } from "./context.ts";
import { isDryRun } from "./dry-run.ts";
import { notFound, notValid, titles } from "./errors.ts";
import { keyOf, requireMesh, requireWriter, type ResourceParams } from "./resource-address.ts";
import { sendJson } from "./reply.ts";
import { storing } from "./storing.ts";

/**
 * `DELETE` of one resource. A Mesh goes only without Dataplanes, and takes its policies and services with it, as in Kuma.
 * With `?dryRun=true` everything is checked, and nothing deleted.
 */
export async function deleteResource(context: RouteContext, kind: ResourceKindDescriptor, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const writer = requireWriter(context, kind);
  const key = keyOf(kind, request.params as ResourceParams);
  await requireMesh(context, key);
  const stored = await writer.get(key);
  if (stored === undefined) throw notFound(titles.delete);
  requireConditions(request, stored, titles.delete);
  if (kind.kind === "Mesh") await requireNoDataplanes(writer, key.name);
  if (isDryRun(request)) return sendJson(reply, 200, {});
  await storing(context, titles.delete, async () => {
    // What is in it goes first: when this ends half-way, the mesh is still there and can be deleted again.
    if (kind.kind === "Mesh") await emptyMesh(writer, key.name);
    await writer.delete(key);
    context.writes.remember(key, undefined);
  });
  return sendJson(reply, 200, {});
}

async function requireNoDataplanes(writer: ResourceWriter, mesh: string): Promise<void> {
  const dataplanes = await writer.list("Dataplane", mesh);
  if (dataplanes.length === 0) return;
  throw notValid(titles.delete, [{ path: "mesh", message: "unable to delete mesh, there are still some dataplanes attached" }]);
}

async function emptyMesh(writer: ResourceWriter, mesh: string): Promise<void> {
  for (const { kind, scope } of resourceKinds) {
    if (scope === "Global") continue;
    for (const resource of await writer.list(kind, mesh)) await writer.delete(resource);
  }
}
