import type { JsonObject } from "../base/json.ts";
import type { Fields } from "./fields.ts";
import type { Findings } from "./remarks.ts";
import { convertRetryOn, defaultRetryOn } from "./retry-conditions.ts";

/** Istio's, which a VirtualService cannot change. */
const hostSelectionMaxAttempts = 5;

/** The `retries` of a route as a MeshRetry's conf: what Istio makes of them, each default said. Undefined: the route has none. */
export function readRetries(route: Fields, findings: Findings): JsonObject | undefined {
  const retries = route.fields("retries");
  if (retries === undefined) return undefined;
  const attempts = retries.count("attempts") ?? 0;
  const retryOn = retries.text("retryOn") ?? "";
  const [timing, hosts] = [timingOf(retries), hostsOf(retries)];
  if (attempts === 0 && !retries.has("attempts")) findings.remark("differs", retries.path, "`attempts` is not said: Istio then never tries again, and so it is here");
  const conditions = convertRetryOn(retryOn === "" ? defaultRetryOn : retryOn);
  for (const { condition, message } of conditions.left) findings.remark("left", retries.at("retryOn"), `\`${condition}\` ${message}`);
  if (attempts > 0 && conditions.grpc.length > 0 && hosts["hostSelection"] !== undefined) {
    findings.remark("left", retries.path, "a gRPC call that is tried again may get the host that failed it: `grpc` has no `hostSelection`");
  }
  const block = (names: readonly string[], more: JsonObject): JsonObject => {
    return attempts === 0 || names.length === 0 ? { numRetries: 0 } : { numRetries: attempts, ...timing, retryOn: names, ...more };
  };
  return { http: block(conditions.http, hosts), grpc: block(conditions.grpc, {}) };
}

function timingOf(retries: Fields): JsonObject {
  const [perTryTimeout, baseInterval] = [retries.duration("perTryTimeout"), retries.duration("backoff")];
  return { ...(perTryTimeout === undefined ? {} : { perTryTimeout }), ...(baseInterval === undefined ? {} : { backOff: { baseInterval } }) };
}

/** Istio avoids hosts that were tried, unless it is told not to. */
function hostsOf(retries: Fields): JsonObject {
  const hostSelection = [
    ...(retries.flag("retryIgnorePreviousHosts") === false ? [] : [{ predicate: "OmitPreviousHosts" }]),
    ...(retries.flag("retryRemoteLocalities") === true ? [{ predicate: "OmitPreviousPriorities", updateFrequency: 2 }] : []),
  ];
  return { ...(hostSelection.length === 0 ? {} : { hostSelection }), hostSelectionMaxAttempts };
}
