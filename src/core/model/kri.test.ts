import assert from "node:assert/strict";
import type { Dataplane } from "./dataplane.ts";
import { displayNameOf, kriOf, namespaceOf, zoneOf } from "./kri.ts";
import type { Resource } from "./resource.ts";
import { withStoreLabels } from "./store-labels.ts";

function resource(kind: string, name: string, labels: Readonly<Record<string, string>> = {}): Resource {
  return { kind, mesh: kind === "Mesh" ? "" : "demo", name, labels, spec: {} };
}

describe("kriOf", () => {
  it("names a resource as Kuma does", () => {
    assert.equal(kriOf(resource("MeshService", "backend"), "80"), "kri_msvc_demo_default__backend_80");
    assert.equal(kriOf(resource("MeshHealthCheck", "hc-c")), "kri_mhc_demo_default__hc-c_");
    assert.equal(kriOf(resource("Mesh", "demo")), "kri_m____demo_");
    const labels = { "kuma.io/zone": "east", "k8s.kuma.io/namespace": "shop", "kuma.io/display-name": "backend" };
    assert.equal(kriOf(resource("MeshService", "backend.shop", labels), "http"), "kri_msvc_demo_east_shop_backend_http");
  });

  it("rests on labels, with something to fall back on", () => {
    assert.equal(displayNameOf(resource("Dataplane", "a")), "a");
    assert.equal(namespaceOf(resource("Dataplane", "a")), "");
    assert.equal(zoneOf(resource("Dataplane", "a")), "default");
  });
});

describe("withStoreLabels", () => {
  const dataplane: Dataplane = { kind: "Dataplane", mesh: "demo", name: "web-1", labels: { app: "web" }, spec: { networking: { address: "a" } } };

  it("adds what Kuma's store adds, and keeps what was written", () => {
    assert.deepEqual(withStoreLabels(dataplane).labels, {
      app: "web",
      "kuma.io/display-name": "web-1",
      "kuma.io/env": "universal",
      "kuma.io/mesh": "demo",
      "kuma.io/origin": "zone",
      "kuma.io/proxy-type": "sidecar",
      "kuma.io/zone": "default",
    });
    assert.deepEqual(withStoreLabels(resource("Mesh", "t2")).labels, { "kuma.io/display-name": "t2", "kuma.io/origin": "zone" });
    assert.equal(withStoreLabels(resource("MeshHealthCheck", "a", { "kuma.io/origin": "global" })).labels["kuma.io/origin"], "global");
    assert.equal(withStoreLabels(resource("MeshHealthCheck", "a.b", { "k8s.kuma.io/namespace": "b" })).labels["kuma.io/env"], "kubernetes");
  });

  it("tells gateways from sidecars", () => {
    const gateway: Dataplane = { ...dataplane, spec: { networking: { address: "a", gateway: { tags: {} } } } };
    assert.equal(withStoreLabels(gateway).labels["kuma.io/proxy-type"], "gateway");
  });

  it("gives the very same resource when there is nothing to add, and freezes what it makes", () => {
    const once = withStoreLabels(dataplane);
    assert.equal(withStoreLabels(once), once);
    assert.ok(Object.isFrozen(once) && Object.isFrozen(once.labels));
  });
});
