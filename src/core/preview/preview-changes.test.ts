import assert from "node:assert/strict";
import fc from "fast-check";
import { dataplane, healthCheck, inboundOf, meshService, outboundsTo, putOf, redirected, toMesh, toService, worldOf } from "../../../test/kit/resources.ts";
import { equalJson } from "../base/equal-json.ts";
import { createPlanner } from "../match/planner.ts";
import { applyChanges } from "../model/apply-changes.ts";
import type { TransparentProxying } from "../model/dataplane.ts";
import type { Resource } from "../model/resource.ts";
import type { Change, World } from "../model/world.ts";
import { defaultCompatibility } from "../policy/compatibility.ts";
import { translate } from "../translate/translate.ts";
import { typeUrls } from "../translate/type-urls.ts";
import { previewChanges, type PreviewedProxy } from "./preview-changes.ts";

const http = (path: string): Readonly<Record<string, unknown>> => ({ interval: "10s", timeout: "2s", http: { path } });
const web = (name: string, ...calls: readonly string[]): Resource =>
  dataplane(name, { inbound: [inboundOf("web", { port: 8000 })], outbound: outboundsTo(...calls), address: "10.0.1.1" });
const backend = (name: string, service = "backend", address = "10.0.2.1"): Resource => dataplane(name, { inbound: [inboundOf(service)], address });

function preview(world: World, changes: readonly Change[]): readonly PreviewedProxy[] {
  return [...previewChanges(world, changes, { compatibility: defaultCompatibility })].filter((proxy) => proxy !== undefined);
}

function brief(proxies: readonly PreviewedProxy[]): readonly string[] {
  const typeName = (url: string): string => Object.entries(typeUrls).find(([, known]) => known === url)?.[0] ?? url;
  return proxies.map(({ name, effect, changes }) => `${name} ${effect}: ${changes.map((each) => `${each.change} ${typeName(each.typeUrl)} ${each.name}`).join(", ")}`);
}

