import type { FastifyRequest } from "fastify";
import type { JsonObject } from "../../core/base/json.ts";
import type { Notice } from "../../core/base/notice.ts";
import { isShadow, selectedProxies } from "../../core/match/select-policies.ts";
import { equalContent, findResource } from "../../core/model/apply-changes.ts";
import type { Resource } from "../../core/model/resource.ts";
import type { Policy } from "../../core/model/target-ref.ts";
import type { World } from "../../core/model/world.ts";
import { policyKindNamed } from "../../core/policy/registry.ts";
import type { PipelineView, ProxyKey } from "../pipeline/port.ts";
import type { RouteContext } from "./context.ts";
import { invalidQuery, queryOf } from "./inspected.ts";
import { noticesOf } from "./notices.ts";
import type { Parameter } from "./routes.ts";

export const statusParameters: Readonly<Record<string, Parameter>> = {
  include: { description: "`status`: also how many proxies run with each policy or Dataplane, and what there is to tell about it.", schema: { enum: ["status"] } },
};

/** Whether the request asks for the status of what it gets. */
export function isStatusAsked(request: FastifyRequest): boolean {
  const include = queryOf(request).getAll("include").flatMap((value) => value.split(","));
  const unknown = include.find((part) => part !== "status");
  if (unknown !== undefined) throw invalidQuery("include", `${JSON.stringify(unknown)} is not known; status is`);
  return include.length > 0;
}

/** Rejections that stand and notices; undefined when there is nothing to say, so that an untroubled resource looks as in Kuma. */
export function troubleOf(context: RouteContext, resource: Resource): JsonObject | undefined {
  const rejections = context.view.rejectionsOf(resource).map(({ proxy, typeUrl, resources, message, since }) => {
    return { proxy: { mesh: proxy.mesh, name: proxy.name }, type: typeUrl, resources, message, since };
  });
  const notices = [...noticesOf(context, resource), ...certificateNotices(context, resource)].map(({ code, path, message }) => ({ code, path, message }));
  if (rejections.length + notices.length === 0) return undefined;
  return { ...(rejections.length > 0 ? { rejections } : {}), ...(notices.length > 0 ? { notices } : {}) };
}

/** What is amiss with the certificates of a Mesh at present: with what is in its secrets and files, too. */
function certificateNotices({ authorities }: RouteContext, resource: Resource): readonly Notice[] {
  const problems = resource.kind === "Mesh" ? (authorities?.problems(resource.name) ?? []) : [];
  const { kind, mesh, name } = resource;
  return problems.map((message): Notice => ({ code: "certificate", about: { kind, mesh, name }, path: "mtls", message }));
}

/** Gives the status of resources, one after the other, as it is at this moment. */
export function statusReader(context: RouteContext): (resource: Resource) => JsonObject {
  const currency = currencyOf(context.view);
  const world = context.writes.world();
  return (resource) => {
    const proxies = proxiesOf(context.view, resource, concernedBy(world, resource), currency);
    return { ...(proxies === undefined ? {} : { proxies }), ...troubleOf(context, resource) };
  };
}

/** Connected proxies; true: they have answered all that is newest. */
type Currency = ReadonlyMap<string, boolean>;

function currencyOf(view: PipelineView): Currency {
  const currency = new Map<string, boolean>();
  for (const { proxy, isCurrent } of view.connected()) currency.set(proxyText(proxy), (currency.get(proxyText(proxy)) ?? true) && isCurrent);
  return currency;
}

/**
 * How many proxies a resource is for, how many of those are connected to this control plane, and of these how many run with it, still
 * have to answer, or refuse something that it made. Only for policies and Dataplanes.
 */
function proxiesOf(
  view: PipelineView,
  resource: Resource,
  concerned: readonly string[] | undefined,
  currency: Currency,
): JsonObject | undefined {
  if (concerned === undefined) return undefined;
  const rejecting = new Set(view.rejectionsOf(resource).map(({ proxy }) => proxyText(proxy)));
  const connected = concerned.filter((proxy) => currency.has(proxy));
  // What was written a moment ago may not have reached the World yet, and then nobody runs with it.
  const served = findResource(view.world(), resource);
  const isServed = served !== undefined && equalContent(served, resource);
  const current = isServed ? connected.filter((proxy) => currency.get(proxy) === true) : [];
  const isApplied = policyKindNamed(resource.kind) === undefined || !isShadow(resource as Policy);
  const programmed = isApplied ? current.filter((proxy) => !rejecting.has(proxy)).length : 0;
  return { selected: concerned.length, connected: connected.length, programmed, pending: connected.length - current.length, rejecting: rejecting.size };
}

/** In the World as the writers of this API know it: whom a policy of a moment ago is for is known already. */
function concernedBy(world: World, resource: Resource): readonly string[] | undefined {
  if (resource.kind === "Dataplane") return [proxyText(resource)];
  if (policyKindNamed(resource.kind) === undefined) return undefined;
  const mesh = world.meshes.get(resource.mesh);
  return mesh === undefined ? [] : [...selectedProxies(mesh, resource as Policy)].map(proxyText);
}

function proxyText({ mesh, name }: ProxyKey): string {
  return `${mesh}/${name}`;
}
