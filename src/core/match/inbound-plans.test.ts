import assert from "node:assert/strict";
import { dataplane, healthCheck, inboundOf, meshNamed, outboundsTo, putOf, toMesh, worldOf } from "../../../test/kit/resources.ts";
import { deepFreeze } from "../base/deep-freeze.ts";
import { selectedBy } from "../inspect/attached.ts";
import { applyChanges } from "../model/apply-changes.ts";
import type { InboundPlan } from "../model/plan.ts";
import type { Policy, PolicySpec, RuleItem, TargetRef } from "../model/target-ref.ts";
import type { World } from "../model/world.ts";
import { affectedProxies } from "./affected.ts";
import { noticesFor } from "./explain.ts";
import { createPlanner } from "./planner.ts";

const limits = (maxConnections: number, more: object = {}) => ({ connectionLimits: { maxConnections, ...more } });

function breaker(name: string, targetRef: TargetRef, ...rules: readonly RuleItem[]): Policy {
  return breakerWith(name, { targetRef, rules });
}

function breakerWith(name: string, spec: PolicySpec): Policy {
  return deepFreeze({ kind: "MeshCircuitBreaker", mesh: "default", name, labels: {}, spec });
}

const web = dataplane("web-1", {
  labels: { app: "web" },
  inbound: [inboundOf("web", { port: 8080, name: "http", tags: { version: "v1" } }), inboundOf("admin", { port: 9090, tags: { version: "v2" } })],
  outbound: outboundsTo("backend"),
});
const backend = dataplane("backend-1", { address: "10.0.0.2", inbound: [inboundOf("backend", { port: 8080 })] });
const everyone: TargetRef = { kind: "Mesh" };

function inboundsIn(world: World, proxy = "web-1"): readonly InboundPlan[] {
  return createPlanner().plan(world, "default", proxy)?.inbounds ?? [];
}

function connections(world: World, proxy = "web-1"): readonly (number | undefined)[] {
  return inboundsIn(world, proxy).map(({ circuitBreaker }) => circuitBreaker?.limits?.maxConnections);
}

