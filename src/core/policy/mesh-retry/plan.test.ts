import assert from "node:assert/strict";
import type { Protocol } from "../../model/plan.ts";
import type { RequestRetryPlan, RetryPlan } from "../../model/retry-plan.ts";
import { defaultPlanSettings } from "../plan-settings.ts";
import type { PlanContext } from "../kind.ts";
import type { HttpRetryConf, MeshRetryConf } from "./conf.ts";
import { planMeshRetry } from "./plan.ts";
import { idempotentMethods } from "./retry-conditions.ts";

function retryOf(conf: MeshRetryConf, protocol: Protocol = "http", settings: Partial<PlanContext> = {}): RetryPlan | undefined {
  return planMeshRetry(conf, { ...defaultPlanSettings, protocol, ...settings }).retry;
}

function http(conf: HttpRetryConf): RequestRetryPlan | undefined {
  return retryOf({ http: conf })?.requests?.[0];
}

const sidecar = { retries: 2, avoidPreviousHosts: true, hostSelectionAttempts: 5 };

describe("planMeshRetry without a policy", () => {
  it("tries 503 and resets again only for methods that may be repeated", () => {
    for (const protocol of ["http", "http2", "grpc"] as const) {
      assert.deepEqual(retryOf({}, protocol)?.requests, [
        {
          methods: ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"],
          conditions: ["connect-failure", "refused-stream", "unavailable", "cancelled", "retriable-status-codes", "reset"],
          statuses: [503],
          ...sidecar,
        },
        { conditions: ["connect-failure", "refused-stream", "unavailable", "cancelled"], statuses: [], ...sidecar },
      ]);
    }
  });

  it("tries the guide's list again for all methods, or nothing, where the setting says so", () => {
    assert.deepEqual(retryOf({}, "http", { defaultRetries: "all-methods" })?.requests, [
      { conditions: ["connect-failure", "refused-stream", "unavailable", "cancelled", "retriable-status-codes"], statuses: [503], ...sidecar },
    ]);
    assert.equal(retryOf({}, "http", { defaultRetries: "none" }), undefined);
  });

  it("attempts connections of everything else once", () => {
    for (const protocol of ["tcp", "tls", "kafka", "mysql", "unknown"] as const) assert.equal(retryOf({}, protocol), undefined);
  });
});

