import assert from "node:assert/strict";
import fc from "fast-check";
import { dataplane, healthCheck, inboundOf, meshExternalService, meshNamed, meshService, putOf, redirected } from "../../../test/kit/resources.ts";
import { applyChanges, emptyWorld } from "../model/apply-changes.ts";
import type { Dataplane, Inbound, Outbound, TransparentProxying } from "../model/dataplane.ts";
import type { ProxyPlan } from "../model/plan.ts";
import type { Labels, Resource } from "../model/resource.ts";
import type { PolicySpec, RuleItem, TargetRef, ToItem } from "../model/target-ref.ts";
import type { Change, World } from "../model/world.ts";
import { affectedProxies } from "./affected.ts";
import { readyEndpoints, taggedProviders } from "./endpoints.ts";
import { itemsOf } from "./item-index.ts";
import { mergeConfs } from "./merge-confs.ts";
import { compareItems } from "./order-items.ts";
import { createPlanner } from "./planner.ts";
import { meansTarget } from "./resolve-target.ts";
import type { Target } from "./resolve-target.ts";
import { isShadow, selectedProxies, selects } from "./select-policies.ts";

const tags = ["a", "b", "c", "a_ns1_svc_80", "a_ns2_svc_81"];
const service = fc.constantFrom(...tags);
const anyName = fc.constantFrom(...tags, "a_ns1_svc", "s1");
const proxyName = fc.constantFrom("p1", "p2", "p3", "p4.ns1");
const version: fc.Arbitrary<Labels> = fc.constantFrom({}, { version: "v1" }, { version: "v2" });
const namespace: fc.Arbitrary<Labels> = fc.constantFrom({}, { "k8s.kuma.io/namespace": "ns1" }, { "k8s.kuma.io/namespace": "ns2" });
const displayName = fc.constantFrom<Labels>({}, { "kuma.io/display-name": "a" });
const labels = fc.tuple(version, namespace, displayName, fc.constantFrom<Labels>({}, { app: "x" })).map(joined);

function joined(all: readonly Labels[]): Labels {
  return Object.fromEntries(all.flatMap((part) => Object.entries(part)));
}

const inbound: fc.Arbitrary<Inbound> = fc.record({
  service,
  version,
  port: fc.constantFrom(80, 81, 90),
  protocolTag: fc.constantFrom("http", "http", "grpc", "tcp", ""),
  state: fc.constantFrom<NonNullable<Inbound["state"]>>("Ready", "Ready", "NotReady", "Ignored"),
  name: fc.constantFrom("main", "admin"),
}).map(({ service: of, version: more, ...rest }) => inboundOf(of, { ...rest, tags: more }));

const serviceKind = fc.constantFrom("MeshService", "MeshService", "MeshExternalService");

const outbound: fc.Arbitrary<Outbound> = fc.tuple(
  fc.constantFrom(1, 2, 3, 4),
  fc.oneof(
    fc.record({ service, version }).map(({ service: name, version: more }) => ({ tags: { "kuma.io/service": name, ...more } })),
    fc.record({ kind: serviceKind, name: anyName, port: fc.constantFrom(80, 81) }).map((backendRef) => ({ backendRef })),
    fc.tuple(serviceKind, labels).map(([kind, wanted]) => ({ backendRef: { kind, labels: wanted, port: 80 } })),
  ),
).map(([port, rest]) => ({ port, ...rest }));

const redirection: fc.Arbitrary<TransparentProxying | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.constant(undefined),
  fc.constant(redirected),
  fc.constant<TransparentProxying>({ redirectPortInbound: 15006, ipFamilyMode: "IPv4" }),
  fc.uniqueArray(fc.constantFrom("a", "s1", "a.ns1", "a_ns1_svc", "a_ns1_svc_80"), { maxLength: 2 }).map((reachableServices) => ({ ...redirected, reachableServices })),
);

const proxy: fc.Arbitrary<Resource> = fc.record({
  name: proxyName,
  address: fc.constantFrom("10.0.0.1", "10.0.0.2", "p.example.com"),
  transparentProxying: redirection,
  labels,
  inbound: fc.array(inbound, { maxLength: 2 }),
  outbound: fc.array(outbound, { maxLength: 3 }),
  gateway: fc.constantFrom<Labels | undefined>(undefined, undefined, { "kuma.io/service": "a", version: "v1" }),
}).map(({ name, gateway, transparentProxying, ...parts }) => {
  return dataplane(name, { ...parts, ...(gateway !== undefined && { gateway }), ...(transparentProxying !== undefined && { transparentProxying }) });
});

