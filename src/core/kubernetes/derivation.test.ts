import assert from "node:assert/strict";
import fc from "fast-check";
import { meshNamespace, namespaceObject, podObject, serviceObject } from "../../../test/kit/kube-objects.ts";
import { keyText } from "../model/resource.ts";
import type { Labels, Resource } from "../model/resource.ts";
import { createDerivation } from "./derivation.ts";
import type { ClusterChanges, DerivedChanges } from "./derivation.ts";
import type { KubeObject } from "./kube-object.ts";
import type { Pod } from "./pod.ts";

interface Cluster {
  /** What the last step changed, as `+key` and `-key`, sorted. */
  step(changes: { readonly [K in keyof ClusterChanges]: readonly KubeObject[] }, gone?: { readonly [K in keyof ClusterChanges]: readonly KubeObject[] }): readonly string[];
  readonly there: Map<string, Resource>;
  notices(): readonly string[];
}

function cluster(): Cluster {
  const derivation = createDerivation();
  const there = new Map<string, Resource>();
  return {
    there,
    step: (changes, gone = {}) => {
      const of = (kind: keyof ClusterChanges) => ({ changed: changes[kind] ?? [], removed: gone[kind] ?? [] });
      const told = derivation.apply({ namespaces: of("namespaces"), services: of("services"), pods: of("pods") });
      take(there, told);
      return [...told.changed.map((resource) => `+${keyText(resource)}`), ...told.removed.map((key) => `-${keyText(key)}`)].sort();
    },
    notices: () => derivation.notices().map(({ code, about, message }) => `${code} ${keyText(about)}: ${message}`),
  };
}

function take(there: Map<string, Resource>, { changed, removed }: DerivedChanges): void {
  for (const key of removed) assert.ok(there.delete(keyText(key)), `${keyText(key)} was removed and was not there`);
  for (const resource of changed) there.set(keyText(resource), resource);
}

const shop = meshNamespace("shop");
const web = (parts: Parameters<typeof podObject>[2] = {}): Pod => podObject("shop", "web-1", { labels: { app: "web" }, ...parts });

function services(one: Cluster, key = "Dataplane/default/web-1.shop"): readonly string[] {
  const found = one.there.get(key) as { readonly spec: { readonly networking: { readonly inbound?: readonly { readonly tags?: Readonly<Record<string, string>> }[] } } } | undefined;
  return (found?.spec.networking.inbound ?? []).map(({ tags }) => tags?.["kuma.io/service"] ?? "");
}

