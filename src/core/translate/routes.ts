import { toProtoDuration } from "../base/duration.ts";
import type { DestinationPlan, InboundPlan } from "../model/plan.ts";
import type { RequestRetryPlan } from "../model/retry-plan.ts";
import type { CallerTimeoutPlan, TimeoutPlan } from "../model/timeout-plan.ts";
import type { HeaderMatcherJson, RouteActionJson, RouteJson } from "../proto/envoy/config/route/v3/route_components_pb.ts";
import type { RouteConfigurationJson } from "../proto/envoy/config/route/v3/route_pb.ts";
import { appRouteConfigName, localClusterName, routeConfigName } from "./names.ts";
import { methodMatcher, retryPolicy } from "./retry-policy.ts";

/** Everything to the destination's cluster; a server outside the mesh is called by its own name, not by what the app called its proxy. */
export function destinationRoutes(destination: DestinationPlan): RouteConfigurationJson {
  const { name, external, timeouts, retry } = destination;
  const route = { cluster: name, ...(external !== undefined && { autoHostRewrite: true }), ...requestTimeouts(timeouts ?? {}) };
  return configuration(routeConfigName(destination), name, routesWithRetries(route, retry?.requests ?? [], timeouts ?? {}));
}

/** Everything to the app; requests of callers that have limits of their own first. */
export function appRoutes(inbound: InboundPlan, all: readonly InboundPlan[]): RouteConfigurationJson {
  const cluster = localClusterName(inbound, all);
  const { timeouts = {} } = inbound;
  const forCallers = (timeouts.byCaller ?? []).map((caller): RouteJson => ({
    match: { prefix: "/", headers: [callerMatcher(caller)] },
    route: { cluster, ...requestTimeouts(caller) },
  }));
  return configuration(appRouteConfigName(inbound, all), cluster, [...forCallers, { match: { prefix: "/" }, route: { cluster, ...requestTimeouts({ requestMs: 0, ...timeouts }) } }]);
}

function configuration(name: string, cluster: string, routes: RouteJson[]): RouteConfigurationJson {
  return { name, virtualHosts: [{ name: cluster, domains: ["*"], routes }] };
}

/** Without a timeout of the request Envoy has one of 15 s. */
function requestTimeouts({ requestMs, streamIdleMs }: Pick<TimeoutPlan, "requestMs" | "streamIdleMs">): Pick<RouteActionJson, "timeout" | "idleTimeout"> {
  return {
    ...(requestMs !== undefined && { timeout: toProtoDuration(requestMs) }),
    ...(streamIdleMs !== undefined && { idleTimeout: toProtoDuration(streamIdleMs) }),
  };
}

/** One route for each rule on retries, as they are to be asked; and one for what none of them is for. */
function routesWithRetries(route: RouteActionJson, retries: readonly RequestRetryPlan[], timeouts: TimeoutPlan): RouteJson[] {
  const routes = retries.map((rule): RouteJson => ({
    match: { prefix: "/", ...(rule.methods !== undefined && { headers: [methodMatcher(rule.methods)] }) },
    route: { ...route, ...timeForTries(rule, timeouts), retryPolicy: retryPolicy(rule) },
  }));
  return retries.some(({ methods }) => methods === undefined) ? routes : [...routes, { match: { prefix: "/" }, route }];
}

/** Envoy's own time between two tries, at most. */
const envoyBackOffMs = 250;

/**
 * Whoever gives each try a time means that it has it, and the last one as well. A limit of the whole request that nobody has set does not
 * stand against that.
 */
function timeForTries({ retries, perTryTimeoutMs = 0, backOff }: RequestRetryPlan, { requestMs = 0, requestIsDefault }: TimeoutPlan): Pick<RouteActionJson, "timeout"> {
  const betweenMs = backOff === undefined ? envoyBackOffMs : (backOff.maxMs ?? 10 * backOff.baseMs);
  const allMs = (retries + 1) * perTryTimeoutMs + retries * betweenMs;
  return requestIsDefault === true && perTryTimeoutMs >= requestMs ? { timeout: toProtoDuration(allMs) } : {};
}

/**
 * Who calls, as the listener writes it into each request from the caller's certificate; what the caller itself writes there it takes away
 * (`x-forwarded-client-cert`, SANITIZE_SET). Pairs are separated by semicolons.
 */
function callerMatcher({ spiffeId: { match, value } }: CallerTimeoutPlan): HeaderMatcherJson {
  const escaped = value.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const regex = `(.*;)?URI=${escaped}${match === "exact" ? "(;.*)?" : ".*"}`;
  return { name: "x-forwarded-client-cert", stringMatch: { safeRegex: { regex } } };
}
