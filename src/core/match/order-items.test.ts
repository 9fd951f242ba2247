import assert from "node:assert/strict";
import { dataplane, healthCheck, inboundOf, meshService, outboundsTo, toMesh, toService, worldOf } from "../../../test/kit/resources.ts";
import type { Policy, TargetRef } from "../model/target-ref.ts";
import { mergeConfs } from "./merge-confs.ts";
import { createPlanner } from "./planner.ts";
import { itemsOf } from "./item-index.ts";
import { compareItems } from "./order-items.ts";
import { meansTarget } from "./resolve-target.ts";
import type { Target } from "./resolve-target.ts";
import { selects } from "./select-policies.ts";

const top: TargetRef = { kind: "Mesh" };
const web = dataplane("web-1", {
  inbound: [inboundOf("web", { tags: { version: "v1" } })],
  outbound: [
    ...outboundsTo("backend", "other"),
    { port: 20080, backendRef: { kind: "MeshService", name: "shop", port: 80 } },
    { port: 20081, backendRef: { kind: "MeshService", name: "shop", port: 81 } },
  ],
});
const shop = meshService("shop", { ports: [{ port: 80 }, { port: 81 }] });
const backendTarget: Target = { kind: "tagged", service: "backend" };
const otherTarget: Target = { kind: "tagged", service: "other" };
const portTarget = (port: number): Target => ({ kind: "service", service: shop, port: { port } });

function confFor(policies: readonly Policy[], target: Target): unknown {
  const items = policies.filter((policy) => selects(policy, web)).flatMap(itemsOf);
  return mergeConfs(items.filter(({ policy, item }) => meansTarget(policy, item.targetRef, target)).sort(compareItems)).conf;
}

