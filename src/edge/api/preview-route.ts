import { setImmediate as nextTurn } from "node:timers/promises";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { mayUse } from "../../core/access/identity.ts";
import { changedFields, type ChangedField } from "../../core/base/changed-fields.ts";
import type { JsonObject } from "../../core/base/json.ts";
import { noticeText } from "../../core/base/notice.ts";
import { applyChanges, equalContent } from "../../core/model/apply-changes.ts";
import type { Resource } from "../../core/model/resource.ts";
import { isSensitiveKind } from "../../core/model/secret-kind.ts";
import type { Change } from "../../core/model/world.ts";
import { formatResource } from "../../core/policy/parse-resource.ts";
import { previewChanges, type PreviewedProxy } from "../../core/preview/preview-changes.ts";
import { hideChangedKeys } from "../../core/view/hide-private-keys.ts";
import { planSettings, type RouteContext } from "./context.ts";
import { ApiError } from "./errors.ts";
import { requireMeshWorld } from "./inspected.ts";
import { noticesOf } from "./notices.ts";
import { previewBodySchema, previewSchema } from "./openapi/preview.ts";
import { readPreviewBody, type PreviewedResource } from "./read-preview-body.ts";
import { sendJson } from "./reply.ts";
import { serveUrl } from "./routes.ts";

/** Milliseconds for which a preview may keep everything else waiting at a time. */
const sliceMs = 8;

/** Groups of proxies that an answer has at most; beyond, they are counted. */
const maxGroups = 100;

/** `POST /_preview`: what writing or deleting some resources would change, in the store and in which proxies' configuration. Changes nothing. */
export function addPreviewRoute(app: FastifyInstance, context: RouteContext): void {
  serveUrl(app, "/_preview", {
    POST: {
      summary: "What writing or deleting resources would change in the store and in the configuration of proxies; nothing is changed.",
      access: "write",
      query: {
        mesh: { description: "With `proxy`: the mesh of the proxy." },
        proxy: { description: "Look at this proxy only, by the name of its Dataplane." },
      },
      body: previewBodySchema,
      answers: { 200: { description: "What would change.", schema: previewSchema } },
      handle: async (request, reply) => {
        const wanted = await readPreviewBody(context, request);
        requireAdminFor(wanted, request);
        const changes = wanted.map(({ key, after }): Change => (after === undefined ? { key } : { key, after }));
        const found = await previewed(context, changes.filter(({ key }) => !isSensitiveKind(key.kind)), onlyOf(context, request));
        const world = applyChanges(context.writes.world(), changes.filter(({ key }) => !isSensitiveKind(key.kind)));
        const resources = wanted.map((one) => ({ ...describeResource(one), ...warningsOf(one.after === undefined ? [] : noticesOf(context, one.after, world).map(noticeText), one) }));
        return sendJson(reply, 200, { resources, proxies: describeProxies(found) });
      },
    },
  });
}

/** Whether a secret is the stored one is for those who may read it. */
function requireAdminFor(wanted: readonly PreviewedResource[], { identity }: FastifyRequest): void {
  const secret = wanted.find(({ key }) => isSensitiveKind(key.kind));
  if (secret === undefined || (identity !== undefined && mayUse(identity, "admin"))) return;
  throw new ApiError(403, "Access Denied", `only an administrator may preview a ${secret.key.kind}`);
}

function onlyOf(context: RouteContext, request: FastifyRequest): { readonly mesh: string; readonly name: string } | undefined {
  const { mesh = "default", proxy } = request.query as { readonly mesh?: string; readonly proxy?: string };
  if (proxy === undefined) return undefined;
  requireMeshWorld(context, mesh);
  return { mesh, name: proxy };
}

/** Runs the preview in slices: other requests and every stream are served between them. */
async function previewed(context: RouteContext, changes: readonly Change[], only: { readonly mesh: string; readonly name: string } | undefined): Promise<readonly PreviewedProxy[]> {
  const found: PreviewedProxy[] = [];
  let untilMs = performance.now() + sliceMs;
  for (const proxy of previewChanges(context.writes.world(), changes, { ...planSettings(context), only })) {
    if (proxy !== undefined) found.push(proxy);
    if (performance.now() < untilMs) continue;
    await nextTurn();
    untilMs = performance.now() + sliceMs;
  }
  return found;
}

/** Only what its author may have changed: times are the store's, and the identifier is made of the rest. */
function contentOf(resource: Resource | undefined): JsonObject | undefined {
  if (resource === undefined) return undefined;
  return Object.fromEntries(Object.entries(formatResource(resource)).filter(([name]) => !["creationTime", "modificationTime", "kri"].includes(name)));
}

function describeResource({ key, before, after }: PreviewedResource): JsonObject {
  const { kind: type, mesh, name } = key;
  const head = { type, mesh, name };
  if (after === undefined) return { ...head, outcome: before === undefined ? "unchanged" : "deleted", fields: [] };
  if (before === undefined) return { ...head, outcome: "created", fields: [] };
  if (equalContent(before, after)) return { ...head, outcome: "unchanged", fields: [] };
  // That a secret would change may be told, but not how.
  return { ...head, outcome: "updated", fields: isSensitiveKind(type) ? [] : changedFields(contentOf(before), contentOf(after)).map(describeField) };
}

function warningsOf(notices: readonly string[], { unknown }: PreviewedResource): JsonObject {
  const warnings = [...unknown.map(noticeText), ...notices];
  return warnings.length === 0 ? {} : { warnings };
}

/** Proxies to which the same happens stand together, the largest group first. */
function describeProxies(found: readonly PreviewedProxy[]): JsonObject {
  const groups = new Map<unknown, PreviewedProxy[]>();
  for (const proxy of found) {
    const key = proxy.effect === "changed" ? proxy.changes : proxy.effect;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [proxy]);
    else group.push(proxy);
  }
  const sorted = [...groups.values()].sort((a, b) => b.length - a.length);
  return { total: found.length, groups: sorted.slice(0, maxGroups).map(describeGroup), omittedGroups: Math.max(0, sorted.length - maxGroups) };
}

function describeGroup(group: readonly PreviewedProxy[]): JsonObject {
  const changes = (group[0]?.changes ?? []).map(({ typeUrl, name, change, fields }) => ({ typeUrl, name, change, fields: fields.map(describeField) }));
  return { effect: group[0]?.effect ?? "changed", proxies: group.map(({ mesh, name }) => ({ mesh, name })), changes };
}

function describeField(field: ChangedField): JsonObject {
  const { path, before, after } = hideChangedKeys(field);
  return { path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}

