import assert from "node:assert/strict";
import type { Policy, ToItem } from "../../model/target-ref.ts";
import { meshHealthCheckNotices } from "./notices.ts";

function told(...to: ToItem[]): string[] {
  const policy: Policy = { kind: "MeshHealthCheck", mesh: "default", name: "p", labels: {}, spec: { to } };
  return meshHealthCheckNotices(policy).map(({ code, path }) => `${code} at ${path}`);
}

function item(conf: Readonly<Record<string, unknown>>, name = "backend"): ToItem {
  return { targetRef: { kind: "MeshService", name }, default: conf };
}

describe("meshHealthCheckNotices", () => {
  it("is silent where nothing surprises", () => assert.deepEqual(told(item({ interval: "1m0s", http: {} })), []));

  it("tells of a noTrafficInterval that is longer than the interval, set or by default", () => {
    const notice = "no-traffic-interval at spec.to[0].default.noTrafficInterval";
    assert.deepEqual(told(item({ interval: "10s", http: {} })), [notice]);
    assert.deepEqual(told(item({ noTrafficInterval: "2m0s", http: {} })), [notice]);
    assert.deepEqual(told(item({ interval: "10s", noTrafficInterval: "10s", http: {} })), []);
  });

  it("tells that a gRPC threshold counts only some failures", () => {
    const notice = "grpc-threshold at spec.to[0].default.unhealthyThreshold";
    assert.deepEqual(told(item({ grpc: {} })), [notice]);
    assert.deepEqual(told(item({ grpc: {}, unhealthyThreshold: 1 })), []);
    assert.deepEqual(told(item({ grpc: { disabled: true }, tcp: {} })), []);
  });

  it("tells of two items for one service", () => {
    assert.deepEqual(told(item({ http: {} }), item({ tcp: {} }), item({ tcp: {} }, "other")), ["same-service-twice at spec.to[1]"]);
    const labelled = (labels: Readonly<Record<string, string>>): ToItem => ({ targetRef: { kind: "MeshService", labels }, default: { http: {} } });
    assert.deepEqual(told(labelled({ a: "1", b: "2" }), labelled({ b: "2", a: "1" })), ["same-service-twice at spec.to[1]"]);
  });

  it("has nothing to say about a check of an external service", () => {
    const quiet = { http: {}, interval: "1m" };
    assert.deepEqual(told({ targetRef: { kind: "MeshExternalService", name: "x" }, default: quiet }), []);
  });
});
