import type { FastifyRequest } from "fastify";
import { joinPaths } from "../../core/base/field-path.ts";
import { asArray, asObject, asString } from "../../core/base/json.ts";
import type { Notice } from "../../core/base/notice.ts";
import type { Violation } from "../../core/base/violation.ts";
import { keyText, type Resource, type ResourceKey } from "../../core/model/resource.ts";
import { parseResource } from "../../core/policy/parse-resource.ts";
import { kindNamed } from "../../core/policy/registry.ts";
import type { RouteContext } from "./context.ts";
import { badRequest, notValid, titles } from "./errors.ts";
import { keepImmutableLabels } from "./immutable-labels.ts";
import { readBody, requireKnownMediaType } from "./read-body.ts";

/** A resource as it is and as it would be; absent: there is none. */
export interface PreviewedResource {
  readonly key: ResourceKey;
  readonly before: Resource | undefined;
  readonly after: Resource | undefined;
  /** Fields that would be ignored. */
  readonly unknown: readonly Notice[];
}

/** Reads `{resources: […], deleted: [{type, mesh, name}…]}`. Throws 400 with everything that a real write would refuse. */
export async function readPreviewBody(context: RouteContext, request: FastifyRequest): Promise<readonly PreviewedResource[]> {
  const contentType = request.headers["content-type"];
  requireKnownMediaType(contentType);
  const body = readBody(context, "Preview", contentType, request.body);
  const [documents, deleted] = [asArray(body["resources"] ?? []), asArray(body["deleted"] ?? [])];
  if (documents === undefined || deleted === undefined) throw badRequest("invalid Preview object: resources and deleted have to be lists");
  const parsed = documents.map((document) => parseResource(document, context.compatibility));
  const violations: Violation[] = [];
  const wanted: PreviewedResource[] = [];
  const meshes = new Set(parsed.flatMap((result) => (result.ok && result.resource.kind === "Mesh" ? [result.resource.name] : [])));
  for (const [at, result] of parsed.entries()) {
    const tell = (found: readonly Violation[]): void => void violations.push(...found.map(({ path, message }) => ({ path: joinPaths(`resources[${at}]`, path), message })));
    if (!result.ok) {
      tell(result.violations);
      continue;
    }
    const key = keyOf(result.resource);
    if (key.mesh !== "" && !meshes.has(key.mesh) && !(await isThere(context, key.mesh))) tell([{ path: "mesh", message: `there is no Mesh "${key.mesh}"` }]);
    const before = await context.resources.get(key);
    const kept = keepImmutableLabels(result.resource, before);
    tell(kept.violations);
    wanted.push({ key, before, after: kept.resource, unknown: result.notices });
  }
  for (const [at, item] of deleted.entries()) wanted.push(await deletion(context, item, `deleted[${at}]`, violations));
  if (violations.length > 0) throw notValid(titles.process, violations);
  // Of two for one resource the last would be what is stored.
  return [...new Map(wanted.map((one) => [keyText(one.key), one])).values()];
}

async function deletion(context: RouteContext, item: unknown, path: string, violations: Violation[]): Promise<PreviewedResource> {
  const fields = asObject(item) ?? {};
  const [kind, name, mesh] = [asString(fields["type"]) ?? "", asString(fields["name"]) ?? "", asString(fields["mesh"]) ?? ""];
  const descriptor = kindNamed(kind);
  if (descriptor === undefined || name === "") violations.push({ path, message: "type and name of a resource are needed" });
  const key = { kind, mesh: descriptor?.scope === "Mesh" ? mesh : "", name };
  return { key, before: descriptor === undefined ? undefined : await context.resources.get(key), after: undefined, unknown: [] };
}

async function isThere({ resources }: RouteContext, mesh: string): Promise<boolean> {
  return (await resources.get({ kind: "Mesh", mesh: "", name: mesh })) !== undefined;
}

function keyOf({ kind, mesh, name }: Resource): ResourceKey {
  return { kind, mesh, name };
}
