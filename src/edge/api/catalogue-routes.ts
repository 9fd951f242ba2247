import type { FastifyInstance } from "fastify";
import type { JsonObject } from "../../core/base/json.ts";
import type { ResourceKindDescriptor } from "../../core/model/kind.ts";
import { policyKinds, resourceKinds } from "../../core/policy/registry.ts";
import type { RouteContext } from "./context.ts";
import { sendJson } from "./reply.ts";
import { serveUrl } from "./routes.ts";

/** Who answers, which kinds there are, and with which configuration it runs. */
export function addCatalogueRoutes(app: FastifyInstance, context: RouteContext): void {
  const { clusterId, hostname, instanceId, product, version } = context.identity;
  const documents: Readonly<Record<string, JsonObject>> = {
    "/": { clusterId, hostname, instanceId, product, version },
    "/policies": { policies: policyKinds.map(describePolicy).sort(byName) },
    "/_resources": { resources: resourceKinds.map(describeKind).sort(byName) },
    "/config": context.configuration,
  };
  for (const [url, document] of Object.entries(documents)) serveUrl(app, url, { GET: async (_request, reply) => sendJson(reply, 200, document) });
}

interface Named extends JsonObject {
  readonly name: string;
}

function describePolicy(kind: ResourceKindDescriptor): Named {
  return {
    name: kind.kind,
    readOnly: false,
    path: kind.path,
    singularDisplayName: kind.singularDisplayName,
    pluralDisplayName: kind.pluralDisplayName,
    isExperimental: false,
    isTargetRefBased: true,
    isInbound: false,
    isOutbound: true,
  };
}

function describeKind(kind: ResourceKindDescriptor): Named {
  const { path, pluralDisplayName, scope, shortName, singularDisplayName } = kind;
  const isPolicy = policyKinds.some((policy) => policy.kind === kind.kind);
  const policy = { hasFromTargetRef: false, hasRulesTargetRef: false, hasToTargetRef: true, isFromAsRules: false, isTargetRef: true };
  const described = { includeInFederation: true, name: kind.kind, path, pluralDisplayName };
  return { ...described, ...(isPolicy ? { policy } : {}), readOnly: false, scope, shortName, singularDisplayName };
}

function byName(a: Named, b: Named): number {
  return a.name < b.name ? -1 : 1;
}
