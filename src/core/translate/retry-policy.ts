import { toProtoDuration } from "../base/duration.ts";
import type { HeaderMatchPlan, RequestRetryPlan } from "../model/retry-plan.ts";
import type {
  HeaderMatcherJson,
  RetryPolicy_RetryHostPredicateJson,
  RetryPolicyJson,
} from "../proto/envoy/config/route/v3/route_components_pb.ts";
import { OmitHostMetadataConfigSchema } from "../proto/envoy/extensions/retry/host/omit_host_metadata/v3/omit_host_metadata_config_pb.ts";
import { PreviousHostsPredicateSchema } from "../proto/envoy/extensions/retry/host/previous_hosts/v3/previous_hosts_pb.ts";
import { PreviousPrioritiesConfigSchema } from "../proto/envoy/extensions/retry/priority/previous_priorities/v3/previous_priorities_config_pb.ts";
import { anyOf } from "./any.ts";

/** When a request is tried again, as Envoy's `route.v3.RetryPolicy`. The number of retries is always there: it is what people look for. */
export function retryPolicy(plan: RequestRetryPlan): RetryPolicyJson {
  const { perTryTimeoutMs, backOff, rateLimitedBackOff, requestHeaders = [], responseHeaders = [], statuses, hostSelectionAttempts } = plan;
  const hosts = hostPredicates(plan);
  return {
    retryOn: plan.conditions.join(","),
    numRetries: plan.retries,
    ...(perTryTimeoutMs !== undefined && { perTryTimeout: toProtoDuration(perTryTimeoutMs) }),
    ...(plan.avoidPreviousPriorities !== undefined && {
      retryPriority: { name: "envoy.retry_priorities.previous_priorities", typedConfig: anyOf(PreviousPrioritiesConfigSchema, plan.avoidPreviousPriorities) },
    }),
    ...(hosts.length > 0 && { retryHostPredicate: hosts }),
    ...(hostSelectionAttempts !== undefined && { hostSelectionRetryMaxAttempts: String(hostSelectionAttempts) }),
    ...(statuses.length > 0 && { retriableStatusCodes: [...statuses] }),
    ...(backOff !== undefined && { retryBackOff: { baseInterval: toProtoDuration(backOff.baseMs), ...maxInterval(backOff.maxMs) } }),
    ...(responseHeaders.length > 0 && { retriableHeaders: responseHeaders.map(headerMatcher) }),
    ...(requestHeaders.length > 0 && { retriableRequestHeaders: requestHeaders.map(headerMatcher) }),
    ...(rateLimitedBackOff !== undefined && { rateLimitedRetryBackOff: rateLimited(rateLimitedBackOff) }),
  };
}

/** Fits requests of one of the methods. */
export function methodMatcher(methods: readonly string[]): HeaderMatcherJson {
  const [only, ...others] = methods;
  const stringMatch = others.length === 0 ? { exact: only ?? "" } : { safeRegex: { regex: methods.join("|") } };
  return { name: ":method", stringMatch };
}

function rateLimited({ resetHeaders, maxMs }: NonNullable<RequestRetryPlan["rateLimitedBackOff"]>): NonNullable<RetryPolicyJson["rateLimitedRetryBackOff"]> {
  return {
    // Seconds are the enum's 0, which canonical JSON leaves out.
    resetHeaders: resetHeaders.map(({ name, format }) => ({ name, ...(format === "unix-timestamp" && { format: "UNIX_TIMESTAMP" as const }) })),
    ...maxInterval(maxMs),
  };
}

function maxInterval(maxMs: number | undefined): { readonly maxInterval?: string } {
  return maxMs === undefined ? {} : { maxInterval: toProtoDuration(maxMs) };
}

function hostPredicates({ avoidPreviousHosts, avoidHostsWithTags = [] }: RequestRetryPlan): RetryPolicy_RetryHostPredicateJson[] {
  const previous = { name: "envoy.retry_host_predicates.previous_hosts", typedConfig: anyOf(PreviousHostsPredicateSchema, {}) };
  const withTags = avoidHostsWithTags.map((tags) => ({
    name: "envoy.retry_host_predicates.omit_host_metadata",
    typedConfig: anyOf(OmitHostMetadataConfigSchema, { metadataMatch: { filterMetadata: { "envoy.lb": tags } } }),
  }));
  return [...(avoidPreviousHosts ? [previous] : []), ...withTags];
}

function headerMatcher({ name, match, value = "" }: HeaderMatchPlan): HeaderMatcherJson {
  switch (match) {
    case "present": return { name, presentMatch: true };
    case "absent": return { name, presentMatch: false };
    case "prefix": return { name, stringMatch: { prefix: value } };
    case "regex": return { name, stringMatch: { safeRegex: { regex: value } } };
    case "exact": return { name, stringMatch: { exact: value } };
  }
}