const selector = fc.oneof(
  fc.record({ service, version }).map(({ service: of, version: more }) => ({ dataplaneTags: { "kuma.io/service": of, ...more } })),
  labels.map((matchLabels) => ({ dataplaneLabels: { matchLabels } })),
  fc.constantFrom("p1", "p4", "a").map((name) => ({ dataplaneRef: { name } })),
);
const destination: fc.Arbitrary<Resource> = fc.record({
  name: fc.constantFrom("a", "s1", "a.ns1"),
  selector,
  labels,
  targetPort: fc.constantFrom(80, "admin"),
  vips: fc.uniqueArray(fc.constantFrom("10.96.0.1", "10.96.0.2", "10.0.0.2").map((ip) => ({ ip })), { selector: ({ ip }) => ip, maxLength: 2 }),
}).map(({ name, labels: of, targetPort, ...spec }) => {
  return meshService(name, { ...spec, ports: [{ port: 80, targetPort, appProtocol: "http" }, { port: 81 }] }, of);
});

const external: fc.Arbitrary<Resource> = fc.record({
  name: fc.constantFrom("a", "s1", "a.ns1"),
  labels,
  protocol: fc.constantFrom("http" as const, "tcp" as const),
  endpoints: fc.array(fc.record({ address: fc.constantFrom("192.0.2.1", "example.com"), port: fc.constantFrom(80, 81), priority: fc.constantFrom(0, 3) }), { maxLength: 3 }),
  enabled: fc.boolean(),
}).map(({ name, labels: of, protocol, endpoints, enabled }) => meshExternalService(name, { match: { port: 80, protocol }, endpoints, tls: { enabled } }, of));

const topRef: fc.Arbitrary<TargetRef | undefined> = fc.oneof(
  fc.constantFrom<TargetRef | undefined>(undefined, { kind: "Mesh" }, { kind: "Mesh", proxyTypes: ["Sidecar"] }, { kind: "Dataplane" }),
  version.map((wanted) => ({ kind: "MeshSubset", tags: wanted })),
  fc.constant<TargetRef>({ kind: "MeshSubset", tags: { version: "*" } }),
  anyName.map((name) => ({ kind: "MeshService", name })),
  fc.record({ name: service, tags: version }).map((ref) => ({ kind: "MeshServiceSubset", ...ref })),
  fc.constantFrom("p1", "a", "p4.ns1").map((name) => ({ kind: "Dataplane", name })),
  labels.map((wanted) => ({ kind: "Dataplane", labels: wanted })),
);
const toRef: fc.Arbitrary<TargetRef> = fc.oneof(
  fc.constant<TargetRef>({ kind: "Mesh" }),
  anyName.map((name) => ({ kind: "MeshService", name })),
  fc.record({ name: anyName, sectionName: fc.constantFrom("80", "81") }).map((ref) => ({ kind: "MeshService", ...ref })),
  fc.tuple(serviceKind, labels).map(([kind, wanted]) => ({ kind, labels: wanted })),
  anyName.map((name) => ({ kind: "MeshExternalService", name })),
);
const conf = fc.record(
  {
    interval: fc.constantFrom("1s", "2s"),
    unhealthyThreshold: fc.constantFrom(1, 2),
    http: fc.constantFrom({}, { path: "/a" }, { path: "/b", disabled: true }),
    tcp: fc.constantFrom({}, { disabled: true }),
    grpc: fc.constantFrom({}, { serviceName: "s" }),
  },
  { requiredKeys: [] },
);
const toItem: fc.Arbitrary<ToItem> = fc.record({ targetRef: toRef, default: conf });
const policyLabels = fc.tuple(
  namespace,
  fc.constantFrom<Labels>({}, {}, { "kuma.io/effect": "shadow" }),
  fc.constantFrom<Labels>({}, { "kuma.io/origin": "zone", "kuma.io/zone": "east" }, { "kuma.io/origin": "global" }),
  fc.constantFrom<Labels>({}, {}, { "kuma.io/policy-role": "consumer" }, { "kuma.io/policy-role": "producer" }),
).map(joined);
const policyName = fc.constantFrom("m1", "m2", "m3", "m4", "m5");
const toItems = fc.array(toItem, { maxLength: 2 });
const policy: fc.Arbitrary<Resource> = fc.record({ name: policyName, top: topRef, to: toItems, labels: policyLabels })
  .map(({ name, top, to, labels: of }) => healthCheck(name, top, to, of));

