import assert from "node:assert/strict";
import fc from "fast-check";
import { createPlanner } from "../match/planner.ts";
import { applyChanges, changesTo, emptyWorld } from "../model/apply-changes.ts";
import type { Dataplane } from "../model/dataplane.ts";
import type { Resource } from "../model/resource.ts";
import { withStoreLabels } from "../model/store-labels.ts";
import type { World } from "../model/world.ts";
import { parseResource } from "../policy/parse-resource.ts";
import { callsOf } from "./calls.ts";
import { rulesFor, rulesOf } from "./rules.ts";

function resource(document: object): Resource {
  const parsed = parseResource(document);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.violations));
  return withStoreLabels(parsed.resource);
}

const services = ["backend", "shop", "cache"];

const fixed: readonly Resource[] = [
  resource({ type: "Mesh", name: "m" }),
  resource({ type: "MeshService", mesh: "m", name: "shop", spec: { selector: { dataplaneTags: { "kuma.io/service": "shop" } }, ports: [{ port: 80, name: "web", appProtocol: "http" }, { port: 81, appProtocol: "http" }] } }),
  resource({
    type: "Dataplane",
    mesh: "m",
    name: "web",
    networking: {
      address: "10.0.0.1",
      inbound: [{ port: 80, tags: { "kuma.io/service": "web", version: "v1" } }],
      outbound: [
        ...services.map((service, i) => ({ port: 1000 + i, tags: { "kuma.io/service": service } })),
        ...[80, 81].map((port) => ({ port: 1100 + port, backendRef: { kind: "MeshService", name: "shop", port } })),
      ],
    },
  }),
  ...services.map((service) => resource({ type: "Dataplane", mesh: "m", name: service, networking: { address: "10.0.1.1", inbound: [{ port: 80, tags: { "kuma.io/service": service, "kuma.io/protocol": "http" } }] } })),
];

const top = fc.constantFrom<object>({ kind: "Mesh" }, { kind: "MeshSubset", tags: { version: "v1" } }, { kind: "MeshService", name: "web" }, { kind: "Dataplane", name: "web" }, { kind: "MeshService", name: "other" });
const target = fc.constantFrom<object>({ kind: "Mesh" }, ...services.map((name) => ({ kind: "MeshService", name })), { kind: "MeshService", name: "shop", sectionName: "web" }, { kind: "MeshService", labels: { "kuma.io/display-name": "shop" } });
const conf = fc.record({ interval: fc.constantFrom("1s", "2s", "3s"), timeout: fc.constantFrom("1s", "2s"), http: fc.constantFrom({}, { path: "/a" }, { path: "/b" }) }, { requiredKeys: ["http"] });
const policies = fc.array(fc.record({ targetRef: top, to: fc.array(fc.record({ targetRef: target, default: conf }), { maxLength: 3 }) }), { maxLength: 5 });

function worldWith(specs: readonly object[]): World {
  const made = specs.map((spec, i) => resource({ type: "MeshHealthCheck", mesh: "m", name: `p-${i}`, spec }));
  return applyChanges(emptyWorld, changesTo(emptyWorld, [...fixed, ...made]));
}

function inspected(world: World): { readonly mesh: NonNullable<ReturnType<World["meshes"]["get"]>>; readonly web: Dataplane } {
  const mesh = world.meshes.get("m");
  const web = mesh?.dataplanes.get("web");
  if (mesh === undefined || web === undefined) throw new Error("the mesh has its Dataplane");
  return { mesh, web };
}

describe("rules of a Dataplane", () => {
  it("name, for every call, whom the plan names for every field", () => {
    fc.assert(
      fc.property(policies, (specs) => {
        const world = worldWith(specs);
        const { mesh, web } = inspected(world);
        const plan = createPlanner().plan(world, "m", "web");
        for (const { destination } of callsOf(mesh, web)) {
          const planned = plan?.destinations.find(({ name }) => name === destination.facts.name);
          const [rule] = rulesFor(mesh, web, destination.target);
          for (const decision of Object.values(planned?.decidedBy["MeshHealthCheck"] ?? {})) {
            assert.ok(rule?.origins.some(({ policy, to }) => policy.name === decision.policy && `to[${to}]` === decision.item), JSON.stringify(decision));
          }
          assert.equal(rule === undefined, Object.keys(planned?.decidedBy ?? {}).length === 0);
          const interval = rule?.conf["interval"];
          if (interval !== undefined) assert.equal(planned?.healthCheck?.intervalMs, Number.parseInt(interval as string) * 1000);
        }
      }),
    );
  });

  it("say of each destination that is called the same as the rule for it, or else as the rule for its whole service, or for the mesh", () => {
    fc.assert(
      fc.property(policies, (specs) => {
        const { mesh, web } = inspected(worldWith(specs));
        const [rules] = rulesOf(mesh, web);
        for (const { destination } of callsOf(mesh, web)) {
          const [own] = rulesFor(mesh, web, destination.target);
          const { target: called } = destination;
          const listed =
            called.kind === "tagged"
              ? rules?.forTagged.find(({ service }) => service === called.service)
              : (rules?.forResources.find(({ resource: about, section }) => about === called.service && section === (called.kind === "service" ? (called.port.name ?? String(called.port.port)) : "")) ??
                rules?.forResources.find(({ resource: about, section }) => about === called.service && section === ""));
          const ofMesh = rules?.forResources.find(({ resource: about }) => about.kind === "Mesh");
          assert.deepEqual((listed ?? ofMesh)?.conf, own?.conf);
        }
      }),
    );
  });

  it("are none where nothing selects the Dataplane", () => {
    const { mesh, web } = inspected(worldWith([{ targetRef: { kind: "MeshService", name: "other" }, to: [{ targetRef: { kind: "Mesh" }, default: { tcp: {} } }] }]));
    assert.deepEqual(rulesOf(mesh, web), []);
  });
});