describe("previewChanges", () => {
  const world = worldOf(web("web-1", "backend", "cache"), web("web-2", "cache"), backend("backend-1"), backend("cache-1", "cache", "10.0.3.1"));

  it("names the proxies that a new policy reaches, the clusters that change, and the fields", () => {
    const found = preview(world, [putOf(healthCheck("hc", undefined, [toService("backend", http("/health"))]))]);
    assert.deepEqual(brief(found), ["web-1 changed: changed cluster backend"]);
    assert.deepEqual(found[0]?.changes[0]?.fields.map(({ path }) => path), ["healthChecks", "ignoreHealthOnHostRemoval"]);
  });

  it("names the innermost field that an edit changes, with its value before and after", () => {
    const before = applyChanges(world, [putOf(healthCheck("hc", undefined, [toMesh(http("/a"))]))]);
    const found = preview(before, [putOf(healthCheck("hc", undefined, [toMesh(http("/b"))]))]);
    assert.deepEqual(brief(found).slice().sort(), ["web-1 changed: changed cluster backend, changed cluster cache", "web-2 changed: changed cluster cache"]);
    assert.deepEqual(found[0]?.changes[0]?.fields, [{ path: "healthChecks[0].httpHealthCheck.path", before: "/a", after: "/b" }]);
  });

  it("is empty for an edit that another policy overrides", () => {
    const strong = healthCheck("a-strong", undefined, [toService("backend", http("/a"))]);
    const before = applyChanges(world, [strong, healthCheck("weak", undefined, [toMesh({ http: { path: "/x" }, interval: "10s" })])].map(putOf));
    const found = preview(before, [putOf(healthCheck("weak", undefined, [toMesh({ http: { path: "/y" }, interval: "10s" })]))]);
    assert.deepEqual(brief(found).filter((line) => line.includes("backend")), []);
  });

  it("tells what a new outbound brings, and what a removed one takes", () => {
    assert.deepEqual(brief(preview(world, [putOf(web("web-2", "cache", "backend"))])), ["web-2 changed: added cluster backend, added endpoints backend, added listener outbound:127.0.0.1:10001, added route outbound:backend"]);
    assert.match(brief(preview(world, [putOf(web("web-1", "cache"))])).join(), /removed cluster backend/);
  });

  it("tells of endpoints that come and go", () => {
    const found = preview(world, [putOf(backend("backend-2", "backend", "10.0.2.2"))]);
    assert.deepEqual(brief(found).slice().sort(), ["backend-2 new: ", "web-1 changed: changed endpoints backend"]);
    const two = applyChanges(world, [putOf(backend("backend-2", "backend", "10.0.2.2"))]);
    const gone = preview(two, [{ key: { kind: "Dataplane", mesh: "default", name: "backend-1" } }]);
    assert.deepEqual(brief(gone).slice().sort(), ["backend-1 gone: ", "web-1 changed: changed endpoints backend"]);
  });

  it("tells that checks name their sender otherwise, when that is all that changes", () => {
    const before = applyChanges(world, [putOf(healthCheck("hc", undefined, [toMesh(http("/a"))]))]);
    const renamed = dataplane("web-1", { inbound: [inboundOf("shop", { port: 8000 })], outbound: outboundsTo("backend", "cache"), address: "10.0.1.1" });
    const found = preview(before, [putOf(renamed)]);
    assert.deepEqual(brief(found), ["web-1 changed: changed cluster backend, changed cluster cache"]);
    assert.match(found[0]?.changes[0]?.fields[0]?.path ?? "", /requestHeadersToAdd\[0\]/);
  });

  it("gives replicas one and the same list", () => {
    const replicas = worldOf(backend("backend-1"), ...Array.from({ length: 5 }, (_, i) => web(`web-${i}`, "backend")));
    const found = preview(replicas, [putOf(healthCheck("hc", undefined, [toMesh(http("/h"))]))]);
    assert.equal(found.length, 5);
    assert.equal(new Set(found.map(({ changes }) => changes)).size, 1);
  });

  it("looks at one proxy only, when that is asked", () => {
    const change = putOf(healthCheck("hc", undefined, [toMesh(http("/h"))]));
    const only = { mesh: "default", name: "web-2" };
    const found = [...previewChanges(world, [change], { compatibility: defaultCompatibility, only })].filter((proxy) => proxy !== undefined);
    assert.deepEqual(found.map(({ name }) => name), ["web-2"]);
  });

  it("says of any edit exactly what comparing whole configurations says", () => {
    const paths = fc.constantFrom("/a", "/b");
    const targets = fc.constantFrom(undefined, { kind: "MeshService", name: "web" }, { kind: "Dataplane", name: "web-1" });
    const policy = fc.tuple(fc.constantFrom("p", "q"), targets, paths, fc.constantFrom("backend", "cache", "*")).map(([name, target, path, to]) =>
      healthCheck(name, target, [to === "*" ? toMesh(http(path)) : toService(to, http(path))]));
    const services = fc.subarray(["backend", "cache", "more"]);
    const proxy = fc.tuple(fc.constantFrom("web-1", "web-2", "web-3"), services).map(([name, calls]) => web(name, ...calls));
    const pod = fc.tuple(fc.constantFrom("web-1", "web-2"), fc.constantFrom("10.0.9.1", "10.0.9.3"), fc.constantFrom<TransparentProxying>(redirected, { ...redirected, ipFamilyMode: "IPv4" }))
      .map(([name, address, transparentProxying]) => dataplane(name, { address, transparentProxying, inbound: [inboundOf("web")] }));
    const endpoint = fc.tuple(fc.constantFrom("backend-1", "cache-1"), fc.constantFrom("10.0.9.1", "10.0.9.2"), fc.constantFrom("http", "tcp")).map(([name, address, protocolTag]) =>
      dataplane(name, { address, inbound: [inboundOf(name.slice(0, -2), { protocolTag })] }));
    const vips = fc.constantFrom([], [{ ip: "10.96.0.1" }], [{ ip: "10.96.0.2" }]);
    const service = fc.tuple(fc.constantFrom("backend", "web"), vips).map(([name, at]) =>
      meshService(name, { selector: { dataplaneTags: { "kuma.io/service": name } }, ports: [{ port: 80, targetPort: 8080 }], vips: at }));
    const resource = fc.oneof(policy, proxy, pod, endpoint, service, service);
    const edit = fc.oneof({ weight: 4, arbitrary: resource.map(putOf) }, { weight: 1, arbitrary: resource.map(({ kind, mesh, name }): Change => ({ key: { kind, mesh, name } })) });
    fc.assert(fc.property(fc.array(resource, { maxLength: 6 }), fc.array(edit, { minLength: 1, maxLength: 3 }), (first, edits) => {
      const before = applyChanges(world, first.map(putOf));
      assert.deepEqual(namesIn(preview(before, edits)), wholly(before, applyChanges(before, edits)));
    }), { numRuns: 300 });
  });
});

function namesIn(proxies: readonly PreviewedProxy[]): readonly string[] {
  return proxies.flatMap(({ name, effect, changes }) => (effect === "changed" ? changes.map((each) => `${name} ${each.change} ${each.typeUrl} ${each.name}`) : [`${name} ${effect}`])).sort();
}

/** The same by translating everything. */
function wholly(before: World, after: World): readonly string[] {
  const names = [...new Set([before, after].flatMap((world) => [...(world.meshes.get("default")?.dataplanes.keys() ?? [])]))];
  return names.flatMap((name) => {
    const [was, is] = [before, after].map((world) => createPlanner().plan(world, "default", name));
    if (was === undefined || is === undefined) return was === is ? [] : [`${name} ${was === undefined ? "new" : "gone"}`];
    const [old, present] = [translate(was), translate(is)];
    return Object.keys(present).flatMap((type) => [...new Set([...Object.keys(old[type] ?? {}), ...Object.keys(present[type] ?? {})])].flatMap((resource) => {
      const [x, y] = [old[type]?.[resource], present[type]?.[resource]];
      return equalJson(x, y) ? [] : [`${name} ${x === undefined ? "added" : y === undefined ? "removed" : "changed"} ${type} ${resource}`];
    }));
  }).sort();
}
