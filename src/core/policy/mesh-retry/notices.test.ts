import assert from "node:assert/strict";
import type { Protocol } from "../../model/plan.ts";
import type { Policy } from "../../model/target-ref.ts";
import { defaultPlanSettings, type PlanSettings } from "../plan-settings.ts";
import { meshRetryConfNotices } from "./conf-notices.ts";
import type { HttpRetryConf, MeshRetryConf } from "./conf.ts";
import { meshRetryNotices } from "./notices.ts";

/** `code` and beginning of the message of each. */
function told(notices: readonly { readonly code: string; readonly message: string; readonly path?: string }[]): readonly string[] {
  return notices.map(({ code, message }) => `${code}: ${message}`);
}

function ofPolicy(...confs: readonly MeshRetryConf[]): ReturnType<typeof meshRetryNotices> {
  const to = confs.map((conf, i) => ({ targetRef: { kind: "MeshService", name: `s${i}` }, default: { ...conf } }));
  const policy: Policy = { kind: "MeshRetry", mesh: "default", name: "r", labels: {}, spec: { to } };
  return meshRetryNotices(policy);
}

function ofConf(conf: MeshRetryConf, protocol: Protocol = "http", requestTimeout?: string, settings: Partial<PlanSettings> = {}): readonly string[] {
  const timeouts = requestTimeout === undefined ? {} : { http: { requestTimeout } };
  return told(meshRetryConfNotices(conf, { ...defaultPlanSettings, ...settings, protocol, confOf: (kind) => (kind === "MeshTimeout" ? timeouts : {}) }));
}

function codes(http: HttpRetryConf): readonly string[] {
  return ofPolicy({ http }).map(({ code }) => code);
}

describe("notices of a MeshRetry, by itself", () => {
  it("warn of resets that meet methods which must not be repeated", () => {
    const [notice, ...more] = ofPolicy({ http: { retryOn: ["Reset"] } });
    assert.deepEqual(more, []);
    assert.deepEqual([notice?.code, notice?.path], ["retries-repeat-requests", "spec.to[0].default.http.retryOn"]);
    assert.match(notice?.message ?? "", /^reset tries a request that is not idempotent \(POST, PATCH\) again .*; HttpMethodGet and its like limit it/);
    for (const condition of ["reset", "5xx", "GatewayError"]) assert.deepEqual(codes({ retryOn: [condition] }), ["retries-repeat-requests"], condition);
    assert.deepEqual(codes({ retryOn: ["reset", "HttpMethodGet", "HttpMethodPost"] }), ["retries-repeat-requests"]);
    assert.match(told(ofPolicy({ grpc: { retryOn: ["reset"] } }))[0] ?? "", /reset tries a call again/);
  });

  it("say nothing where it was thought of", () => {
    assert.deepEqual(codes({ retryOn: ["reset", "HttpMethodGet", "HttpMethodDelete"] }), []);
    assert.deepEqual(codes({ retryOn: ["reset"], retriableRequestHeaders: [{ name: "idempotency-key", type: "Present" }] }), []);
    assert.deepEqual(codes({ retryOn: ["reset"], numRetries: 0 }), []);
    assert.deepEqual(codes({ retryOn: ["connect-failure", "refused-stream", "reset-before-request"] }), []);
  });

  it("tell that a status which the proxy makes itself is not looked for", () => {
    assert.deepEqual(codes({ retryOn: ["connect-failure", 503] }), ["own-status-not-retried"]);
    assert.deepEqual(codes({ retryOn: ["connect-failure", "retriable-status-codes", "503", "504"] }), ["own-status-not-retried"]);
    assert.match(told(ofPolicy({ http: { retryOn: ["connect-failure", 503, 504] } }))[0] ?? "", /: 503, 504 is looked for in answers, .*; Reset covers that$/);
    assert.deepEqual(codes({ retryOn: ["connect-failure", 429] }), []);
    assert.deepEqual(codes({ retryOn: ["reset", "HttpMethodGet", 503] }), []);
    // By default gateway-error is there, which sees more than statuses.
    assert.deepEqual(codes({ retryOn: [503] }), []);
  });

  it("tell of words that do nothing", () => {
    assert.deepEqual(codes({ retryOn: ["connect-failure", "retriable-status-codes"] }), ["inert-setting"]);
    assert.deepEqual(codes({ retryOn: ["connect-failure", "retriable-headers"] }), ["inert-setting"]);
    assert.deepEqual(codes({ retryOn: ["connect-failure", "retriable-headers"], retriableResponseHeaders: [{ name: "x", type: "Present" }] }), []);
    assert.deepEqual(codes({ retryOn: ["Http3PostConnectFailure"] }), ["inert-setting"]);
  });
});

