import type { FastifyInstance } from "fastify";
import { createPatch } from "rfc6902";
import { callsOf, identifiersOf } from "../../core/inspect/calls.ts";
import { inboundRulesAt } from "../../core/inspect/inbound-rules.ts";
import { inboundNamed, layoutOf } from "../../core/inspect/layout.ts";
import { rulesFor, rulesOf } from "../../core/inspect/rules.ts";
import { createPlanner } from "../../core/match/planner.ts";
import { kriOf } from "../../core/model/kri.ts";
import { translate, type XdsResources } from "../../core/translate/translate.ts";
import { hidePrivateKeys } from "../../core/view/hide-private-keys.ts";
import { planSettings, type RouteContext } from "./context.ts";
import { ApiError, notFound, titles } from "./errors.ts";
import { formatInboundPolicy, formatKindRules, formatMatched, formatOutboundPolicy } from "./format-rules.ts";
import { invalidQuery, metaOf, queryOf, requireDataplane, switchOf } from "./inspected.ts";
import { schemas } from "./openapi/inspection.ts";
import { sendJson } from "./reply.ts";
import { serveUrl, type Handler, type Operation } from "./routes.ts";

const base = "/meshes/:mesh/dataplanes/:name";

/** What was decided for one Dataplane, and by which policies. */
export function addDataplaneRoutes(app: FastifyInstance, context: RouteContext): void {
  const routes: Readonly<Record<string, Operation>> = {
    "/_config": config(context),
    "/_rules": read("What the policies say of each destination that they name, and of each inbound.", "rules", rules(context)),
    "/_layout": read("The ports of a proxy, and what Envoy calls them.", "layout", layout(context)),
    "/_policies": read("Policies for the proxy as a whole: so far no kind has any.", "policies", wholePolicies(context)),
    "/_inbounds/:kri/_policies": read("Policies for one inbound, merged.", "policies", inboundPolicies(context)),
    "/_outbounds/:kri/_policies": read("Policies for one outbound, merged.", "policies", outboundPolicies(context)),
    "/policies": read("The policies that select a proxy, in Kuma's older form.", "matched", matchedPolicies(context)),
  };
  for (const [path, operation] of Object.entries(routes)) serveUrl(app, `${base}${path}`, { GET: operation });
}

function read(summary: string, schema: keyof typeof schemas, handle: Handler): Operation {
  return { summary, access: "read", answers: { 200: { description: summary, schema: schemas[schema] } }, handle };
}

function config(context: RouteContext): Operation {
  return {
    ...read("What a proxy gets, in Envoy's words.", "config", async (request, reply) => {
      const { mesh, dataplane } = requireDataplane(context, request);
      const xdsOf = (shadow: boolean): XdsResources => {
        const plan = createPlanner({ ...planSettings(context), shadow }).plan(context.writes.world(), mesh.name, dataplane.name);
        if (plan === undefined) throw notFound(titles.dataplane);
        return hidePrivateKeys(translate(plan));
      };
      const xds = xdsOf(switchOf(request, "shadow"));
      const include = queryOf(request).getAll("include").flatMap((value) => value.split(","));
      const unknown = include.find((part) => part !== "diff");
      if (unknown !== undefined) throw invalidQuery("include", `${JSON.stringify(unknown)} is not known; diff is`);
      return sendJson(reply, 200, { xds, ...(include.length === 0 ? {} : { diff: createPatch(xdsOf(false), xds) }) });
    }),
    query: {
      shadow: { description: "With policies labelled `kuma.io/effect: shadow`.", schema: { type: "boolean", default: false } },
      include: { description: "`diff`: also how it differs from what the proxy has without shadow policies, as a JSON Patch.", schema: { enum: ["diff"] } },
    },
  };
}

function rules(context: RouteContext): Handler {
  return async (request, reply) => {
    const { mesh, dataplane } = requireDataplane(context, request);
    return sendJson(reply, 200, { httpMatches: [], resource: metaOf(dataplane), rules: rulesOf(mesh, dataplane).map(formatKindRules) });
  };
}

function layout(context: RouteContext): Handler {
  return async (request, reply) => {
    const { mesh, dataplane } = requireDataplane(context, request);
    const { inbounds, outbounds } = layoutOf(mesh, dataplane);
    return sendJson(reply, 200, { inbounds, kri: kriOf(dataplane), labels: dataplane.labels, listeners: [], outbounds });
  };
}

function wholePolicies(context: RouteContext): Handler {
  return async (request, reply) => {
    requireDataplane(context, request);
    return sendJson(reply, 200, { policies: [] });
  };
}

function inboundPolicies(context: RouteContext): Handler {
  return async (request, reply) => {
    const { mesh, dataplane } = requireDataplane(context, request);
    const { kri } = request.params as { kri: string };
    const place = inboundNamed(dataplane, kri);
    if (place === undefined) throw noSuchPort("inbound", kri);
    return sendJson(reply, 200, { policies: inboundRulesAt(mesh, dataplane, place).map(formatInboundPolicy) });
  };
}

function outboundPolicies(context: RouteContext): Handler {
  return async (request, reply) => {
    const { mesh, dataplane } = requireDataplane(context, request);
    const { kri } = request.params as { kri: string };
    const call = callsOf(mesh, dataplane).find(({ destination }) => identifiersOf(destination).includes(kri));
    if (call === undefined) throw noSuchPort("outbound", kri);
    return sendJson(reply, 200, { policies: rulesFor(mesh, dataplane, call.destination.target).map(formatOutboundPolicy) });
  };
}

function noSuchPort(what: string, kri: string): ApiError {
  return new ApiError(404, `Could not retrieve ${what}`, `the Dataplane has no ${what} ${JSON.stringify(kri)}; _layout lists them`);
}

function matchedPolicies(context: RouteContext): Handler {
  return async (request, reply) => {
    const { mesh, dataplane } = requireDataplane(context, request);
    const matched = formatMatched(rulesOf(mesh, dataplane));
    return sendJson(reply, 200, { kind: "SidecarDataplane", total: matched.length, items: matched });
  };
}
