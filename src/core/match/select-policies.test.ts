import assert from "node:assert/strict";
import { dataplane, healthCheck, inboundOf, worldOf } from "../../../test/kit/resources.ts";
import type { Labels } from "../model/resource.ts";
import type { TargetRef } from "../model/target-ref.ts";
import { selectedProxies, selects } from "./select-policies.ts";

const zoned = (zone: string): Labels => ({ "kuma.io/origin": "zone", "kuma.io/zone": zone });
const inNamespace = (name: string): Labels => ({ "k8s.kuma.io/namespace": name });

const proxies = [
  dataplane("web-1", { inbound: [inboundOf("web", { tags: { version: "v1" } }), inboundOf("metrics", { port: 9090 })], labels: { app: "web" } }),
  dataplane("web-2", { inbound: [inboundOf("web", { tags: { version: "v2" }, state: "Ignored" })], labels: zoned("east") }),
  dataplane("job", { labels: { "kuma.io/display-name": "nightly", ...inNamespace("ns1") } }),
  dataplane("edge", { gateway: { "kuma.io/service": "edge", version: "v1" } }),
  dataplane("kube.ns1", { inbound: [inboundOf("web_ns1_svc_80")], labels: { ...inNamespace("ns1"), "kuma.io/display-name": "kube" } }),
];
const everyone = ["edge", "job", "kube.ns1", "web-1", "web-2"];
const world = worldOf(...proxies).meshes.get("default");

describe("select policies", () => {
  const cases: readonly (readonly [string, TargetRef | undefined, Labels, readonly string[]])[] = [
    ["no targetRef is the whole mesh", undefined, {}, everyone],
    ["Mesh", { kind: "Mesh" }, {}, everyone],
    ["Mesh, sidecars", { kind: "Mesh", proxyTypes: ["Sidecar"] }, {}, ["job", "kube.ns1", "web-1", "web-2"]],
    ["Mesh, gateways", { kind: "Mesh", proxyTypes: ["Gateway"] }, {}, ["edge"]],
    ["Mesh, no proxy types", { kind: "Mesh", proxyTypes: [] }, {}, everyone],
    ["MeshSubset, also of a gateway", { kind: "MeshSubset", tags: { version: "v1" } }, {}, ["edge", "web-1"]],
    ["MeshSubset, any value, also of an ignored inbound", { kind: "MeshSubset", tags: { version: "*" } }, {}, ["edge", "web-1", "web-2"]],
    ["MeshSubset, no tags", { kind: "MeshSubset", tags: {} }, {}, everyone],
    ["MeshSubset, tags of two inbounds", { kind: "MeshSubset", tags: { version: "v1", "kuma.io/service": "metrics" } }, {}, []],
    ["MeshService, also of a Kubernetes Service", { kind: "MeshService", name: "web" }, {}, ["kube.ns1", "web-1", "web-2"]],
    ["MeshService, derived name", { kind: "MeshService", name: "web_ns1_svc_80" }, {}, ["kube.ns1"]],
    ["MeshService, derived name without port", { kind: "MeshService", name: "web_ns1_svc" }, {}, ["kube.ns1"]],
    ["MeshService, other namespace", { kind: "MeshService", name: "web", namespace: "ns2" }, {}, ["web-1", "web-2"]],
    ["MeshService, policy of another namespace", { kind: "MeshService", name: "web" }, inNamespace("ns2"), ["web-1", "web-2"]],
    ["MeshService, policy of the operator", { kind: "MeshService", name: "web" }, inNamespace("kuma-system"), ["kube.ns1", "web-1", "web-2"]],
    ["MeshService by labels selects nothing", { kind: "MeshService", labels: { app: "web" } }, {}, []],
    ["MeshServiceSubset", { kind: "MeshServiceSubset", name: "web", tags: { version: "v2" } }, {}, ["web-2"]],
    ["Dataplane", { kind: "Dataplane" }, {}, everyone],
    ["Dataplane by name", { kind: "Dataplane", name: "web-1" }, {}, ["web-1"]],
    ["Dataplane by display name", { kind: "Dataplane", name: "nightly" }, {}, ["job"]],
    ["Dataplane by name in another namespace", { kind: "Dataplane", name: "kube", namespace: "ns2" }, {}, []],
    ["Dataplane by labels", { kind: "Dataplane", labels: { app: "web" } }, {}, ["web-1"]],
    ["Dataplane by the label that its name stands for", { kind: "Dataplane", labels: { "kuma.io/display-name": "web-2" } }, {}, ["web-2"]],
    ["MeshGateway selects nothing here", { kind: "MeshGateway", name: "edge" }, {}, []],
    ["another zone's policy", { kind: "Mesh" }, zoned("west"), ["edge", "job", "kube.ns1", "web-1"]],
    ["another zone's producer policy", { kind: "Mesh" }, { ...zoned("west"), "kuma.io/policy-role": "producer" }, everyone],
    ["a consumer's policy", { kind: "Mesh" }, { ...inNamespace("ns1"), "kuma.io/policy-role": "consumer" }, ["job", "kube.ns1"]],
    ["a consumer's policy without a namespace", { kind: "Mesh" }, { "kuma.io/policy-role": "consumer" }, ["edge", "web-1", "web-2"]],
    ["a workload owner's policy", { kind: "Mesh" }, { ...inNamespace("ns2"), "kuma.io/policy-role": "workload-owner" }, []],
  ];
  for (const [title, ref, labels, expected] of cases) {
    it(title, () => {
      const policy = healthCheck("p", ref, [], labels);
      assert.deepEqual(proxies.filter((proxy) => selects(policy, proxy)).map(({ name }) => name).sort(), expected);
      assert.ok(world);
      assert.deepEqual([...selectedProxies(world, policy)].map(({ name }) => name).sort(), expected, "from the policy's side");
    });
  }
});
