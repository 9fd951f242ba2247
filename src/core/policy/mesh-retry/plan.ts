import { deepFreeze } from "../../base/deep-freeze.ts";
import { labelNames } from "../../model/label-names.ts";
import type { Protocol } from "../../model/plan.ts";
import type { HeaderMatchPlan, RequestRetryPlan, RetryPlan } from "../../model/retry-plan.ts";
import { durationMs } from "../duration-ms.ts";
import type { PlanContext, PlannedConf } from "../kind.ts";
import type { DefaultRetries } from "../plan-settings.ts";
import type { BackOffConf, HeaderMatchConf, HttpRetryConf, MeshRetryConf, RateLimitedBackOffConf, RequestRetryConf } from "./conf.ts";
import { allMethodsDefault, byMethodDefault, meshRetryDefaults as defaults } from "./defaults.ts";
import { readRetryOn } from "./retry-conditions.ts";
import type { RequestBlock } from "./retry-conditions.ts";

/** What a merged conf means for one destination. Where it says nothing for the destination's kind of traffic, the default of the settings holds. */
export function planMeshRetry(conf: MeshRetryConf, context: PlanContext): PlannedConf {
  const retry = planRetry(conf, context);
  return deepFreeze(retry === undefined ? {} : { retry });
}

/** The block that is for a protocol: requests are told from connections, and gRPC calls from other requests. */
export function blockFor(protocol: Protocol): RequestBlock | "tcp" {
  switch (protocol) {
    case "http":
    case "http2":
      return "http";
    case "grpc":
      return "grpc";
    default:
      return "tcp";
  }
}

function planRetry(conf: MeshRetryConf, { protocol, defaultRetries }: PlanContext): RetryPlan | undefined {
  const block = blockFor(protocol);
  if (block === "tcp") {
    const connectAttempts = conf.tcp?.maxConnectAttempt;
    return connectAttempts === undefined ? undefined : { connectAttempts };
  }
  const requests = conf[block] === undefined ? defaultFor(defaultRetries) : planRequests(conf[block], block);
  return requests.length === 0 ? undefined : { requests };
}

function defaultFor(retries: DefaultRetries): readonly RequestRetryPlan[] {
  switch (retries) {
    case "by-method":
      return byMethodDefault;
    case "all-methods":
      return allMethodsDefault;
    case "none":
      return [];
  }
}

function planRequests(conf: HttpRetryConf, block: RequestBlock): readonly RequestRetryPlan[] {
  const retries = conf.numRetries ?? defaults.retries;
  if (retries === 0) return [];
  const { words, methods, statuses } = readRetryOn(conf.retryOn ?? [], block);
  const responseHeaders = (conf.retriableResponseHeaders ?? []).map(planHeaderMatch);
  const requestHeaders = (conf.retriableRequestHeaders ?? []).map(planHeaderMatch);
  const conditions = new Set(words.length === 0 ? defaults.conditions[block] : words);
  // Envoy looks at statuses and at headers of answers only where these words are there as well.
  if (statuses.length > 0) conditions.add("retriable-status-codes");
  if (responseHeaders.length > 0) conditions.add("retriable-headers");
  return [
    {
      ...(methods.length === 0 ? {} : { methods }),
      conditions: [...conditions],
      statuses,
      retries,
      ...planTiming(conf),
      ...(requestHeaders.length === 0 ? {} : { requestHeaders }),
      ...(responseHeaders.length === 0 ? {} : { responseHeaders }),
      ...planHosts(conf),
    },
  ];
}

function planTiming(conf: RequestRetryConf): Pick<RequestRetryPlan, "perTryTimeoutMs" | "backOff" | "rateLimitedBackOff"> {
  const perTryTimeoutMs = durationMs(conf.perTryTimeout) ?? 0;
  return {
    ...(perTryTimeoutMs === 0 ? {} : { perTryTimeoutMs }),
    ...(conf.backOff === undefined ? {} : { backOff: planBackOff(conf.backOff) }),
    ...(conf.rateLimitedBackOff === undefined ? {} : { rateLimitedBackOff: planRateLimited(conf.rateLimitedBackOff) }),
  };
}

/** Envoy refuses a back-off without a base interval, and one whose maximum is below it: such can come of merging valid confs. */
function planBackOff({ baseInterval, maxInterval }: BackOffConf): NonNullable<RequestRetryPlan["backOff"]> {
  const maxMs = durationMs(maxInterval);
  const baseMs = durationMs(baseInterval) ?? Math.min(defaults.backOffBaseMs, maxMs ?? Infinity);
  return { baseMs, ...(maxMs === undefined ? {} : { maxMs: Math.max(baseMs, maxMs) }) };
}

function planRateLimited({ resetHeaders = [], maxInterval }: RateLimitedBackOffConf): NonNullable<RequestRetryPlan["rateLimitedBackOff"]> {
  const maxMs = durationMs(maxInterval);
  return {
    resetHeaders: resetHeaders.map(({ name, format }) => ({ name, format: format === "Seconds" ? "seconds" : "unix-timestamp" })),
    ...(maxMs === undefined ? {} : { maxMs }),
  };
}

function planHosts({ hostSelection = [], hostSelectionMaxAttempts }: HttpRetryConf): Pick<RequestRetryPlan, "avoidPreviousHosts" | "avoidHostsWithTags" | "avoidPreviousPriorities" | "hostSelectionAttempts"> {
  const withTags = hostSelection.filter(({ predicate }) => predicate === "OmitHostsWithTags").map(({ tags = {} }) => withoutService(tags)).filter((tags) => Object.keys(tags).length > 0);
  const priorities = hostSelection.find(({ predicate }) => predicate === "OmitPreviousPriorities");
  return {
    avoidPreviousHosts: hostSelection.some(({ predicate }) => predicate === "OmitPreviousHosts"),
    ...(withTags.length === 0 ? {} : { avoidHostsWithTags: withTags }),
    ...(priorities === undefined ? {} : { avoidPreviousPriorities: { updateFrequency: priorities.updateFrequency ?? defaults.updateFrequency } }),
    ...(hostSelectionMaxAttempts === undefined ? {} : { hostSelectionAttempts: hostSelectionMaxAttempts }),
  };
}

/** All endpoints of a destination have that one in common (Kuma). */
function withoutService(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => key !== labelNames.service));
}

function planHeaderMatch({ name, type = "Exact", value }: HeaderMatchConf): HeaderMatchPlan {
  switch (type) {
    case "Present":
      return { name, match: "present" };
    case "Absent":
      return { name, match: "absent" };
    case "Prefix":
      return { name, match: "prefix", value: value ?? "" };
    case "RegularExpression":
      return { name, match: "regex", value: value ?? "" };
    case "Exact":
      return { name, match: "exact", value: value ?? "" };
  }
}
