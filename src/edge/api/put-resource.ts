import { setImmediate as nextTurn } from "node:timers/promises";
import type { FastifyReply, FastifyRequest } from "fastify";
import { noticeText } from "../../core/base/notice.ts";
import type { Notice } from "../../core/base/notice.ts";
import { ownField } from "../../core/base/json.ts";
import type { Violation } from "../../core/base/violation.ts";
import { applyChanges, equalContent } from "../../core/model/apply-changes.ts";
import type { ResourceKindDescriptor } from "../../core/model/kind.ts";
import type { Mesh } from "../../core/model/mesh.ts";
import type { Resource, ResourceKey } from "../../core/model/resource.ts";
import { parseResource } from "../../core/policy/parse-resource.ts";
import { requireConditions } from "./conditions.ts";
import type { CertificateProblem, PutAnswer, RouteContext } from "./context.ts";
import { isDryRun } from "./dry-run.ts";
import { badRequest, notValid, titles } from "./errors.ts";
import { keepImmutableLabels } from "./immutable-labels.ts";
import { noticesOf } from "./notices.ts";
import { readBody, requireKnownMediaType } from "./read-body.ts";
import { keyOf, requireMesh, requireWriter, type ResourceParams } from "./resource-address.ts";
import { sendJson } from "./reply.ts";
import { storing } from "./storing.ts";

/**
 * `PUT` of one resource: 201 when it is new, 200 otherwise; the body has `warnings` only when there are some. The order of checks is
 * Kuma's: mesh, decoding, kind, then everything else at once; conditions come last. The header `x-probeplane-outcome` says `created`, `updated` or
 * `unchanged`. With `?dryRun=true` everything is checked and answered, and nothing is stored.
 */
export async function putResource(context: RouteContext, kind: ResourceKindDescriptor, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const writer = requireWriter(context, kind);
  const contentType = request.headers["content-type"];
  requireKnownMediaType(contentType);
  const key = keyOf(kind, request.params as ResourceParams);
  await requireMesh(context, key);
  const parsed = parseFor(context, kind, key, readBody(context, kind.kind, contentType, request.body));
  const stored = await writer.get(key);
  const { resource, violations } = keepImmutableLabels(parsed.resource, stored);
  const certificates = await certificateProblems(context, resource);
  const refused = [...violations, ...certificates.filter(({ isInline }) => isInline)];
  if (refused.length > 0) throw notValid(titles.process, refused);
  const expected = requireConditions(request, stored, titles.process);
  const isDry = isDryRun(request);
  const answer = isDry ? foreseen(resource, stored) : await storing(context, titles.process, () => writer.put(resource, expected));
  if (!isDry) {
    context.writes.remember(key, answer.resource);
    // The proxies first: what there is to tell about the resource can take longer than the first of them need.
    await nextTurn();
  }
  const world = isDry ? applyChanges(context.writes.world(), [{ key, after: answer.resource }]) : context.writes.world();
  const notices = [...parsed.notices, ...noticesOf(context, answer.resource, world)];
  const warnings = [...notices.map(noticeText), ...certificates.map(({ path, message }) => `${path}: ${message}`)];
  reply.header("x-probeplane-outcome", answer.outcome);
  return sendJson(reply, answer.outcome === "created" ? 201 : 200, warnings.length > 0 ? { warnings } : {});
}

/** Of a Mesh that provides the CA of its mutual TLS. */
async function certificateProblems({ authorities }: RouteContext, resource: Resource): Promise<readonly CertificateProblem[]> {
  return resource.kind === "Mesh" && authorities !== undefined ? await authorities.check(resource as Mesh) : [];
}

/** What a store would answer. */
function foreseen(resource: Resource, stored: Resource | undefined): PutAnswer {
  if (stored === undefined) return { outcome: "created", resource };
  return equalContent(stored, resource) ? { outcome: "unchanged", resource: stored } : { outcome: "updated", resource };
}

function parseFor(
  context: RouteContext,
  kind: ResourceKindDescriptor,
  key: ResourceKey,
  document: Readonly<Record<string, unknown>>,
): { readonly resource: Resource; readonly notices: readonly Notice[] } {
  requireKind(kind, document);
  const parsed = parseResource(document, context.compatibility);
  if (parsed.ok) {
    const violations = addressViolations(key, parsed.resource);
    if (violations.length > 0) throw notValid(titles.process, violations);
    return parsed;
  }
  const violations = [...parsed.violations, ...(parsed.key === undefined ? [] : addressViolations(key, parsed.key))];
  const undecodable = violations.find(({ message }) => message.startsWith("time: "));
  if (undecodable === undefined) throw notValid(titles.process, violations);
  // Kuma fails on a duration before it validates anything; we say the same and add everything else.
  const parameters = violations.map(({ path, message }) => ({ field: path, reason: message }));
  throw badRequest(`invalid ${kind.kind} object: ${JSON.stringify(undecodable.message)}`, parameters);
}

/** A body of another kind gets this one answer: the rest would be about a resource that nobody meant. */
function requireKind(kind: ResourceKindDescriptor, document: Readonly<Record<string, unknown>>): void {
  const isKubernetes = ownField(document, "type") === undefined && ownField(document, "apiVersion") !== undefined;
  const type = ownField(document, isKubernetes ? "kind" : "type");
  if (type === kind.kind) return;
  const message = type === undefined ? "type in body is required" : `type in body should be one of [${kind.kind}]`;
  throw notValid(titles.process, [{ path: "", message }]);
}

function addressViolations(url: ResourceKey, body: ResourceKey): readonly Violation[] {
  const fields = (["name", "mesh"] as const).filter((field) => url[field] !== body[field] && body[field] !== "");
  return fields.map((field) => ({ path: field, message: `${field} from the URL has to be the same as in body` }));
}
