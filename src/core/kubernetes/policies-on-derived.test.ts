import assert from "node:assert/strict";
import { meshNamespace, namespaceObject, podObject, serviceObject } from "../../../test/kit/kube-objects.ts";
import { meshNamed } from "../../../test/kit/resources.ts";
import { noticesFor } from "../match/explain.ts";
import { createPlanner } from "../match/planner.ts";
import { applyChanges, emptyWorld } from "../model/apply-changes.ts";
import type { Resource } from "../model/resource.ts";
import type { World } from "../model/world.ts";
import { createDerivation } from "./derivation.ts";
import type { ClusterChanges } from "./derivation.ts";
import { readObject } from "./read-object.ts";

function policy(namespace: string, ref: object): Resource {
  const conf = { interval: "10s", timeout: "2s", unhealthyThreshold: 3, healthyThreshold: 1, noTrafficInterval: "10s", http: { path: "/health" } };
  const metadata = { name: "hc", namespace };
  const read = readObject({ apiVersion: "kuma.io/v1alpha1", kind: "MeshHealthCheck", metadata, spec: { targetRef: { kind: "MeshService", name: "web" }, to: [{ targetRef: ref, default: conf }] } });
  assert.ok(read.ok, JSON.stringify(read));
  return read.resource;
}

/** A cluster with a policy, planned for the pod `web-1` of namespace `shop`. */
function cluster(written: Resource) {
  const derivation = createDerivation();
  const planner = createPlanner();
  let world: World = applyChanges(emptyWorld, [written, meshNamed()].map((after) => ({ key: after, after })));
  return {
    step: (changes: ClusterChanges) => {
      const { changed, removed } = derivation.apply(changes);
      world = applyChanges(world, [...removed.map((key) => ({ key })), ...changed.map((after) => ({ key: after, after }))]);
    },
    /** Services that `web-1` checks, with how many endpoints each. */
    checked: () => (planner.plan(world, "default", "web-1.shop")?.destinations ?? []).flatMap(({ displayName, healthCheck, endpoints }) =>
      healthCheck === undefined ? [] : [`${displayName} ${endpoints.endpoints.length}`]),
    notices: () => noticesFor(world, written).map(({ code, path }) => `${code} ${path}`),
  };
}

const there = <T>(...changed: readonly T[]) => ({ changed, removed: [] });
const gone = <T>(...removed: readonly T[]) => ({ changed: [], removed });
/** Each at an address of its own, as the API server sees to it. */
const backend = (name: string, namespace = "shop", address = "10.96.0.2") => serviceObject(namespace, name, { selector: { app: "backend" }, addresses: [address] });
const base: ClusterChanges = {
  namespaces: there(meshNamespace("shop"), meshNamespace("store"), namespaceObject("kong-mesh-system")),
  services: there(serviceObject("shop", "web"), backend("backend")),
  pods: there(podObject("shop", "web-1", { labels: { app: "web" } }), podObject("shop", "backend-1", { labels: { app: "backend" }, ip: "10.0.0.2" })),
};

describe("a policy on services of a cluster", () => {
  for (const [what, ref] of [
    ["its bare name, from a system namespace", { kind: "MeshService", name: "backend" }],
    ["the name of its tag", { kind: "MeshService", name: "backend_shop_svc_80" }],
    ["the name of its tag without the port", { kind: "MeshService", name: "backend_shop_svc" }],
    ["name and namespace", { kind: "MeshService", name: "backend", namespace: "shop" }],
    ["a label of Kubernetes' own", { kind: "MeshService", labels: { "k8s.kuma.io/service-name": "backend" } }],
  ] as const) {
    it(`finds one by ${what}`, () => {
      const one = cluster(policy("kong-mesh-system", ref));
      one.step(base);
      assert.deepEqual(one.checked(), ["backend:80 1"]);
      assert.deepEqual(one.notices(), []);
    });
  }

  it("is told so when its service is not there, and checks it as often as it comes back", () => {
    const one = cluster(policy("shop", { kind: "MeshService", name: "backend" }));
    one.step({ ...base, services: there(serviceObject("shop", "web")) });
    for (let i = 0; i < 2; i++) {
      assert.deepEqual(one.checked(), []);
      assert.deepEqual(one.notices(), ["unresolved-target spec.to[0].targetRef"]);
      one.step({ services: there(backend("backend")) });
      assert.deepEqual(one.checked(), ["backend:80 1"]);
      assert.deepEqual(one.notices(), []);
      one.step({ services: gone(backend("backend")) });
    }
  });

  it("means one of two Services with one selector, and only that", () => {
    const one = cluster(policy("shop", { kind: "MeshService", name: "backend" }));
    one.step(base);
    one.step({ services: there(backend("other", "shop", "10.96.0.3")) });
    assert.deepEqual(one.checked(), ["backend:80 1"]);
    assert.deepEqual(one.notices(), []);
  });

  it("means its own namespace's service outside of system namespaces, and in them each, and says so", () => {
    const more: ClusterChanges = { services: there(backend("backend", "store", "10.96.0.4")), pods: there(podObject("store", "backend-1", { labels: { app: "backend" }, ip: "10.0.0.3" })) };
    const own = cluster(policy("shop", { kind: "MeshService", name: "backend" }));
    const operators = cluster(policy("kong-mesh-system", { kind: "MeshService", name: "backend" }));
    for (const one of [own, operators]) {
      one.step(base);
      one.step(more);
    }
    assert.deepEqual(own.checked().length, 1);
    assert.deepEqual(operators.checked().length, 2);
    assert.deepEqual(operators.notices(), ["several-namespaces spec.to[0].targetRef"]);
  });

  it("does not count pods that are not ready, gone, or of another mesh", () => {
    const one = cluster(policy("shop", { kind: "MeshService", name: "backend" }));
    one.step(base);
    const pod = (name: string, ip: string, parts = {}) => podObject("shop", name, { labels: { app: "backend" }, ip, ...parts });
    one.step({ pods: there(pod("b2", "10.0.0.4"), pod("b3", "10.0.0.5", { containers: { app: true, "istio-proxy": false } }), pod("b4", "10.0.0.6", { deleting: true }), pod("b5", "10.0.0.7", { phase: "Failed" })) });
    assert.deepEqual(one.checked(), ["backend:80 2"]);
    one.step({ pods: there(pod("b2", "10.0.0.4", { labels: { app: "backend", "kuma.io/mesh": "m1" } })) });
    assert.deepEqual(one.checked(), ["backend:80 1"]);
  });
});