describe("the mesh that Pods, Services and Namespaces make", () => {
  it("costs what a change touches", () => {
    const one = cluster();
    one.step({ namespaces: [shop], services: [serviceObject("shop", "web"), serviceObject("shop", "other")], pods: [web(), podObject("shop", "other-1", { labels: { app: "other" } })] });
    assert.deepEqual([...one.there.keys()].sort(), ["Dataplane/default/other-1.shop", "Dataplane/default/web-1.shop", "MeshService/default/other.shop", "MeshService/default/web.shop"]);
    assert.deepEqual(one.step({ pods: [web()] }), []);
    assert.deepEqual(one.step({ pods: [web({ containers: { app: false, "istio-proxy": true } })] }), ["+Dataplane/default/web-1.shop"]);
    assert.deepEqual(one.step({ services: [serviceObject("shop", "web", { addresses: ["10.96.0.9"] })] }), ["+MeshService/default/web.shop"]);
    assert.deepEqual(one.step({ services: [serviceObject("shop", "web", { ports: [{ port: 81 }] })] }), ["+Dataplane/default/web-1.shop", "+MeshService/default/web.shop"]);
    assert.deepEqual(one.step({ services: [serviceObject("shop", "web", { ports: [{ port: 81 }], selector: { app: "other" } })] }), [
      "+Dataplane/default/other-1.shop",
      "+Dataplane/default/web-1.shop",
    ]);
  });

  it("follows a Service that comes and goes, and keeps what a proxy is called by", () => {
    const one = cluster();
    one.step({ namespaces: [shop], pods: [web()] });
    assert.deepEqual(services(one), ["web-1_shop_svc"]);
    assert.deepEqual(one.step({ services: [serviceObject("shop", "web")] }), ["+Dataplane/default/web-1.shop", "+MeshService/default/web.shop"]);
    assert.deepEqual(services(one), ["web_shop_svc_80"]);
    assert.deepEqual(one.step({}, { services: [serviceObject("shop", "web")] }), ["+Dataplane/default/web-1.shop", "-MeshService/default/web.shop"]);
    assert.deepEqual(services(one), ["web-1_shop_svc"]);
  });

  it("gives a pod that two Services select an inbound for each, in the order of their names", () => {
    const one = cluster();
    one.step({ namespaces: [shop], pods: [web()], services: [serviceObject("shop", "z", { selector: { app: "web" } }), serviceObject("shop", "a", { selector: { app: "web" } })] });
    assert.deepEqual(services(one), ["a_shop_svc_80", "z_shop_svc_80"]);
    one.step({}, { services: [serviceObject("shop", "a")] });
    assert.deepEqual(services(one), ["z_shop_svc_80"]);
  });

  it("takes a pod in by its own label or its namespace's, the pod's first", () => {
    const one = cluster();
    const off = { app: "web", "kuma.io/sidecar-injection": "disabled" };
    const on = { app: "web", "kuma.io/sidecar-injection": "enabled" };
    one.step({ namespaces: [namespaceObject("plain"), shop], pods: [podObject("plain", "a", { labels: on }), podObject("plain", "b"), web({ labels: off }), podObject("early", "c", { labels: on }), podObject("early", "d")] });
    assert.deepEqual([...one.there.keys()].sort(), ["Dataplane/default/a.plain", "Dataplane/default/c.early"]);
    assert.deepEqual(one.step({ namespaces: [meshNamespace("early")] }), ["+Dataplane/default/d.early"]);
    assert.deepEqual(one.step({ namespaces: [namespaceObject("early")] }), ["-Dataplane/default/d.early"]);
  });

  it("reads Istio's name for it as well, on pods and namespaces; a label counts more than an annotation, and Kuma's name more than Istio's", () => {
    const one = cluster();
    const says = (name: string, labels: Labels, annotations: Labels = {}) => podObject("plain", name, { labels, annotations });
    const [kuma, istio] = ["kuma.io/sidecar-injection", "sidecar.istio.io/inject"];
    const pods = [
      says("a", { [istio]: "true" }), says("b", {}, { [istio]: "true" }), says("c", { [istio]: "false" }, { [kuma]: "enabled" }), says("d", { [istio]: "true", [kuma]: "disabled" }),
      says("e", { [istio]: "maybe" }, { [kuma]: "enabled" }), podObject("istios", "f"), podObject("istios", "g", { annotations: { [istio]: "False" } }),
    ];
    one.step({ namespaces: [namespaceObject("plain"), namespaceObject("istios", { [istio]: "true" })], pods });
    assert.deepEqual([...one.there.keys()].sort(), ["a.plain", "b.plain", "e.plain", "f.istios"].map((name) => `Dataplane/default/${name}`));
  });

  it("leaves out pods without a sidecar, which go on as they are, and says so", () => {
    const one = cluster();
    one.step({ namespaces: [namespaceObject("shop")], pods: [podObject("shop", "old", { containers: { app: true } })] });
    assert.deepEqual(one.notices(), []);
    assert.deepEqual(one.step({ namespaces: [shop] }), []);
    assert.match(one.notices().join("\n"), /^not-in-mesh Dataplane\/default\/old.shop: pod shop\/old is to have a sidecar and has none/);
    assert.deepEqual(one.step({ pods: [podObject("shop", "old", { containers: { app: true }, annotations: { "kuma.io/sidecar-injected": "true" } })] }), ["+Dataplane/default/old.shop"]);
    assert.deepEqual(one.notices(), []);
  });

  it("leaves out pods that have a sidecar of Istio's, and says so", () => {
    const one = cluster();
    const status = JSON.stringify({ initContainers: ["istio-init"], containers: ["istio-proxy"], revision: "default" });
    one.step({ namespaces: [shop], pods: [web({ annotations: { "sidecar.istio.io/status": status } })] });
    assert.deepEqual([...one.there.keys()], []);
    assert.match(one.notices().join("\n"), /pod shop\/web-1 has a sidecar of Istio's/);
  });

  it("keeps a pod that the injector has put a sidecar into, also when its namespace asks for none any more; not against its own word", () => {
    const one = cluster();
    const status = JSON.stringify({ initContainers: ["redirect"], containers: ["mesh-proxy"], revision: "probeplane" });
    const injected = (labels: Labels = {}) => podObject("shop", "web-1", { containers: { app: true, "mesh-proxy": true }, labels, annotations: { "sidecar.istio.io/status": status, "kuma.io/sidecar-injected": "true" } });
    assert.deepEqual(one.step({ namespaces: [shop], pods: [injected()] }), ["+Dataplane/default/web-1.shop"]);
    assert.deepEqual(one.step({ namespaces: [namespaceObject("shop")] }), []);
    assert.deepEqual(one.step({ pods: [injected({ "sidecar.istio.io/inject": "false" })] }), ["-Dataplane/default/web-1.shop"]);
  });

  it("leaves out pods on their node's network, and says so to those that asked", () => {
    const one = cluster();
    one.step({ namespaces: [shop], pods: [web({ hostNetwork: true }), podObject("shop", "asked", { hostNetwork: true, labels: { "kuma.io/sidecar-injection": "enabled" } })] });
    assert.equal(one.there.size, 0);
    assert.equal(one.notices().length, 1);
    assert.match(one.notices()[0] ?? "", /^not-in-mesh Dataplane\/default\/asked.shop: pod shop\/asked is on its node's network/);
    one.step({}, { pods: [podObject("shop", "asked")] });
    assert.deepEqual(one.notices(), []);
  });

  it("lets a pod in when it has an address and out when it has ended, whatever is said of it later", () => {
    const one = cluster();
    assert.deepEqual(one.step({ namespaces: [shop], pods: [web({ ip: "", phase: "Pending" })] }), []);
    assert.deepEqual(one.step({ pods: [web()] }), ["+Dataplane/default/web-1.shop"]);
    assert.deepEqual(one.step({ pods: [web({ phase: "Failed" })] }), ["-Dataplane/default/web-1.shop"]);
    assert.deepEqual(one.step({ pods: [web({ phase: "Failed" })] }), []);
    assert.deepEqual(one.step({}, { pods: [web()] }), []);
  });

  it("moves with its namespace to another mesh, pods that name their own aside", () => {
    const one = cluster();
    const own = podObject("shop", "own", { labels: { app: "web", "kuma.io/mesh": "own" } });
    one.step({ namespaces: [shop], services: [serviceObject("shop", "web")], pods: [web(), own] });
    assert.deepEqual([...one.there.keys()].sort(), ["Dataplane/default/web-1.shop", "Dataplane/own/own.shop", "MeshService/default/web.shop", "MeshService/own/web.shop"]);
    assert.match(one.notices()[0] ?? "", /^partly-in-mesh .* has pods in each of the meshes default, own/);
    assert.deepEqual(one.step({ namespaces: [meshNamespace("shop", { "kuma.io/mesh": "other" })] }), [
      "+Dataplane/other/web-1.shop",
      "+MeshService/other/web.shop",
      "-Dataplane/default/web-1.shop",
      "-MeshService/default/web.shop",
    ]);
  });

  it("makes a MeshService of a Service that has pods in the mesh, or none yet in a namespace that is; not of one whose pods are all outside", () => {
    const one = cluster();
    const outside = podObject("shop", "db-1", { labels: { app: "db", "kuma.io/sidecar-injection": "disabled" } });
    one.step({
      namespaces: [shop, namespaceObject("plain")],
      services: [serviceObject("shop", "soon"), serviceObject("shop", "db"), serviceObject("plain", "soon"), serviceObject("plain", "named", { labels: { "kuma.io/mesh": "own" } })],
      pods: [outside],
    });
    assert.deepEqual([...one.there.keys()].sort(), ["MeshService/default/soon.shop", "MeshService/own/named.plain"]);
    one.step({ pods: [podObject("plain", "soon-1", { labels: { app: "soon", "kuma.io/sidecar-injection": "enabled" } }), podObject("shop", "db-2", { labels: { app: "db" } })] });
    assert.ok(one.there.has("MeshService/default/soon.plain") && one.there.has("MeshService/default/db.shop"));
    assert.match(one.notices()[0] ?? "", /^partly-in-mesh MeshService\/default\/db.shop: service shop\/db has pods that are not part of the mesh/);
  });

  it("makes none of an alias, of a Service without a selector or without TCP, and of one that is to be ignored", () => {
    const one = cluster();
    const named = { labels: { "kuma.io/mesh": "default" } };
    one.step({
      namespaces: [shop],
      services: [
        serviceObject("shop", "alias", { ...named, spec: { type: "ExternalName", externalName: "db.example.com" } }),
        serviceObject("shop", "manual", { ...named, selector: {} }),
        serviceObject("shop", "dns", { ...named, ports: [{ port: 53, protocol: "UDP" }] }),
        serviceObject("shop", "ignored", { annotations: { "kuma.io/ignore": "true" } }),
      ],
    });
    assert.deepEqual([...one.there.keys()], []);
    assert.deepEqual(one.notices(), ["not-in-mesh MeshService/default/alias.shop: service shop/alias is an alias of db.example.com, which has no pods; write a MeshExternalService to call that through the mesh"]);
  });

  it("tells of a protocol annotation that names none", () => {
    const one = cluster();
    one.step({ namespaces: [shop], services: [serviceObject("shop", "web", { annotations: { "80.service.kuma.io/protocol": "htpp" } })] });
    assert.deepEqual(one.notices(), ['unknown-protocol MeshService/default/web.shop: service shop/web: "htpp" is no protocol that is known; tcp is taken']);
  });
});

const names = fc.constantFrom("a", "b", "c");
const spaces = fc.constantFrom("one", "two");
const label = fc.constantFrom("x", "y");
const injection = fc.constantFrom("enabled", "disabled", "");
const meshes = fc.constantFrom("", "m1", "m2");

const containers = fc.constantFrom<Readonly<Record<string, boolean>>>({ app: true, "istio-proxy": true }, { app: true });

interface Step {
  readonly kind: keyof ClusterChanges;
  readonly object: KubeObject;
  readonly gone: boolean;
}

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc.record({ name: spaces, injected: injection, mesh: meshes, gone: fc.boolean() }).map(({ name, injected, mesh, gone }): Step => ({
      kind: "namespaces", gone, object: namespaceObject(name, { "kuma.io/sidecar-injection": injected, "kuma.io/mesh": mesh }),
    })),
    fc.record({ name: names, space: spaces, app: label, port: fc.constantFrom(80, 81), gone: fc.boolean() }).map(({ name, space, app, port, gone }): Step => ({
      kind: "services", gone, object: serviceObject(space, name, { selector: { app }, ports: [{ port }] }),
    })),
    fc
      .record({ name: names, space: spaces, app: label, injected: injection, phase: fc.constantFrom("Running", "Pending", "Failed"), host: fc.boolean(), containers, gone: fc.boolean() })
      .map(({ name, space, app, injected, phase, host, containers: of, gone }): Step => ({
        kind: "pods", gone, object: podObject(space, name, { labels: { app, "kuma.io/sidecar-injection": injected }, phase, hostNetwork: host, containers: of }),
      })),
  ),
  { maxLength: 25 },
);

