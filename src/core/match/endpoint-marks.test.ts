import assert from "node:assert/strict";
import { dataplane, inboundOf, meshService, outboundsTo, worldOf } from "../../../test/kit/resources.ts";
import { applyChanges } from "../model/apply-changes.ts";
import type { EndpointPlan } from "../model/plan.ts";
import type { Policy } from "../model/target-ref.ts";
import type { Change, World } from "../model/world.ts";
import { affectedProxies } from "./affected.ts";
import { createPlanner } from "./planner.ts";

function retryLeavingOut(tags: Readonly<Record<string, string>> | undefined, labels: Readonly<Record<string, string>> = {}): Policy {
  const http = { retryOn: ["reset"], ...(tags === undefined ? {} : { hostSelection: [{ predicate: "OmitHostsWithTags", tags }] }) };
  return { kind: "MeshRetry", mesh: "default", name: "r", labels, spec: { targetRef: { kind: "MeshService", name: "web" }, to: [{ targetRef: { kind: "Mesh" }, default: { http } }] } };
}

const inMesh = worldOf(
  dataplane("web-1", { address: "10.0.0.1", inbound: [inboundOf("web")], outbound: outboundsTo("api") }),
  dataplane("other-1", { address: "10.0.0.2", inbound: [inboundOf("other")], outbound: [{ port: 10000, backendRef: { kind: "MeshService", name: "shop", port: 80 } }] }),
  dataplane("api-1", { address: "10.0.0.3", inbound: [inboundOf("api", { tags: { version: "v1", team: "a" } })] }),
  dataplane("api-2", { address: "10.0.0.4", inbound: [inboundOf("api", { tags: { version: "v2", team: "a" } })] }),
  meshService("shop", { selector: { dataplaneTags: { "kuma.io/service": "api" } }, ports: [{ port: 80, targetPort: 8080, appProtocol: "http" }] }),
);

function changeTo(world: World, policy: Policy): { readonly after: World; readonly change: Change } {
  const before = world.meshes.get("default")?.policies.get("MeshRetry")?.get("r");
  const change = { key: { kind: "MeshRetry", mesh: "default", name: "r" }, ...(before === undefined ? {} : { before }), after: policy };
  return { after: applyChanges(world, [change]), change };
}

function endpointsOf(world: World, proxy: string): readonly EndpointPlan[] {
  return createPlanner().plan(world, "default", proxy)?.destinations[0]?.endpoints.endpoints ?? [];
}

describe("tags of endpoints", () => {
  it("are said where a MeshRetry asks for them, and only those", () => {
    const { after } = changeTo(inMesh, retryLeavingOut({ version: "v2", "kuma.io/service": "api" }));
    const expected = [{ address: "10.0.0.3", port: 8080, tags: { version: "v1" } }, { address: "10.0.0.4", port: 8080, tags: { version: "v2" } }];
    assert.deepEqual(endpointsOf(after, "web-1"), expected);
    // Endpoints are the same for all callers, also of a MeshService.
    assert.deepEqual(endpointsOf(after, "other-1"), expected);
  });

  it("are not said otherwise, nor for a policy that is only to be looked at", () => {
    const bare = [{ address: "10.0.0.3", port: 8080 }, { address: "10.0.0.4", port: 8080 }];
    assert.deepEqual(endpointsOf(inMesh, "web-1"), bare);
    for (const policy of [retryLeavingOut(undefined), retryLeavingOut({ "kuma.io/service": "api" }), retryLeavingOut({ version: "v2" }, { "kuma.io/effect": "shadow" })]) {
      assert.deepEqual(endpointsOf(changeTo(inMesh, policy).after, "web-1"), bare);
    }
  });

  it("concern everyone when other ones are asked for, and else whom the policy selects", () => {
    const first = changeTo(inMesh, retryLeavingOut({ version: "v2" }));
    assert.equal(affectedProxies(inMesh, first.after, [first.change]).get("default"), "all");
    const second = changeTo(first.after, retryLeavingOut({ version: "v1" }));
    assert.deepEqual(affectedProxies(first.after, second.after, [second.change]).get("default"), new Set(["web-1"]));
    const planner = createPlanner();
    const before = planner.plan(first.after, "default", "other-1");
    assert.equal(planner.plan(second.after, "default", "other-1"), before);
    const third = changeTo(second.after, retryLeavingOut({ team: "a" }));
    assert.equal(affectedProxies(second.after, third.after, [third.change]).get("default"), "all");
    assert.deepEqual(planner.plan(third.after, "default", "other-1")?.destinations[0]?.endpoints.endpoints[0]?.tags, { team: "a" });
  });
});
