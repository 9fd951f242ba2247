import type { FastifyInstance } from "fastify";
import type { JsonObject } from "../../core/base/json.ts";
import type { ResourceKindDescriptor } from "../../core/model/kind.ts";
import type { PolicyKind } from "../../core/policy/kind.ts";
import { policyKindNamed, policyKinds, resourceKinds } from "../../core/policy/registry.ts";
import type { Identity, RouteContext } from "./context.ts";
import { anyObject, fields, flag, listOf, text } from "./openapi/schema.ts";
import { sendJson } from "./reply.ts";
import { isReadOnly } from "./resource-address.ts";
import { serveUrl, type Access } from "./routes.ts";

interface Page {
  readonly summary: string;
  readonly access: Access;
  readonly schema: JsonObject;
  readonly document: JsonObject;
}

/** Who answers, which kinds there are, and with which configuration it runs. */
export function addCatalogueRoutes(app: FastifyInstance, context: RouteContext): void {
  for (const [url, { summary, access, schema, document }] of Object.entries(pages(context))) {
    const answers = { 200: { description: summary, schema } };
    serveUrl(app, url, { GET: { summary, access, answers, handle: async (_request, reply) => sendJson(reply, 200, document) } });
  }
}

function pages(context: RouteContext): Readonly<Record<string, Page>> {
  const { identity, configuration } = context;
  return {
    "/": {
      summary: "Who answers.",
      access: "public",
      schema: fields({ clusterId: text, hostname: text, instanceId: text, product: text, version: text }, { servedBy: text }),
      document: index(identity),
    },
    "/policies": {
      summary: "Every kind of policy.",
      access: "read",
      schema: fields({ policies: listOf(policySchema) }),
      document: { policies: policyKinds.map((kind) => describePolicy(kind, isReadOnly(context, kind))).sort(byName) },
    },
    "/_resources": {
      summary: "Every kind of resource.",
      access: "read",
      schema: fields({ resources: listOf(kindSchema) }),
      document: { resources: resourceKinds.map((kind) => describeKind(kind, isReadOnly(context, kind))).sort(byName) },
    },
    "/config": { summary: "The effective configuration, secrets blanked.", access: "read", schema: anyObject, document: configuration },
    "/versions": {
      summary: "Which versions of kuma-dp, and of Envoy beside it, may connect.",
      access: "read",
      schema: fields({ kumaDp: { type: "object", additionalProperties: fields({ envoy: text }) } }),
      document: { kumaDp: { ">=2.2.0": { envoy: ">=1.27.0" } } },
    },
  };
}

/** As set, it answers as a Kuma, so that kumactl, which compares product and version with its own, is quiet; who it is stands beside. */
function index({ clusterId, hostname, instanceId, product, version, answerAsKuma }: Identity): JsonObject {
  const own = { clusterId, hostname, instanceId };
  if (answerAsKuma === undefined) return { ...own, product, version };
  return { ...own, product: "Kuma", version: answerAsKuma, servedBy: `${product} ${version}` };
}

const policySchema = fields({
  name: text,
  readOnly: flag,
  path: text,
  singularDisplayName: text,
  pluralDisplayName: text,
  isExperimental: flag,
  isTargetRefBased: flag,
  isInbound: flag,
  isOutbound: flag,
});

const kindSchema = fields(
  { includeInFederation: flag, name: text, path: text, pluralDisplayName: text, readOnly: flag, scope: text, shortName: text, singularDisplayName: text },
  { policy: fields({ hasFromTargetRef: flag, hasRulesTargetRef: flag, hasToTargetRef: flag, isFromAsRules: flag, isTargetRef: flag }) },
);

interface Named extends JsonObject {
  readonly name: string;
}

function describePolicy(kind: PolicyKind, readOnly: boolean): Named {
  return {
    name: kind.kind,
    readOnly,
    path: kind.path,
    singularDisplayName: kind.singularDisplayName,
    pluralDisplayName: kind.pluralDisplayName,
    isExperimental: false,
    isTargetRefBased: true,
    isInbound: kind.inbound !== undefined,
    isOutbound: kind.outbound !== undefined,
  };
}

function describeKind(kind: ResourceKindDescriptor, readOnly: boolean): Named {
  const { path, pluralDisplayName, scope, shortName, singularDisplayName } = kind;
  const policyKind = policyKindNamed(kind.kind);
  // A Dataplane is of its zone; whatever else there is would be the same in every zone.
  const described = { includeInFederation: kind.kind !== "Dataplane", name: kind.kind, path, pluralDisplayName };
  return { ...described, ...(policyKind === undefined ? {} : { policy: describeLists(policyKind) }), readOnly, scope, shortName, singularDisplayName };
}

function describeLists({ lists, inbound }: PolicyKind): JsonObject {
  const [hasFromTargetRef, hasRulesTargetRef, hasToTargetRef] = [lists.includes("from"), lists.includes("rules"), lists.includes("to")];
  // A kind that keeps its entries as they are has callers in `from`, which no rule has.
  return { hasFromTargetRef, hasRulesTargetRef, hasToTargetRef, isFromAsRules: hasFromTargetRef && inbound?.keepsEntries !== true, isTargetRef: true };
}

function byName(a: Named, b: Named): number {
  return a.name < b.name ? -1 : 1;
}
