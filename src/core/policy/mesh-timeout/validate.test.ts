import assert from "node:assert/strict";
import { meshTimeoutKind } from "./kind.ts";

function textsOf(spec: unknown): string[] {
  return meshTimeoutKind.validate(spec).map(({ path, message }) => `${path}: ${message}`);
}

/** Of one conf, without the place where it stands. */
function texts(conf: unknown): string[] {
  return textsOf({ to: [{ targetRef: { kind: "Mesh" }, default: conf }] }).map((text) => text.replace(/^to\[0\]\.default\.?/, ""));
}

const httpFields = ["requestTimeout", "streamIdleTimeout", "maxStreamDuration", "maxConnectionDuration", "requestHeadersTimeout"];

function httpOf(value: string): object {
  return Object.fromEntries(httpFields.map((field) => [field, value]));
}

describe("validating a MeshTimeout", () => {
  it("tells all that is wrong at once, in Kuma's words", () => {
    assert.deepEqual(texts({ connectionTimeout: "0s", idleTimeout: "-1s", http: httpOf("-1s") }), [
      "connectionTimeout: must be greater than zero when defined",
      "idleTimeout: must not be negative when defined",
      ...httpFields.map((field) => `http.${field}: must not be negative when defined`),
    ]);
  });

  it("takes 0 for no limit, except where a connection would have no time; and nothing that Envoy would round to 0", () => {
    assert.deepEqual(texts({ idleTimeout: "0s", http: httpOf("0s") }), []);
    assert.deepEqual(texts({ connectionTimeout: "500us", idleTimeout: "500us", http: { requestTimeout: "1ns" } }), [
      "connectionTimeout: must be at least 1ms when defined",
      "idleTimeout: must be 0 or at least 1ms when defined",
      "http.requestTimeout: must be 0 or at least 1ms when defined",
    ]);
  });

  it("wants a timeout, and one in an http block; requestHeadersTimeout is one", () => {
    const none = ": at least one timeout should be configured";
    for (const conf of [undefined, {}, { connectionTimeout: null }]) assert.deepEqual(texts(conf), [none]);
    assert.deepEqual(texts({ http: {} }), ["http: at least one timeout in this section should be configured"]);
    for (const field of httpFields) assert.deepEqual(texts({ http: { [field]: "1s" } }), []);
  });

  it("takes rules, or to and from, but not both and not none", () => {
    const item = { default: { idleTimeout: "1s" } };
    const referring = { targetRef: { kind: "Mesh" }, ...item };
    assert.deepEqual(textsOf({}), [": at least one of 'from', 'to' or 'rules' has to be defined"]);
    assert.deepEqual(textsOf({ to: [referring], from: [referring] }), []);
    assert.deepEqual(textsOf({ rules: [item] }), []);
    for (const list of ["to", "from"]) assert.deepEqual(textsOf({ rules: [item], [list]: [referring] }), [": fields 'to' and 'from' must be empty when 'rules' is defined"]);
    assert.deepEqual(textsOf({ from: [{ ...referring, targetRef: { kind: "MeshService", name: "web" } }] }).length, 1);
  });

  it("refuses for a caller what a connection has before anybody knows whose it is", () => {
    const matches = [{ sni: { type: "Exact", value: "a" } }, { spiffeID: { type: "Exact", value: "spiffe://default/web" } }];
    const conf = { connectionTimeout: "1s", idleTimeout: "1s", http: httpOf("1s") };
    const text = "can't be specified when matches contain spiffeID because this field cannot be conditioned on source identity";
    const refused = ["connectionTimeout", "idleTimeout", "http.requestHeadersTimeout", "http.maxStreamDuration", "http.maxConnectionDuration"];
    assert.deepEqual(textsOf({ rules: [{ matches, default: conf }] }), refused.map((field) => `rules[0].default.${field}: ${text}`));
    assert.deepEqual(textsOf({ rules: [{ matches: [matches[0]], default: conf }, { matches, default: { http: { requestTimeout: "1s", streamIdleTimeout: "1s" } } }] }), []);
  });
});
