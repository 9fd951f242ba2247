import assert from "node:assert/strict";
import { dataplane, healthCheck, inboundOf, meshNamed, meshService, putOf, redirected, toService, worldOf } from "../../../test/kit/resources.ts";
import { applyChanges } from "../model/apply-changes.ts";
import type { Inbound, Outbound } from "../model/dataplane.ts";
import { labelNames } from "../model/label-names.ts";
import type { MeshServiceSpec } from "../model/mesh-service.ts";
import type { ProxyPlan } from "../model/plan.ts";
import type { Labels, Resource } from "../model/resource.ts";
import type { TargetRef } from "../model/target-ref.ts";
import type { World } from "../model/world.ts";
import { noticesFor } from "./explain.ts";
import { createPlanner } from "./planner.ts";

/** Resources as they are derived from Kubernetes. */
function inNamespace(name: string, namespace: string): Labels {
  return { [labelNames.displayName]: name, [labelNames.namespace]: namespace };
}

function podInbound(service: string, namespace: string, port: number, parts: Partial<Inbound> & { readonly protocolTag?: string } = {}): Inbound {
  const tags = { "k8s.kuma.io/service-name": service, "k8s.kuma.io/namespace": namespace };
  return inboundOf(`${service}_${namespace}_svc_${port}`, { port: 8080, ...parts, tags });
}

function pod(name: string, namespace: string, address: string, inbound: readonly Inbound[] = [], parts: { readonly reachableServices?: readonly string[]; readonly outbound?: readonly Outbound[] } = {}): Resource {
  const { outbound, ...rest } = parts;
  const labels = inNamespace(name, namespace);
  return dataplane(`${name}.${namespace}`, { address, inbound, transparentProxying: { ...redirected, ...rest }, labels, ...(outbound && { outbound }) });
}

function service(name: string, namespace: string, vips: readonly string[], spec: Partial<MeshServiceSpec> = {}): Resource {
  const selector = { dataplaneTags: { "k8s.kuma.io/service-name": name, "k8s.kuma.io/namespace": namespace } };
  const ports = [{ port: 80, name: "http", targetPort: 8080, appProtocol: "http" }];
  return meshService(`${name}.${namespace}`, { selector, ports, vips: vips.map((ip) => ({ ip })), ...spec }, inNamespace(name, namespace));
}

const backend = service("backend", "demo", ["10.96.0.10"]);
const other = service("backend", "other", ["10.96.0.20"]);
const backendPod = pod("backend-1", "demo", "10.1.0.1", [podInbound("backend", "demo", 80)]);
const otherPod = pod("backend-1", "other", "10.1.0.2", [podInbound("backend", "other", 80)]);
const caller = pod("web-1", "demo", "10.1.0.9");
const both = worldOf(backend, other, backendPod, otherPod, caller);

function planOf(world: World, name = "web-1.demo"): ProxyPlan {
  const plan = createPlanner().plan(world, "default", name);
  assert.ok(plan);
  return plan;
}

function served(plan: ProxyPlan): string[] {
  return plan.outbounds.map(({ listenAddress, listenPort, captured, destination }) => {
    return `${captured === true ? "captured " : ""}${listenAddress}:${listenPort} → ${destination.displayName}`;
  });
}