describe("order and merge of `to` items", () => {
  const aaa = healthCheck("aaa", top, [toService("backend", { interval: "1s", http: { path: "/a" } })]);
  const bbb = (labels = {}) => healthCheck("bbb", top, [toService("backend", { interval: "3s", timeout: "3s", http: {} })], labels);
  const subset: TargetRef = { kind: "MeshServiceSubset", name: "web", tags: { version: "v1" } };
  const ccc = healthCheck("ccc", subset, [toService("backend", { timeout: "5s", tcp: {} })]);
  const zone = { "kuma.io/origin": "zone", "kuma.io/zone": "default" };
  const versioned: TargetRef = { kind: "MeshSubset", tags: { version: "v1" } };
  const p4 = healthCheck("p", top, [toService("backend", { interval: "5s", http: {} }), toMesh({ interval: "9s", tcp: {} })]);
  const [x, y] = [{ name: "x", value: "1" }, { name: "y", value: "2" }];
  const byLabels: TargetRef = { kind: "MeshService", labels: { "kuma.io/display-name": "shop" } };
  const sections = [
    healthCheck("a", top, [toService("shop", { timeout: "1s", http: {} }, { sectionName: "80" })]),
    healthCheck("b", top, [toService("shop", { timeout: "2s", interval: "2s", http: {} })]),
    healthCheck("c", top, [toMesh({ unhealthyThreshold: 9, tcp: {} })]),
  ];
  const cases: readonly (readonly [string, readonly Policy[], Target, unknown])[] = [
    ["the alphabetically first name wins", [aaa, bbb()], backendTarget, { interval: "1s", timeout: "3s", http: { path: "/a" } }],
    ["zone origin beats the name", [aaa, bbb(zone)], backendTarget, { interval: "3s", timeout: "3s", http: { path: "/a" } }],
    [
      "the top-level kind beats origin and name",
      [aaa, bbb(zone), ccc],
      backendTarget,
      { interval: "3s", timeout: "5s", http: { path: "/a" }, tcp: {} },
    ],
    ["a service item beats a mesh item that is listed later", [p4], backendTarget, { interval: "5s", http: {}, tcp: {} }],
    ["a mesh item is for the others", [p4], otherTarget, { interval: "9s", tcp: {} }],
    [
      "the top level beats a more specific `to`",
      [
        healthCheck("a", { kind: "MeshService", name: "web" }, [toMesh({ interval: "30s", tcp: {} })]),
        healthCheck("b", top, [toService("backend", { interval: "5s", http: { path: "/h" } })]),
      ],
      backendTarget,
      { interval: "30s", tcp: {}, http: { path: "/h" } },
    ],
    ["a section beats its service", sections, portTarget(80), { timeout: "1s", interval: "2s", unhealthyThreshold: 9, http: {}, tcp: {} }],
    [
      "another section has its service's conf",
      sections,
      portTarget(81),
      { timeout: "2s", interval: "2s", unhealthyThreshold: 9, http: {}, tcp: {} },
    ],
    ["another service has the mesh's conf", sections, otherTarget, { unhealthyThreshold: 9, tcp: {} }],
    [
      "lists are replaced, objects merged",
      [
        healthCheck("a", top, [toService("backend", { http: { expectedStatuses: [200, 201], requestHeadersToAdd: { add: [x] } } })]),
        healthCheck("b", versioned, [toService("backend", { http: { expectedStatuses: [204], requestHeadersToAdd: { set: [y] } } })]),
      ],
      backendTarget,
      { http: { expectedStatuses: [204], requestHeadersToAdd: { add: [x], set: [y] } } },
    ],
    [
      "what is disabled stays disabled",
      [
        healthCheck("a", top, [toMesh({ http: { disabled: true }, tcp: {} })]),
        healthCheck("b", versioned, [toService("backend", { http: { path: "/h" } })]),
      ],
      backendTarget,
      { http: { disabled: true, path: "/h" }, tcp: {} },
    ],
    ["what is not named gets nothing", [aaa], otherTarget, {}],
    [
      "two subsets tie, so that the name decides",
      ["222", "111"].map((name) => healthCheck(name, versioned, [toService("backend", { interval: name, tcp: {} })])),
      backendTarget,
      { interval: "111", tcp: {} },
    ],
    [
      "of two items for one service in one policy the later one wins",
      [healthCheck("a", top, [toService("backend", { interval: "1s", tcp: {} }), toService("backend", { interval: "2s", http: {} })])],
      backendTarget,
      { interval: "2s", tcp: {}, http: {} },
    ],
    [
      "a name beats labels",
      [
        healthCheck("a", top, [{ targetRef: byLabels, default: { interval: "1s", tcp: {} } }]),
        healthCheck("b", top, [toService("shop", { interval: "2s", tcp: {} })]),
      ],
      portTarget(80),
      { interval: "2s", tcp: {} },
    ],
    [
      "a role of the consumer beats the system's",
      [
        healthCheck("b", top, [toService("backend", { interval: "1s", tcp: {} })], { "kuma.io/policy-role": "consumer" }),
        healthCheck("a", top, [toService("backend", { interval: "2s", tcp: {} })], { "kuma.io/policy-role": "system" }),
      ],
      backendTarget,
      { interval: "1s", tcp: {} },
    ],
  ];
  for (const [title, policies, target, expected] of cases) {
    it(title, () => {
      assert.deepEqual(confFor(policies, target), expected);
      assert.deepEqual(confFor(policies.toReversed(), target), expected);
    });
  }

  it("does not select where the tags are spread over two inbounds", () => {
    const split = dataplane("split", { inbound: [inboundOf("x", { tags: { a: "1" } }), inboundOf("x", { port: 81, tags: { b: "2" } })] });
    assert.equal(selects(healthCheck("p", { kind: "MeshSubset", tags: { a: "1", b: "2" } }, []), split), false);
  });

  it("says of each field which policy and which of its items decided it", () => {
    const world = worldOf(web, dataplane("backend-1", { inbound: [inboundOf("backend")] }), shop, aaa, bbb(), ccc);
    const plan = createPlanner().plan(world, "default", "web-1");
    const by = (policy: string) => ({ policy, item: "to[0]" });
    const backend = plan?.destinations.find(({ name }) => name === "backend");
    assert.deepEqual(backend?.decidedBy["MeshHealthCheck"], { "http.path": by("aaa"), interval: by("aaa"), tcp: by("ccc"), timeout: by("ccc") });
  });
});
