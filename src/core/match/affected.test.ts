import assert from "node:assert/strict";
import { dataplane, healthCheck, inboundOf, meshExternalService, meshNamed, meshService, outboundsTo, putOf, toMesh, toService, worldOf } from "../../../test/kit/resources.ts";
import { applyChanges } from "../model/apply-changes.ts";
import type { Outbound } from "../model/dataplane.ts";
import type { Resource } from "../model/resource.ts";
import { withStoreLabels } from "../model/store-labels.ts";
import type { TargetRef } from "../model/target-ref.ts";
import type { Change } from "../model/world.ts";
import { affectedProxies } from "./affected.ts";

const toShop: Outbound = { port: 1, backendRef: { kind: "MeshService", name: "shop", port: 80 } };
const byLabels: Outbound = { port: 1, backendRef: { kind: "MeshService", labels: { app: "shop" }, port: 80 } };
const backend = (parts = {}): Resource => dataplane("backend-1", { inbound: [inboundOf("backend", parts)] });
const shop = (labels = {}): Resource => {
  return meshService("shop", { selector: { dataplaneTags: { "kuma.io/service": "backend" } }, ports: [{ port: 80, targetPort: 8080 }] }, labels);
};
const api = (port: number) => meshExternalService("api", { match: { port }, endpoints: [{ address: "api.example.com", port }] }, { app: "api" });
const toApi = (backendRef: { readonly name: string } | { readonly labels: Readonly<Record<string, string>> }): Outbound => {
  return { port: 1, backendRef: { kind: "MeshExternalService", ...backendRef } };
};
const world = worldOf(
  dataplane("web-1", { inbound: [inboundOf("web")], outbound: outboundsTo("backend") }),
  dataplane("web-2", { inbound: [inboundOf("web")], outbound: outboundsTo("other") }),
  dataplane("job-1", { outbound: outboundsTo("backend", "other") }),
  dataplane("shopper", { outbound: [toShop] }),
  dataplane("finder", { outbound: [byLabels] }),
  backend(),
  shop({ app: "shop" }),
  dataplane("outgoer", { outbound: [toApi({ name: "api" })] }),
  dataplane("outfinder", { outbound: [toApi({ labels: { app: "api" } })] }),
  api(443),
  healthCheck("present", { kind: "MeshService", name: "web" }, [toService("backend", { http: {} })]),
);

describe("affected proxies", () => {
  const policy = (ref: TargetRef | undefined, ...services: readonly string[]): Change => {
    return putOf(healthCheck("p", ref, services.map((name) => toService(name, { http: {} }))));
  };
  const removed = (kind: string, name: string): Change => ({ key: { kind, mesh: "default", name } });
  const cases: readonly (readonly [string, readonly Change[], "all" | readonly string[]])[] = [
    ["a policy for everyone and everything: all", [putOf(healthCheck("p", undefined, [toMesh({ http: {} })]))], "all"],
    ["a policy without `to`: nobody", [policy(undefined)], []],
    ["a policy for a service: its callers", [policy(undefined, "backend")], ["job-1", "web-1"]],
    ["whom it selects, of those", [policy({ kind: "MeshService", name: "web" }, "backend")], ["web-1"]],
    ["a policy for several services", [policy(undefined, "backend", "other")], ["job-1", "web-1", "web-2"]],
    ["a policy for a MeshService: whoever names it or may mean it", [policy(undefined, "shop")], ["finder", "outfinder", "shopper"]],
    [
      "a policy for a MeshExternalService: whoever names it or may mean it",
      [putOf(healthCheck("p", undefined, [{ targetRef: { kind: "MeshExternalService", name: "api" }, default: { tcp: {} } }]))],
      ["finder", "outfinder", "outgoer"],
    ],
    ["a MeshExternalService that changes: its callers", [putOf(api(444))], ["outfinder", "outgoer"]],
    ["a MeshExternalService that goes: its callers", [removed("MeshExternalService", "api")], ["outfinder", "outgoer"]],
    ["a policy for nobody's service: nobody", [policy(undefined, "nobody")], []],
    ["a policy that is taken away", [removed("MeshHealthCheck", "present")], ["web-1"]],
    ["a policy that selects others than before: both", [
      putOf(healthCheck("present", { kind: "Dataplane", name: "job-1" }, [toService("backend", { http: {} })])),
    ], ["job-1", "web-1"]],
    ["a Dataplane that calls others than before: itself", [putOf(dataplane("web-2", { inbound: [inboundOf("web")] }))], ["web-2"]],
    ["an endpoint that is not ready: itself and the callers", [putOf(backend({ state: "NotReady" }))], ["backend-1", "finder", "job-1", "shopper", "web-1"]],
    ["an endpoint that goes", [removed("Dataplane", "backend-1")], ["backend-1", "finder", "job-1", "shopper", "web-1"]],
    ["an app's port behind an endpoint: only itself", [putOf(backend({ servicePort: 9000 }))], ["backend-1"]],
    ["a MeshService: its callers", [putOf(shop())], ["finder", "shopper"]],
    ["the same again: nobody", [putOf(world.meshes.get("default")?.dataplanes.get("backend-1") as Resource)], []],
    ["the mesh: all", [{ key: { kind: "Mesh", mesh: "", name: "default" } }], "all"],
  ];
  for (const [title, changes, expected] of cases) {
    it(title, () => {
      const affected = affectedProxies(world, applyChanges(world, changes), changes).get("default") ?? new Set();
      assert.deepEqual(affected === "all" ? "all" : [...affected].sort(), expected);
    });
  }

  it("of a policy for everyone with the labels of a store: all, where all are in its zone", () => {
    const changes = [putOf(withStoreLabels(healthCheck("p", undefined, [toMesh({ http: {} })])))];
    const stored = ["web-1", "job-1"].map((name) => withStoreLabels(dataplane(name, { outbound: outboundsTo("backend") })));
    const abroad = withStoreLabels(dataplane("abroad", { outbound: outboundsTo("backend"), labels: { "kuma.io/zone": "other" } }));
    const affectedIn = (...resources: readonly Resource[]) => {
      const before = worldOf(...resources);
      return affectedProxies(before, applyChanges(before, changes), changes).get("default");
    };
    assert.equal(affectedIn(...stored), "all");
    assert.deepEqual(affectedIn(...stored, abroad), new Set(["web-1", "job-1"]));
  });

  it("tells meshes apart", () => {
    const changes = [putOf(meshNamed("two")), putOf({ ...backend(), mesh: "two" })];
    const affected = affectedProxies(world, applyChanges(world, changes), changes);
    assert.deepEqual([...affected], [["two", "all"]]);
  });
});