describe("what policies say of inbounds", () => {
  for (const [title, ref, expected] of [
    ["every inbound, by Mesh", everyone, [5, 5]],
    ["every inbound of a Dataplane, by labels", { kind: "Dataplane", labels: { app: "web" } }, [5, 5]],
    ["one inbound, by its name", { kind: "Dataplane", labels: { app: "web" }, sectionName: "http" }, [5, undefined]],
    ["one inbound, by its port", { kind: "Dataplane", name: "web-1", sectionName: "9090" }, [undefined, 5]],
    ["the inbounds that have the tags", { kind: "MeshSubset", tags: { version: "v2" } }, [undefined, 5]],
    ["the inbounds of a service", { kind: "MeshService", name: "web" }, [5, undefined]],
    ["no inbound, where nobody has the section", { kind: "Dataplane", sectionName: "https" }, [undefined, undefined]],
  ] as const) {
    it(`holds for ${title}`, () => assert.deepEqual(connections(worldOf(web, backend, breaker("p", ref, { default: limits(5) }))), expected));
  }

  it("takes `from` for rules", () => {
    const from = breakerWith("p", { targetRef: everyone, from: [{ targetRef: { kind: "Mesh" }, default: limits(7) }] });
    assert.deepEqual(connections(worldOf(web, from)), [7, 7]);
  });

  it("merges from least to most specific, field by field, and says who decided each", () => {
    const policies = [
      breaker("zzz", everyone, { default: limits(1, { maxRequests: 10 }) }),
      breaker("section", { kind: "Dataplane", labels: { app: "web" }, sectionName: "http" }, { default: limits(3) }),
      breaker("aaa", { kind: "Dataplane", labels: { app: "web" } }, { default: limits(9) }, { default: { connectionLimits: { maxRetries: 2 } } }),
    ];
    for (const order of [policies, policies.toReversed()]) {
      const [http, admin] = inboundsIn(worldOf(web, ...order));
      assert.deepEqual(http?.circuitBreaker?.limits, { maxConnections: 3, maxRequests: 10, maxRetries: 2 });
      assert.deepEqual(http.decidedBy?.["MeshCircuitBreaker"], {
        "connectionLimits.maxConnections": { policy: "section", item: "rules[0]" },
        "connectionLimits.maxRequests": { policy: "zzz", item: "rules[0]" },
        "connectionLimits.maxRetries": { policy: "aaa", item: "rules[1]" },
      });
      assert.equal(admin?.circuitBreaker?.limits?.maxConnections, 9);
    }
  });

  it("makes one listener of two services at one port, for which the policies of both are", () => {
    const shared = dataplane("both-1", { inbound: [inboundOf("one"), inboundOf("two")] });
    assert.deepEqual(connections(worldOf(shared, breaker("p", { kind: "MeshService", name: "two" }, { default: limits(4) })), "both-1"), [4]);
  });

  it("keeps the very same inbounds after an edit of what leaves a proxy, and of rules for others", () => {
    const planner = createPlanner();
    const own = breaker("own", { kind: "MeshService", name: "web" }, { default: limits(5) });
    let world = worldOf(web, backend, own);
    const before = planner.plan(world, "default", "web-1")?.inbounds;
    for (const edit of [
      healthCheck("hc", everyone, [toMesh({ http: {} })]),
      breakerWith("out", { targetRef: everyone, to: [toMesh(limits(6))] }),
      breaker("theirs", { kind: "MeshService", name: "backend" }, { default: limits(6) }),
    ]) {
      world = applyChanges(world, [putOf(edit)]);
      assert.equal(planner.plan(world, "default", "web-1")?.inbounds, before, edit.name);
    }
    const after = planner.plan(applyChanges(world, [putOf(breaker("own", { kind: "MeshService", name: "web" }, { default: limits(8) }))]), "default", "web-1")?.inbounds;
    assert.notEqual(after?.[0], before?.[0]);
    assert.equal(after?.[1], before?.[1]);
  });

  it("concerns exactly those whose inbounds are meant", () => {
    const world = worldOf(web, backend, meshNamed());
    const concerned = (policy: Policy) => affectedProxies(world, applyChanges(world, [putOf(policy)]), [putOf(policy)]).get("default");
    assert.deepEqual(concerned(breaker("p", { kind: "MeshService", name: "backend" }, { default: limits(1) })), new Set(["backend-1"]));
    assert.deepEqual(concerned(breaker("p", everyone, { default: limits(1) })), "all");
  });

  it("attaches a policy for a section to those that have it", () => {
    const mesh = worldOf(web, backend).meshes.get("default");
    assert.ok(mesh);
    const names = (ref: TargetRef) => selectedBy(mesh, breaker("p", ref, { default: limits(1) })).map(({ name }) => name);
    assert.deepEqual(names({ kind: "Dataplane", sectionName: "http" }), ["web-1"]);
    assert.deepEqual(names({ kind: "Dataplane", sectionName: "8080" }), ["backend-1", "web-1"]);
  });

  it("tells of a section that nobody has, and of proxies without inbounds", () => {
    const caller = dataplane("job-1", { outbound: outboundsTo("backend") });
    const told = (ref: TargetRef) => {
      const policy = breaker("p", ref, { default: limits(1) });
      return noticesFor(worldOf(web, backend, caller, policy), policy).map(({ code, path, message }) => `${code} ${path}: ${message}`);
    };
    assert.deepEqual(told({ kind: "Dataplane", sectionName: "https" }), [
      "selects-nothing spec.targetRef.sectionName: no selected Dataplane has an inbound with the name or the port https",
    ]);
    assert.deepEqual(told({ kind: "Dataplane", name: "job-1" }), ["selects-nothing spec.rules: no selected Dataplane has an inbound, so that this does nothing"]);
    assert.deepEqual(told({ kind: "Dataplane", name: "web-1" }), []);
  });
});