describe("planMeshRetry", () => {
  it("takes the block that is for the protocol, and the default where there is none", () => {
    const conf: MeshRetryConf = { tcp: { maxConnectAttempt: 3 }, http: { numRetries: 4 }, grpc: { numRetries: 5 } };
    const seen = (["http", "http2", "grpc"] as const).map((protocol) => retryOf(conf, protocol)?.requests?.[0]?.retries);
    assert.deepEqual(seen, [4, 4, 5]);
    for (const protocol of ["tcp", "tls", "kafka", "mysql", "unknown"] as const) assert.deepEqual(retryOf(conf, protocol), { connectAttempts: 3 });
    assert.equal(retryOf({ tcp: { maxConnectAttempt: 3 } })?.requests?.length, 2);
  });

  it("fills in what Kuma documents", () => {
    assert.deepEqual(http({ perTryTimeout: "1s" }), {
      conditions: ["gateway-error", "connect-failure", "refused-stream"], statuses: [], retries: 1, perTryTimeoutMs: 1000, avoidPreviousHosts: false,
    });
    assert.deepEqual(retryOf({ grpc: { numRetries: 2 } }, "grpc")?.requests?.[0]?.conditions, [
      "cancelled", "connect-failure", "gateway-error", "refused-stream", "reset", "resource-exhausted", "unavailable",
    ]);
  });

  it("tries nothing again with 0 retries", () => {
    assert.equal(retryOf({ http: { numRetries: 0, retryOn: ["5xx"] } }), undefined);
  });

  it("adds the word that Envoy needs to look at statuses, and Kuma's default conditions beside them", () => {
    assert.deepEqual([http({ retryOn: [503, "502", "503"] })?.conditions, http({ retryOn: [503, "502", "503"] })?.statuses], [
      ["gateway-error", "connect-failure", "refused-stream", "retriable-status-codes"], [502, 503],
    ]);
    assert.deepEqual(http({ retryOn: ["5xx", "503"] })?.conditions, ["5xx", "retriable-status-codes"]);
    assert.deepEqual(http({ retryOn: ["retriable-status-codes", "reset", "503"] })?.conditions, ["retriable-status-codes", "reset"]);
  });

  it("says in Envoy's word what Kuma says in one that Envoy does not know", () => {
    for (const item of ["Canceled", "cancelled", "canceled", "CANCELED"]) assert.deepEqual(retryOf({ grpc: { retryOn: [item] } }, "grpc")?.requests?.[0]?.conditions, ["cancelled"]);
  });

  it("limits it to methods, with the default conditions where no other is named", () => {
    assert.deepEqual(http({ retryOn: ["HttpMethodGet", "HttpMethodHead", "Reset"] })?.methods, ["GET", "HEAD"]);
    assert.deepEqual(http({ retryOn: ["HttpMethodGet"] })?.conditions, ["gateway-error", "connect-failure", "refused-stream"]);
    assert.ok(!idempotentMethods.includes("POST"));
  });

  it("adds the word that Envoy needs to look at headers of answers", () => {
    const plan = http({
      retryOn: ["ConnectFailure"],
      retriableResponseHeaders: [{ name: "x-retry", type: "Present" }, { name: "x-no", type: "Absent" }],
      retriableRequestHeaders: [{ name: "x-a", value: "1" }, { name: "x-b", type: "Prefix", value: "b" }, { name: "x-c", type: "RegularExpression", value: "c+" }],
    });
    assert.deepEqual(plan?.conditions, ["connect-failure", "retriable-headers"]);
    assert.deepEqual(plan.responseHeaders, [{ name: "x-retry", match: "present" }, { name: "x-no", match: "absent" }]);
    assert.deepEqual(plan.requestHeaders, [
      { name: "x-a", match: "exact", value: "1" }, { name: "x-b", match: "prefix", value: "b" }, { name: "x-c", match: "regex", value: "c+" },
    ]);
  });

  it("never gives a back-off that Envoy refuses, whatever was merged", () => {
    const backOffOf = (baseInterval?: string, maxInterval?: string) =>
      http({ backOff: { ...(baseInterval === undefined ? {} : { baseInterval }), ...(maxInterval === undefined ? {} : { maxInterval }) } })?.backOff;
    assert.deepEqual(backOffOf("1s"), { baseMs: 1000 });
    assert.deepEqual(backOffOf(undefined, "1s"), { baseMs: 25, maxMs: 1000 });
    assert.deepEqual(backOffOf(undefined, "10ms"), { baseMs: 10, maxMs: 10 });
    assert.deepEqual(backOffOf("2s", "1s"), { baseMs: 2000, maxMs: 2000 });
  });

  it("keeps waiting times that answers ask for, and who is left out", () => {
    const plan = http({
      perTryTimeout: "0s",
      rateLimitedBackOff: { resetHeaders: [{ name: "Retry-After", format: "Seconds" }, { name: "x-reset", format: "UnixTimestamp" }], maxInterval: "10s" },
      hostSelection: [{ predicate: "OmitPreviousHosts" }, { predicate: "OmitPreviousPriorities" }, { predicate: "OmitHostsWithTags", tags: { version: "v2", "kuma.io/service": "x" } }],
      hostSelectionMaxAttempts: 3,
    });
    assert.deepEqual(plan, {
      conditions: ["gateway-error", "connect-failure", "refused-stream"],
      statuses: [],
      retries: 1,
      rateLimitedBackOff: { resetHeaders: [{ name: "Retry-After", format: "seconds" }, { name: "x-reset", format: "unix-timestamp" }], maxMs: 10_000 },
      avoidPreviousHosts: true,
      avoidPreviousPriorities: { updateFrequency: 2 },
      avoidHostsWithTags: [{ version: "v2" }],
      hostSelectionAttempts: 3,
    });
  });
});
