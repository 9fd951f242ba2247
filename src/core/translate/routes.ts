import type { DestinationPlan, InboundPlan } from "../model/plan.ts";
import type { RequestRetryPlan } from "../model/retry-plan.ts";
import type { RouteActionJson, RouteJson } from "../proto/envoy/config/route/v3/route_components_pb.ts";
import type { RouteConfigurationJson } from "../proto/envoy/config/route/v3/route_pb.ts";
import { appRouteConfigName, localClusterName, routeConfigName } from "./names.ts";
import { methodMatcher, retryPolicy } from "./retry-policy.ts";

/**
 * Everything to the destination's cluster; a server outside the mesh is called by its own name, not by what the app called its proxy.
 * The timeout is Envoy's own, 15 s for the whole answer, until a policy sets another.
 */
export function destinationRoutes(destination: DestinationPlan): RouteConfigurationJson {
  return allTo(routeConfigName(destination), { cluster: destination.name, ...(destination.external !== undefined && { autoHostRewrite: true }) }, destination.retry?.requests);
}

/** Everything to the app. No timeout here: how long an answer may take is for the calling side to say, and it must be said once. */
export function appRoutes(inbound: InboundPlan, all: readonly InboundPlan[]): RouteConfigurationJson {
  return allTo(appRouteConfigName(inbound, all), { cluster: localClusterName(inbound, all), timeout: "0s" });
}

type ToCluster = RouteActionJson & { readonly cluster: string };

function allTo(name: string, route: ToCluster, retries: readonly RequestRetryPlan[] = []): RouteConfigurationJson {
  return { name, virtualHosts: [{ name: route.cluster, domains: ["*"], routes: routesWithRetries(route, retries) }] };
}

/** One route for each rule on retries, as they are to be asked; and one for what none of them is for. */
function routesWithRetries(route: ToCluster, retries: readonly RequestRetryPlan[]): RouteJson[] {
  const routes = retries.map((rule): RouteJson => ({
    match: { prefix: "/", ...(rule.methods !== undefined && { headers: [methodMatcher(rule.methods)] }) },
    route: { ...route, retryPolicy: retryPolicy(rule) },
  }));
  return retries.some(({ methods }) => methods === undefined) ? routes : [...routes, { match: { prefix: "/" }, route }];
}
