import assert from "node:assert/strict";
import fc from "fast-check";
import { applyPatch, type Operation } from "rfc6902";
import { patchBetween } from "./patch-between.ts";

/** What an API server makes of the object with the patch. */
function patched(before: unknown, after: unknown): unknown {
  const holder: { object: unknown } = { object: structuredClone(before) };
  const steps = structuredClone(patchBetween(before, after)).map((step) => ({ ...step, path: `/object${step.path}` }));
  assert.deepEqual(applyPatch(holder, steps as Operation[]).filter((error) => error !== null), []);
  return holder.object;
}

const name = fc.constantFrom("a", "b", "c", "with/slash", "with~tilde", "istio-proxy");
const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  any: fc.oneof({ depthSize: "small" }, fc.constantFrom(null, 0, 1, "", "x", true), tie("items"), tie("named"), tie("fields")),
  items: fc.array(tie("any"), { maxLength: 4 }),
  named: fc.array(fc.record({ name, value: tie("any") }, { noNullPrototype: true }), { maxLength: 5 }),
  fields: fc.dictionary(name, tie("any"), { maxKeys: 4, noNullPrototype: true }),
})).any;

describe("the JSON patch between two objects", () => {
  it("makes the one of the other, whatever they are", () => {
    fc.assert(fc.property(value, value, (before, after) => assert.deepEqual(patched(before, after), after)), { numRuns: 2_000 });
  });

  it("is empty between equals", () => {
    fc.assert(fc.property(value, (any) => assert.deepEqual(patchBetween(any, structuredClone(any)), [])));
  });

  it("says what was done: what was added where it was added, what changed where it changed", () => {
    const before = { metadata: { name: "web", labels: { app: "web" } }, spec: { containers: [{ name: "app", ports: [{ containerPort: 80 }] }, { name: "log" }] } };
    const sidecar = { name: "istio-proxy", image: "sidecar" };
    const after = { metadata: { ...before.metadata, annotations: { "sidecar.istio.io/status": "{}" } }, spec: { containers: [sidecar, { name: "app", ports: [{ containerPort: 81 }] }, { name: "log" }] } };
    assert.deepEqual(patchBetween(before, after), [
      { op: "add", path: "/metadata/annotations", value: { "sidecar.istio.io/status": "{}" } },
      { op: "add", path: "/spec/containers/0", value: sidecar },
      { op: "replace", path: "/spec/containers/1/ports", value: [{ containerPort: 81 }] },
    ]);
  });

  it("writes names with slashes and tildes as a pointer does", () => {
    assert.deepEqual(patchBetween({ m: { "a/b~c": 1 } }, { m: {} }), [{ op: "remove", path: "/m/a~1b~0c" }]);
  });
});