describe("notices of a MeshRetry that was merged for a destination", () => {
  it("tell that it has no block for the protocol", () => {
    assert.deepEqual(ofConf({ http: { numRetries: 2 } }, "tcp"), ["no-applicable-protocol: no retries by policy, because the protocol is tcp and there is no tcp block; connections are attempted once"]);
    assert.deepEqual(ofConf({ tcp: { maxConnectAttempt: 2 } }, "grpc"), ["no-applicable-protocol: no retries by policy, because the protocol is grpc and there is no grpc block; the default retries hold"]);
    assert.deepEqual(ofConf({ tcp: { maxConnectAttempt: 2 } }, "kafka"), []);
  });

  it("say what holds instead, as the control plane is set", () => {
    const instead = (defaultRetries: PlanSettings["defaultRetries"]) => ofConf({ tcp: {} }, "http", undefined, { defaultRetries })[0] ?? "";
    assert.match(instead("none"), /; nothing is tried again \(`retries\.default: none`\)$/);
    assert.match(instead("all-methods"), /; the default retries hold, which repeat requests of every method/);
  });

  it("warn of repeated requests where that is so by default", () => {
    assert.match(ofConf({ http: { numRetries: 2 } })[0] ?? "", /^retries-repeat-requests: by default, gateway-error tries a request/);
    assert.match(ofConf({ grpc: { numRetries: 2 } }, "grpc")[0] ?? "", /^retries-repeat-requests: by default, gateway-error, reset tries a call/);
    assert.deepEqual(ofConf({ http: { retryOn: ["HttpMethodGet"] } }), []);
    assert.deepEqual(ofConf({ http: { numRetries: 0 } }), []);
  });

  it("tell of a try that may take longer than the request", () => {
    const retryOn = ["reset", "HttpMethodGet"];
    assert.deepEqual(ofConf({ http: { retryOn, perTryTimeout: "2s" } }, "http", "1s"), [
      "per-try-timeout: perTryTimeout 2s is not less than the timeout of the whole request, 1s (http.requestTimeout of a MeshTimeout), so that a try that takes too long is the last",
    ]);
    assert.match(ofConf({ http: { retryOn, perTryTimeout: "16s" } })[0] ?? "", /^unlike-kuma: perTryTimeout 16s is not less than .* 15s, by default; the request gets the time of all its tries/);
    for (const requestTimeout of ["3s", "0s"]) assert.deepEqual(ofConf({ http: { retryOn, perTryTimeout: "2s" } }, "http", requestTimeout), []);
    assert.deepEqual(ofConf({ http: { retryOn, perTryTimeout: "2s" } }), []);
  });

  it("tell that a try that took too long is not tried again, where no condition is for that", () => {
    assert.match(ofConf({ http: { retryOn: ["connect-failure", 503], perTryTimeout: "2s" } })[0] ?? "", /^per-try-timeout: a try that takes longer .* \(504\)/);
  });

  it("tell of what was mended, does nothing, or is narrower than in Kuma", () => {
    const retryOn = ["connect-failure"];
    assert.match(ofConf({ http: { retryOn, backOff: { baseInterval: "2s", maxInterval: "1s" } } })[0] ?? "", /^inert-setting: backOff\.maxInterval 1s of one policy .*; 2s is taken for both$/);
    const rateLimitedBackOff = { resetHeaders: [{ name: "retry-after", format: "Seconds" as const }] };
    assert.match(ofConf({ http: { retryOn, rateLimitedBackOff } })[0] ?? "", /^inert-setting: rateLimitedBackOff/);
    assert.deepEqual(ofConf({ http: { retryOn: [...retryOn, 429], rateLimitedBackOff } }), []);
    assert.match(ofConf({ http: { retryOn, hostSelectionMaxAttempts: 5 } })[0] ?? "", /^inert-setting: hostSelectionMaxAttempts/);
    assert.match(ofConf({ http: { retryOn: ["reset", "HttpMethodGet"], retriableRequestHeaders: [{ name: "x" }] } })[0] ?? "", /^unlike-kuma: .* only if its method is GET and one of/);
  });
});