const sectionRef = fc.record({ labels, sectionName: fc.constantFrom("main", "admin", "80", "90") }).map((ref): TargetRef => ({ kind: "Dataplane", ...ref }));
const spiffeID = fc.constantFrom({ type: "Exact" as const, value: "spiffe://default/a" }, { type: "Prefix" as const, value: "spiffe://default/" });
const ruleItem: fc.Arbitrary<RuleItem> = fc.record({ matches: fc.array(fc.record({ spiffeID }), { minLength: 1, maxLength: 2 }), default: timeouts() }, { requiredKeys: ["default"] });
const timeoutLists: fc.Arbitrary<PolicySpec> = fc.oneof(
  fc.array(ruleItem, { maxLength: 2 }).map((rules) => ({ rules })),
  fc.record({ from: fc.array(fc.record({ targetRef: fc.constant({ kind: "Mesh" }), default: timeouts() }), { maxLength: 1 }), to: fc.array(fc.record({ targetRef: toRef, default: timeouts() }), { maxLength: 1 }) }),
);
const ruling: fc.Arbitrary<Resource> = fc.record({
  name: policyName,
  top: fc.oneof(topRef, sectionRef),
  said: fc.oneof(
    timeoutLists.map((spec) => ({ kind: "MeshTimeout", spec })),
    fc.constantFrom("Strict", "Permissive").map((mode) => ({ kind: "MeshTLS", spec: { rules: [{ default: { mode } }] } })),
  ),
  labels: policyLabels,
}).map(({ name, top, said: { kind, spec }, labels: of }) => {
  return { kind, mesh: "default", name, labels: of, spec: { ...(top === undefined ? {} : { targetRef: top }), ...spec } };
});

function timeouts(): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  return fc.record({ idleTimeout: fc.constantFrom("1s", "2s"), http: fc.constantFrom({ requestTimeout: "1s" }, { streamIdleTimeout: "2s" }) }, { requiredKeys: [] });
}

/** A mesh in which nobody calls what is not in it, and meshes with mutual TLS. */
const refusing: Resource = { ...meshNamed(), spec: { networking: { outbound: { passthrough: false } } } };
const [strict, permissive] = (["STRICT", "PERMISSIVE"] as const).map((mode): Resource => {
  return { ...meshNamed(), spec: { mtls: { enabledBackend: "ca", backends: [{ name: "ca", type: "builtin", mode }] } } };
});
const meshes = [meshNamed(), refusing, ...(strict === undefined ? [] : [strict]), ...(permissive === undefined ? [] : [permissive])];

const resource = fc.oneof(
  { weight: 3, arbitrary: proxy },
  { weight: 2, arbitrary: destination },
  { weight: 1, arbitrary: external },
  { weight: 2, arbitrary: policy },
  { weight: 2, arbitrary: ruling },
);
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 6, arbitrary: resource.map(putOf) },
  { weight: 2, arbitrary: resource.map(({ kind, mesh, name }) => ({ key: { kind, mesh, name } })) },
  { weight: 1, arbitrary: fc.constantFrom<Change>(...meshes.map(putOf), { key: { kind: "Mesh", mesh: "", name: "default" } }) },
);
const history = fc.record({
  mesh: fc.constantFrom(...meshes),
  start: fc.array(resource, { minLength: 4, maxLength: 14 }),
  edits: fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 6 }),
});

function proxiesOf(...worlds: readonly World[]): ReadonlySet<string> {
  return new Set(worlds.flatMap((world) => [...(world.meshes.get("default")?.dataplanes.keys() ?? [])]));
}

function freshPlan(world: World, name: string): ProxyPlan | undefined {
  return createPlanner().plan(world, "default", name);
}

function namesOf(resources: Iterable<Resource>): readonly string[] {
  return [...resources].map(({ name }) => name).sort();
}

const runs = { numRuns: 300 };

