import assert from "node:assert/strict";
import { validateTargetRef } from "./validate-target-ref.ts";

function texts(place: "top" | "to", ref: unknown): string[] {
  return validateTargetRef(ref, place).map(({ path, message }) => `${path}: ${message}`);
}

describe("validateTargetRef", () => {
  for (const ref of [
    { kind: "Mesh" },
    { kind: "Mesh", proxyTypes: ["Sidecar"] },
    { kind: "MeshSubset" },
    { kind: "MeshSubset", tags: { "kuma.io/zone": "*", version: "v1" } },
    { kind: "MeshService", name: "web" },
    { kind: "MeshService", name: "web_demo_svc_80" },
    { kind: "MeshServiceSubset", name: "web", tags: { version: "v1" } },
    { kind: "Dataplane" },
    { kind: "Dataplane", name: "web-1", namespace: "demo" },
    { kind: "Dataplane", labels: { app: "web" } },
    { kind: "Mesh", name: "", tags: {}, labels: {} },
  ]) {
    it(`takes ${JSON.stringify(ref)} at the top`, () => assert.deepEqual(texts("top", ref), []));
  }

  for (const ref of [
    { kind: "Mesh" },
    { kind: "MeshService", name: "backend", namespace: "demo", sectionName: "http" },
    { kind: "MeshService", labels: { "kuma.io/display-name": "backend" } },
    { kind: "MeshExternalService", name: "httpbin" },
  ]) {
    it(`takes ${JSON.stringify(ref)} in to`, () => assert.deepEqual(texts("to", ref), []));
  }

  for (const [place, ref, expected] of [
    ["top", { kind: "MeshGateway", name: "x" }, ["kind: value 'MeshGateway' is not supported: builtin gateways are not served"]],
    ["to", { kind: "MeshMultiZoneService" }, ["kind: value 'MeshMultiZoneService' is not supported: a mesh has one zone here, there is nothing of several zones"]],
    ["to", { kind: "MeshSubset", mesh: "x" }, ["kind: value 'MeshSubset' is not supported"]],
    ["top", { kind: "MeshHTTPRoute" }, ["kind: value 'MeshHTTPRoute' is not supported"]],
    ["top", { kind: "MeshExternalService", name: "a" }, ["kind: value 'MeshExternalService' is not supported"]],
    [
      "top",
      { kind: "Mesh", name: "a", mesh: "b", tags: { a: "b" }, labels: { a: "b" }, namespace: "c", sectionName: "d", proxyTypes: [] },
      [
        "name: using name with kind Mesh is not yet supported",
        "mesh: must not be set with kind Mesh",
        "tags: must not be set with kind Mesh",
        "labels: must not be set with kind Mesh",
        "namespace: must not be set with kind Mesh",
        "sectionName: must not be set with kind Mesh",
        "proxyTypes: must be undefined or have at least one element",
      ],
    ],
    [
      "top",
      { kind: "Dataplane", name: "a", labels: { a: "b" }, tags: { a: "b" }, sectionName: "x" },
      [
        "tags: must not be set with kind Dataplane",
        "labels: either labels or name and namespace must be specified",
        "sectionName: can only be used with inbound policies",
      ],
    ],
    [
      "top",
      { kind: "MeshSubset", name: "a", tags: { "a b": "", c: "x y" } },
      [
        "name: must not be set with kind MeshSubset",
        'tags["a b"]: tag name must consist of alphanumeric characters, dots, dashes, slashes and underscores',
        'tags["a b"]: tag value must be non-empty',
        'tags["c"]: tag value must consist of alphanumeric characters, dots, dashes and underscores',
      ],
    ],
    ["to", { kind: "MeshService" }, [": name or labels must be set when kind is MeshService"]],
    ["to", { kind: "MeshService", name: "a", labels: { a: "b" } }, ["labels: either labels or name and namespace must be specified"]],
    [
      "to",
      { kind: "MeshService", name: "A", tags: { a: "b" } },
      ["name: invalid characters: must consist of lower case alphanumeric characters, '-', '.' and '_'.", "tags: must not be set with kind MeshService"],
    ],
    ["top", { kind: "MeshServiceSubset" }, ["name: must be set when kind is MeshServiceSubset"]],
    [
      "to",
      { kind: "MeshExternalService", name: "a", labels: { a: "b" }, sectionName: "c" },
      ["sectionName: must not be set with kind MeshExternalService", "labels: either labels or name must be specified"],
    ],
  ] as const) {
    it(`refuses ${JSON.stringify(ref)} (${place})`, () => assert.deepEqual(texts(place, ref), expected));
  }

  it("leaves wrong types and unknown kinds to the schema", () => {
    for (const ref of [null, 1, [], {}, { kind: 3 }, { kind: "Nonsense" }, { kind: "MeshService", name: 3 }, { kind: "MeshService", labels: "x" }]) {
      assert.deepEqual(texts("to", ref), []);
    }
  });
});