function asChanges({ kind, object, gone }: Step): ClusterChanges {
  const change = { changed: gone ? [] : [object], removed: gone ? [object] : [] };
  return { [kind]: change };
}

describe("the derivation, step by step", () => {
  it("ends where the derivation of the final objects begins, in whatever order they are told, with the same notices", () => {
    fc.assert(
      fc.property(steps, (list) => {
        const there = new Map<string, Resource>();
        const stepwise = createDerivation();
        const last = new Map<string, Step>();
        for (const step of list) {
          take(there, stepwise.apply(asChanges(step)));
          last.set(`${step.kind} ${step.object.metadata.namespace ?? ""}/${step.object.metadata.name}`, step);
        }
        const left = [...last.values()].filter(({ gone }) => !gone).reverse();
        const of = (kind: string) => ({ changed: left.filter((step) => step.kind === kind).map(({ object }) => object), removed: [] });
        const atOnce = createDerivation();
        const told = atOnce.apply({ namespaces: of("namespaces"), services: of("services"), pods: of("pods") });
        assert.deepEqual(told.removed, []);
        assert.deepEqual(there, new Map([...there.keys()].map((key) => [key, told.changed.find((resource) => keyText(resource) === key)])));
        assert.equal(there.size, told.changed.length);
        assert.deepEqual(stepwise.notices(), atOnce.notices());
      }),
      { numRuns: 500 },
    );
  });
});
