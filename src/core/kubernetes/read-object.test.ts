import assert from "node:assert/strict";
import type { ObjectReading } from "./read-object.ts";
import { readObject } from "./read-object.ts";

const check = { interval: "10s", timeout: "2s", unhealthyThreshold: 3, healthyThreshold: 1, tcp: {} };

function policy(namespace: string, target: object, more: object = {}): unknown {
  const metadata = { name: "x", namespace, resourceVersion: "7", managedFields: [{}], generation: 2, annotations: { a: "b" }, labels: { "kuma.io/policy-role": "system" }, ...more };
  const to = [{ targetRef: target, default: check }];
  return { apiVersion: "kuma.io/v1alpha1", kind: "MeshHealthCheck", metadata, spec: { targetRef: { kind: "Mesh" }, to }, status: { conditions: [] } };
}

function labels(object: unknown, reading?: ObjectReading): Readonly<Record<string, string>> {
  const read = readObject(object, reading);
  assert.ok(read.ok, JSON.stringify(read));
  assert.deepEqual(read.notices, []);
  return read.resource.labels;
}

describe("an object of ours", () => {
  it("is called <name>.<namespace> in the mesh that its label names, has the labels of a store, and nothing to tell of what Kubernetes wrote", () => {
    const read = readObject(policy("shop", { kind: "MeshService", name: "web" }, { labels: { "kuma.io/mesh": "m1" } }));
    assert.ok(read.ok);
    assert.deepEqual([read.resource.kind, read.resource.mesh, read.resource.name], ["MeshHealthCheck", "m1", "x.shop"]);
    assert.deepEqual(read.resource.labels, {
      "k8s.kuma.io/namespace": "shop",
      "kuma.io/display-name": "x",
      "kuma.io/env": "kubernetes",
      "kuma.io/mesh": "m1",
      "kuma.io/origin": "zone",
      "kuma.io/policy-role": "producer",
      "kuma.io/zone": "default",
    });
  });

  it("has the role that its namespace gives it, never the one that it claims", () => {
    const own = { kind: "MeshService", name: "web" };
    assert.equal(labels(policy("shop", own))["kuma.io/policy-role"], "producer");
    assert.equal(labels(policy("shop", { kind: "Mesh" }))["kuma.io/policy-role"], "consumer");
    assert.equal(labels(policy("kong-mesh-system", own))["kuma.io/policy-role"], "system");
    assert.equal(labels(policy("kong-mesh-system", own), { systemNamespaces: ["ops"] })["kuma.io/policy-role"], "producer");
    assert.equal(labels(policy("ops", own), { systemNamespaces: ["ops"] })["kuma.io/policy-role"], "system");
  });
});