describe("captured traffic", () => {
  it("is served at each VIP and port of every MeshService, with the pods as endpoints", () => {
    const dual = service("backend", "demo", ["10.96.0.10", "fd00::10"], { ports: [{ port: 80, targetPort: 8080 }, { port: 81, targetPort: 8080 }] });
    const plan = planOf(worldOf(dual, other, backendPod, otherPod, caller));
    assert.deepEqual(served(plan), [
      "captured 10.96.0.10:80 → backend:80",
      "captured 10.96.0.10:81 → backend:81",
      "captured fd00::10:80 → backend:80",
      "captured fd00::10:81 → backend:81",
      "captured 10.96.0.20:80 → backend:80",
    ]);
    assert.deepEqual(plan.destinations.map(({ name, endpoints: { endpoints } }) => [name, endpoints]), [
      ["kri_msvc_default_default_demo_backend_80", [{ address: "10.1.0.1", port: 8080 }]],
      ["kri_msvc_default_default_demo_backend_81", [{ address: "10.1.0.1", port: 8080 }]],
      ["kri_msvc_default_default_other_backend_http", [{ address: "10.1.0.2", port: 8080 }]],
    ]);
    assert.deepEqual(plan.capture, { inboundPort: 15006, outboundPort: 15001, families: ["IPv4", "IPv6"], passthrough: true });
  });

  it("keeps its place while nobody is there or ready, so that a pod that comes back changes endpoints only", () => {
    const nobody = worldOf(backend, caller);
    const notReady = applyChanges(nobody, [putOf(pod("backend-1", "demo", "10.1.0.1", [podInbound("backend", "demo", 80, { state: "NotReady" })]))]);
    for (const world of [nobody, notReady]) {
      assert.deepEqual(served(planOf(world)), ["captured 10.96.0.10:80 → backend:80"]);
      assert.deepEqual(planOf(world).destinations[0]?.endpoints.endpoints, []);
    }
  });

  it("of a service without VIPs is served at each pod's own address, ready or not, and reaches that pod", () => {
    const headless = service("db", "demo", [], { ports: [{ port: 5432, name: "sql" }] });
    const member = (n: number, state: "Ready" | "NotReady" = "Ready"): Resource => {
      return pod(`db-${n}`, "demo", `10.1.1.${n}`, [podInbound("db", "demo", 5432, { port: 5432, state })]);
    };
    const world = worldOf(headless, member(0), member(1, "NotReady"), caller);
    const planner = createPlanner();
    const plan = planner.plan(world, "default", "web-1.demo");
    assert.ok(plan);
    assert.deepEqual(served(plan), ["captured 10.1.1.0:5432 → db:5432@10.1.1.0", "captured 10.1.1.1:5432 → db:5432@10.1.1.1"]);
    assert.deepEqual(plan.destinations.map(({ name, endpoints: { endpoints } }) => [name, endpoints]), [
      ["kri_msvc_default_default_demo_db_sql@10.1.1.0", [{ address: "10.1.1.0", port: 5432 }]],
      ["kri_msvc_default_default_demo_db_sql@10.1.1.1", [{ address: "10.1.1.1", port: 5432 }]],
    ]);
    const grown = planner.plan(applyChanges(world, [putOf(member(2))]), "default", "web-1.demo");
    assert.equal(grown?.outbounds.length, 3);
  });

  it("follows a VIP that changes", () => {
    const planner = createPlanner();
    const before = planner.plan(both, "default", "web-1.demo");
    const after = planner.plan(applyChanges(both, [putOf(service("backend", "demo", ["10.96.0.11"]))]), "default", "web-1.demo");
    assert.deepEqual(before?.outbounds.map(({ listenAddress }) => listenAddress), ["10.96.0.10", "10.96.0.20"]);
    assert.deepEqual(after?.outbounds.map(({ listenAddress }) => listenAddress), ["10.96.0.11", "10.96.0.20"]);
  });

  it("goes to the service whose name comes first where two have one address", () => {
    const twin = service("a-twin", "demo", ["10.96.0.10"], { selector: { dataplaneTags: { "k8s.kuma.io/service-name": "backend" } } });
    assert.deepEqual(served(planOf(worldOf(backend, twin, backendPod, caller))), ["captured 10.96.0.10:80 → a-twin:80"]);
  });

  const reachable: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ["the name in the pod's own namespace", ["backend"], ["10.96.0.10"]],
    ["the full name", ["backend.other"], ["10.96.0.20"]],
    ["the older name with its port", ["backend_other_svc_80"], ["10.96.0.20"]],
    ["another port", ["backend_other_svc_81"], []],
    ["the older name without a port", ["backend_demo_svc", "backend_other_svc"], ["10.96.0.10", "10.96.0.20"]],
    ["everything", ["backend", "*"], ["10.96.0.10", "10.96.0.20"]],
    ["nothing", [], []],
    ["a name that nobody has", ["nobody"], []],
  ];
  for (const [name, reachableServices, addresses] of reachable) {
    it(`reachable services: ${name}`, () => {
      const plan = planOf(applyChanges(both, [putOf(pod("web-1", "demo", "10.1.0.9", [], { reachableServices }))]));
      assert.deepEqual(plan.outbounds.map(({ listenAddress }) => listenAddress), addresses);
    });
  }

  it("tells of services within reach that are not there", () => {
    const picky = pod("web-1", "demo", "10.1.0.9", [], { reachableServices: ["backend", "backend_other_svc_80", "backend_other_svc_81", "nobody"] });
    const notices = noticesFor(applyChanges(both, [putOf(picky)]), picky);
    assert.deepEqual(notices.map(({ path, message }) => `${path}: ${message.split(",")[0] ?? ""}`), [
      'networking.transparentProxying.reachableServices[2]: there is no MeshService "backend_other_svc_81"',
      'networking.transparentProxying.reachableServices[3]: there is no MeshService "nobody"',
    ]);
    assert.deepEqual(noticesFor(both, caller), []);
  });

  it("stands beside outbounds: one on the loopback address listens, one at another address is captured and goes first", () => {
    const outbound: Outbound[] = [
      { port: 10000, backendRef: { kind: "MeshService", name: "backend", namespace: "other", port: 80 } },
      { address: "10.96.0.10", port: 80, backendRef: { kind: "MeshService", name: "backend", namespace: "other", port: 80 } },
    ];
    const plan = planOf(applyChanges(both, [putOf(pod("web-1", "demo", "10.1.0.9", [], { outbound }))]));
    assert.deepEqual(served(plan), ["127.0.0.1:10000 → backend:80", "captured 10.96.0.10:80 → backend:80", "captured 10.96.0.20:80 → backend:80"]);
    assert.deepEqual(plan.outbounds.map(({ destination }) => destination.name), Array(3).fill("kri_msvc_default_default_other_backend_http"));
  });

  it("to the app goes to the app's own address, which the proxy leaves free", () => {
    const plan = planOf(both, "backend-1.demo");
    assert.deepEqual(plan.inbounds.map((inbound) => Object.fromEntries(Object.entries(inbound).filter(([part]) => part !== "timeouts"))), [{ listenAddress: "10.1.0.1", listenPort: 8080, appAddress: "10.1.0.1", appPort: 8080, protocol: "http", captured: true }]);
  });

  it("to an app that two Services name is taken as HTTP where one of them says so, whichever comes first", () => {
    const tcp = podInbound("a-headless", "demo", 8080, { protocolTag: "tcp" });
    for (const inbounds of [[tcp, podInbound("backend", "demo", 80)], [podInbound("backend", "demo", 80), tcp]]) {
      const plan = planOf(applyChanges(both, [putOf(pod("backend-1", "demo", "10.1.0.1", inbounds))]), "backend-1.demo");
      assert.deepEqual(plan.inbounds.map(({ listenPort, protocol }) => [listenPort, protocol]), [[8080, "http"]]);
    }
  });

  it("is not passed on where the Mesh does not allow it", () => {
    const world = applyChanges(both, [putOf({ ...meshNamed(), spec: { networking: { outbound: { passthrough: false } } } })]);
    assert.equal(planOf(world).capture?.passthrough, false);
  });

  it("costs a proxy nothing for each service: proxies that reach the same have the very same lists, also after an edit", () => {
    const planner = createPlanner();
    const world = applyChanges(both, [putOf(pod("web-2", "demo", "10.1.0.10"))]);
    const moved = applyChanges(world, [putOf(pod("backend-2", "demo", "10.1.0.3", [podInbound("backend", "demo", 80)]))]);
    for (const each of [world, moved]) {
      const [one, two] = ["web-1.demo", "web-2.demo"].map((name) => planner.plan(each, "default", name));
      assert.ok(one);
      assert.equal(one.outbounds, two?.outbounds);
      assert.equal(one.destinations, two?.destinations);
      assert.equal(one.capture, two?.capture);
    }
  });
});

