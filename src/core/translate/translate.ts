import type { JsonObject } from "../base/json.ts";
import type { ProxyPlan } from "../model/plan.ts";
import { capturingListeners, passthroughClusters } from "./captured.ts";
import { localCluster, senderCluster } from "./clusters.ts";
import { destinationEndpoints, isDiscovered } from "./endpoints.ts";
import { inboundListener } from "./inbound-listeners.ts";
import { isHttp, placesTaken } from "./names.ts";
import { outboundListener } from "./outbound-listeners.ts";
import { permissionsConfig } from "./permissions.ts";
import { appRoutes, destinationRoutes } from "./routes.ts";
import { typeUrls } from "./type-urls.ts";

/** Resources by type URL, then by name: canonical proto3 JSON (camelCase, durations as `"10s"`, 64-bit integers as text, `Any` with `@type`). */
export type XdsResources = Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;

/** A plan in Envoy's words: all that this proxy gets but secrets, sorted by name; a type with nothing in it is an empty record. */
export function translate(plan: ProxyPlan): XdsResources {
  const { inbounds, outbounds, destinations, senderTags, capture } = plan;
  const clusters = [
    ...destinations.map((destination) => senderCluster(destination, senderTags)),
    ...inbounds.map((inbound) => localCluster(inbound, inbounds)),
    ...(capture === undefined ? [] : passthroughClusters(capture)),
  ];
  const endpoints = destinations.filter(isDiscovered).map(destinationEndpoints);
  const taken = placesTaken(inbounds);
  const listeners = [
    ...inbounds.map((inbound) => inboundListener(inbound, inbounds)),
    ...(capture === undefined ? [] : capturingListeners(capture)),
    ...outbounds.map(outboundListener).filter(({ name = "" }) => !taken.has(name)),
  ];
  const routes = [
    ...destinations.filter(({ protocol }) => isHttp(protocol)).map(destinationRoutes),
    ...inbounds.filter(({ protocol }) => isHttp(protocol)).map((inbound) => appRoutes(inbound, inbounds)),
  ];
  const permissions = inbounds.filter(({ tls }) => tls !== undefined).map(permissionsConfig);
  return {
    [typeUrls.cluster]: byName(clusters, (cluster) => cluster.name),
    [typeUrls.endpoints]: byName(endpoints, (assignment) => assignment.clusterName),
    [typeUrls.listener]: byName(listeners, (listener) => listener.name),
    [typeUrls.route]: byName(routes, (config) => config.name),
    [typeUrls.extension]: byName(permissions, (config) => config.name),
  };
}

/** Sorted by name; of two with one name (two outbounds on one address and port) the first is kept, as everywhere else. */
function byName<Json extends JsonObject>(resources: readonly Json[], nameOf: (resource: Json) => string | undefined): Record<string, Json> {
  const named = new Map<string, Json>();
  for (const resource of resources) {
    const name = nameOf(resource) ?? "";
    if (!named.has(name)) named.set(name, resource);
  }
  return Object.fromEntries([...named].sort(([a], [b]) => (a < b ? -1 : 1)));
}
