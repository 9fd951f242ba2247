import assert from "node:assert/strict";
import fc from "fast-check";
import { applyChanges, changesTo, emptyWorld, findResource } from "./apply-changes.ts";
import { allResources } from "./find-resource.ts";
import { keyText } from "./resource.ts";
import type { Resource } from "./resource.ts";
import type { World } from "./world.ts";

function mesh(name: string): Resource {
  return { kind: "Mesh", mesh: "", name, labels: {}, spec: {} };
}

function dataplane(name: string, service: string, labels: Readonly<Record<string, string>> = {}): Resource {
  const networking = { address: "10.0.0.1", inbound: [{ port: 80, tags: { "kuma.io/service": service } }], outbound: [] };
  return { kind: "Dataplane", mesh: "default", name, labels, spec: { networking } };
}

function policy(name: string, interval: string): Resource {
  return { kind: "MeshHealthCheck", mesh: "default", name, labels: {}, spec: { to: [{ targetRef: { kind: "Mesh" }, default: { interval } }] } };
}

function worldOf(...resources: Resource[]): World {
  return applyChanges(emptyWorld, changesTo(emptyWorld, resources));
}

function contentOf(world: World): Map<string, Resource> {
  return new Map([...allResources(world)].map((resource) => [keyText(resource), resource]));
}

describe("applyChanges", () => {
  it("puts, replaces and removes, and leaves the World before as it was", () => {
    const before = worldOf(mesh("default"), dataplane("web-1", "web"), policy("p", "1s"));
    const replaced = policy("p", "2s");
    const after = applyChanges(before, [{ key: replaced, after: replaced }, { key: { kind: "Dataplane", mesh: "default", name: "web-1" } }]);
    assert.equal(findResource(after, replaced), replaced);
    assert.equal(findResource(after, { kind: "Dataplane", mesh: "default", name: "web-1" }), undefined);
    assert.equal(findResource(after, { kind: "Mesh", mesh: "", name: "default" })?.name, "default");
    assert.equal(before.meshes.get("default")?.dataplanes.size, 1);
    assert.ok(Object.isFrozen(after) && Object.isFrozen(after.meshes.get("default")));
  });

  it("shares what did not change", () => {
    const before = worldOf(mesh("default"), mesh("other"), dataplane("web-1", "web"), policy("p", "1s"));
    const after = applyChanges(before, [{ key: policy("p", ""), after: policy("p", "2s") }]);
    assert.equal(after.meshes.get("other"), before.meshes.get("other"));
    assert.equal(after.meshes.get("default")?.dataplanes, before.meshes.get("default")?.dataplanes);
    assert.equal(after.meshes.get("default")?.index.dataplanesByTag, before.meshes.get("default")?.index.dataplanesByTag);
    assert.equal(applyChanges(before, []), before);
  });

  it("keeps the index in step", () => {
    const before = worldOf(dataplane("web-1", "web", { app: "web" }));
    const after = applyChanges(before, [{ key: dataplane("web-1", ""), after: dataplane("web-1", "shop", { app: "web" }) }]);
    const index = after.meshes.get("default")?.index;
    assert.ok(index !== undefined);
    assert.equal(index.dataplanesByTag.has("kuma.io/service=web"), false);
    assert.ok(index.dataplanesByTag.get("kuma.io/service=shop")?.has("web-1"));
    assert.ok(index.dataplanesByLabel.get("app=web")?.has("web-1"));
  });

  it("keeps resources of a mesh that nobody made, and forgets a mesh in which nothing is left", () => {
    const world = worldOf(dataplane("web-1", "web"));
    assert.equal(world.meshes.get("default")?.mesh, undefined);
    assert.equal(applyChanges(world, [{ key: dataplane("web-1", "") }]).meshes.size, 0);
  });

  it("counts the last of several changes of one resource", () => {
    const [first, second] = [policy("p", "1s"), policy("p", "2s")];
    assert.equal(findResource(applyChanges(emptyWorld, [{ key: first, after: first }, { key: second, after: second }]), second), second);
  });
});

describe("changesTo", () => {
  it("sees no change in equal content, whatever the times say", () => {
    const world = worldOf(mesh("default"), policy("p", "1s"));
    assert.deepEqual(changesTo(world, [mesh("default"), { ...policy("p", "1s"), modificationTime: "2026-01-01T00:00:00Z" }]), []);
  });

  it("tells what came, went and changed, with before and after", () => {
    const [old, changed, gone, come] = [policy("p", "1s"), policy("p", "2s"), policy("gone", "1s"), policy("come", "1s")];
    assert.deepEqual(changesTo(worldOf(old, gone), [changed, come]), [
      { key: { kind: "MeshHealthCheck", mesh: "default", name: "gone" }, before: gone },
      { key: { kind: "MeshHealthCheck", mesh: "default", name: "p" }, before: old, after: changed },
      { key: { kind: "MeshHealthCheck", mesh: "default", name: "come" }, after: come },
    ]);
    assert.equal(changesTo(worldOf({ ...old, labels: { a: "b" } }), [old]).length, 1);
  });

  it("leads from any World to any other, index included", () => {
    const resource = fc.oneof(
      fc.constantFrom(mesh("default"), mesh("other")),
      fc.tuple(fc.constantFrom("a", "b", "c"), fc.constantFrom("web", "shop"), fc.constantFrom({}, { app: "x" })).map((args) => dataplane(...args)),
      fc.tuple(fc.constantFrom("p", "q"), fc.constantFrom("1s", "2s")).map((args) => policy(...args)),
    );
    fc.assert(
      fc.property(fc.array(resource), fc.array(resource), (from, to) => {
        const fresh = worldOf(...to);
        const start = worldOf(...from);
        const edited = applyChanges(start, changesTo(start, to));
        assert.deepEqual(contentOf(edited), contentOf(fresh));
        assert.deepEqual(edited.meshes.map(({ index }) => index).toJS(), fresh.meshes.map(({ index }) => index).toJS());
      }),
    );
  });
});