/** Decision 18: what names mean in policies about services that are derived from Kubernetes. */
describe("names of services in policies, for captured traffic", () => {
  const conf = { http: {}, interval: "7s" };
  const checked = (ref: TargetRef | undefined, name: string, namespace: string, rest: Partial<TargetRef> = {}): string[] => {
    const policy = healthCheck("check", ref, [toService(name, conf, rest)], inNamespace("check", namespace));
    const { destinations } = planOf(applyChanges(both, [putOf(policy)]));
    return destinations.filter(({ healthCheck: check }) => check?.intervalMs === 7000).map(({ name: cluster }) => cluster.split("_")[4] ?? "");
  };
  const mesh: TargetRef = { kind: "Mesh" };
  const cases: readonly (readonly [string, readonly string[], () => string[]])[] = [
    ["a bare name, by the operator: in every namespace", ["demo", "other"], () => checked(mesh, "backend", "kong-mesh-system")],
    ["the same in the other system namespace", ["demo", "other"], () => checked(mesh, "backend", "kuma-system")],
    ["a bare name, by anyone else: in their own namespace", ["demo"], () => checked(mesh, "backend", "demo")],
    ["a bare name with a namespace", ["other"], () => checked(mesh, "backend", "kong-mesh-system", { namespace: "other" })],
    ["the older name with its port", ["other"], () => checked(mesh, "backend_other_svc_80", "kong-mesh-system")],
    ["the older name with another port", [], () => checked(mesh, "backend_other_svc_8080", "kong-mesh-system")],
    ["the older name without a port", ["demo"], () => checked(mesh, "backend_demo_svc", "kong-mesh-system")],
    ["a port by its name", ["demo"], () => checked(mesh, "backend", "demo", { sectionName: "http" })],
    ["a port by another name", [], () => checked(mesh, "backend", "demo", { sectionName: "admin" })],
  ];
  for (const [name, expected, found] of cases) it(name, () => { assert.deepEqual(found(), expected); });

  it("tells the operator when a bare name means several", () => {
    const policy = healthCheck("check", mesh, [toService("backend", conf)], inNamespace("check", "kong-mesh-system"));
    const notices = noticesFor(applyChanges(both, [putOf(policy)]), policy);
    assert.match(notices.map(({ message }) => message).join("\n"), /demo, other/);
  });

  for (const [name, namespace, selects] of [
    ["web_demo_svc_80", "kong-mesh-system", true],
    ["web_demo_svc", "kong-mesh-system", true],
    ["web", "kong-mesh-system", true],
    ["web", "demo", true],
    ["web", "other", false],
  ] as const) {
    it(`at the top level, ${name} of a policy in ${namespace} selects ${selects ? "the pods of web" : "nobody"}`, () => {
      const policy = healthCheck("check", { kind: "MeshService", name }, [toService("backend", conf, { namespace: "demo" })], inNamespace("check", namespace));
      const web = pod("web-1", "demo", "10.1.0.9", [podInbound("web", "demo", 80)]);
      const { destinations } = planOf(applyChanges(both, [putOf(policy), putOf(web)]));
      assert.equal(destinations.some(({ healthCheck: check }) => check?.intervalMs === 7000), selects);
    });
  }
});
