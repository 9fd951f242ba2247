import type { DestinationPlan } from "../model/plan.ts";
import type { RouteConfigurationJson } from "../proto/envoy/config/route/v3/route_pb.ts";
import { routeConfigName } from "./names.ts";

/** Everything to the destination's cluster. The timeout is Envoy's own, 15 s for the whole answer, until a policy sets another. */
export function destinationRoutes(destination: DestinationPlan): RouteConfigurationJson {
  return allTo(routeConfigName(destination), destination.name);
}

/** Everything to the app. No timeout here: how long an answer may take is for the calling side to say, and it must be said once. */
export function appRoutes(listenerName: string, cluster: string): RouteConfigurationJson {
  return allTo(listenerName, cluster, "0s");
}

function allTo(name: string, cluster: string, timeout?: string): RouteConfigurationJson {
  const route = { cluster, ...(timeout !== undefined && { timeout }) };
  return { name, virtualHosts: [{ name: cluster, domains: ["*"], routes: [{ match: { prefix: "/" }, route }] }] };
}
