import type { DestinationPlan } from "../model/plan.ts";
import type { RouteActionJson } from "../proto/envoy/config/route/v3/route_components_pb.ts";
import type { RouteConfigurationJson } from "../proto/envoy/config/route/v3/route_pb.ts";
import { routeConfigName } from "./names.ts";

/**
 * Everything to the destination's cluster; a server outside the mesh is called by its own name, not by what the app called its proxy.
 * The timeout is Envoy's own, 15 s for the whole answer, until a policy sets another.
 */
export function destinationRoutes(destination: DestinationPlan): RouteConfigurationJson {
  return allTo(routeConfigName(destination), { cluster: destination.name, ...(destination.external !== undefined && { autoHostRewrite: true }) });
}

/** Everything to the app. No timeout here: how long an answer may take is for the calling side to say, and it must be said once. */
export function appRoutes(listenerName: string, cluster: string): RouteConfigurationJson {
  return allTo(listenerName, { cluster, timeout: "0s" });
}

function allTo(name: string, route: RouteActionJson & { readonly cluster: string }): RouteConfigurationJson {
  return { name, virtualHosts: [{ name: route.cluster, domains: ["*"], routes: [{ match: { prefix: "/" }, route }] }] };
}