describe("planning, for random worlds and edits", () => {
  it("changes no plan of a proxy that is not called affected", () => {
    fc.assert(fc.property(history, ({ mesh, start, edits }) => {
      let world = applyChanges(emptyWorld, [mesh, ...start].map(putOf));
      for (const changes of edits) {
        const next = applyChanges(world, changes);
        const affected = affectedProxies(world, next, changes).get("default") ?? new Set();
        for (const name of proxiesOf(world, next)) {
          if (affected !== "all" && !affected.has(name)) assert.deepEqual(freshPlan(next, name), freshPlan(world, name));
        }
        world = next;
      }
    }), runs);
  });

  it("gives what a fresh planner gives, whatever was planned before, and equal things as one object", () => {
    fc.assert(fc.property(history, fc.infiniteStream(fc.boolean()), ({ mesh, start, edits }, skips) => {
      const planner = createPlanner();
      const known = new Map<string, object>();
      let world = applyChanges(emptyWorld, [mesh, ...start].map(putOf));
      for (const changes of [[], ...edits]) {
        world = applyChanges(world, changes);
        for (const name of proxiesOf(world)) {
          if (skips.next().value === true) continue;
          const plan = planner.plan(world, "default", name);
          assert.deepEqual(plan, freshPlan(world, name));
          for (const one of plan?.destinations ?? []) {
            const text = JSON.stringify(one);
            if (world.meshes.get("default")?.mesh !== undefined && known.has(text)) assert.equal(one, known.get(text), text);
            known.set(text, one);
          }
        }
        if (world.meshes.get("default")?.mesh === undefined) known.clear();
      }
    }), runs);
  });

  it("finds by its indexes what a look at everything finds", () => {
    fc.assert(fc.property(history, ({ start, edits }) => {
      let world = applyChanges(emptyWorld, start.map(putOf));
      for (const changes of edits) world = applyChanges(world, changes);
      world = applyChanges(world, [putOf(meshNamed())]);
      const mesh = world.meshes.get("default");
      assert.ok(mesh);
      const dataplanes: readonly Dataplane[] = [...mesh.dataplanes.values()];
      const policies = [...(mesh.policies.get("MeshHealthCheck")?.values() ?? [])];
      for (const one of policies) {
        const selected = dataplanes.filter((candidate) => selects(one, candidate));
        assert.deepEqual(namesOf(selectedProxies(mesh, one)), namesOf(selected));
      }
      for (const caller of dataplanes) {
        for (const planned of freshPlan(world, caller.name)?.destinations ?? []) {
          if (!tags.includes(planned.name)) continue;
          const target: Target = { kind: "tagged", service: planned.name };
          const items = policies.filter((one) => !isShadow(one) && selects(one, caller)).flatMap(itemsOf);
          const meant = items.filter(({ policy: of, item }) => meansTarget(of, item.targetRef, target));
          assert.deepEqual(planned.decidedBy["MeshHealthCheck"] ?? {}, mergeConfs(meant.sort(compareItems)).decidedBy);
          const wanted = { "kuma.io/service": planned.name };
          const providers = dataplanes.flatMap((one) => taggedProviders(one, wanted));
          assert.deepEqual(planned.endpoints.endpoints, readyEndpoints(providers));
        }
      }
    }), runs);
  });

  it("does not depend on the order in which resources came", () => {
    fc.assert(fc.property(fc.uniqueArray(resource, { selector: ({ kind, name }) => `${kind}/${name}`, maxLength: 14 }), (resources) => {
      const inOrder = (list: readonly Resource[]) => applyChanges(emptyWorld, [meshNamed(), ...list].map(putOf));
      const [one, other] = [inOrder(resources), inOrder(resources.toReversed())];
      for (const name of proxiesOf(one)) assert.deepEqual(freshPlan(other, name), freshPlan(one, name));
    }), runs);
  });

  it("never lets a less specific policy change what a more specific one set", () => {
    fc.assert(fc.property(fc.array(toItem, { maxLength: 2 }), fc.array(toItem, { maxLength: 2 }), (specific, general) => {
      const caller = dataplane("p1", { inbound: [inboundOf("web")], outbound: [{ port: 1, tags: { "kuma.io/service": "a" } }] });
      const base = applyChanges(emptyWorld, [meshNamed(), caller, dataplane("p2", { inbound: [inboundOf("a")] })].map(putOf));
      const alone = applyChanges(base, [putOf(healthCheck("specific", { kind: "MeshService", name: "web" }, specific))]);
      const both = applyChanges(alone, [putOf(healthCheck("general", { kind: "Mesh" }, general))]);
      const [before = {}, after = {}] = [alone, both].map((world) => freshPlan(world, "p1")?.destinations[0]?.decidedBy["MeshHealthCheck"]);
      for (const [path, decision] of Object.entries(before)) {
        // An empty block leaves its fields to others; it stays there all the same.
        const isBlock = path === "http" || path === "tcp" || path === "grpc";
        if (isBlock) assert.ok(Object.keys(after).some((decided) => decided === path || decided.startsWith(`${path}.`)));
        else assert.deepEqual(after[path], decision);
      }
    }), runs);
  });
});
