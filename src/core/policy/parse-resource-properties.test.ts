import assert from "node:assert/strict";
import fc from "fast-check";
import { formatResource, parseResource } from "./parse-resource.ts";
import { resourceKinds } from "./registry.ts";

/** Names that mean something, so that random documents get past the first check. */
const names = ["type", "mesh", "name", "labels", "spec", "networking", "to", "targetRef", "default", "kind", "http", "tcp", "interval", "apiVersion", "metadata", "__proto__"];

const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    fc.constantFrom("Mesh", "MeshService", "MeshHealthCheck", "kuma.io/v1alpha1", "1s", "a", "", 0, 1, -1, 0.5, true, null),
    fc.jsonValue({ maxDepth: 1 }),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.array(fc.tuple(fc.constantFrom(...names), tie("value")), { maxLength: 6 }).map((pairs) => {
      const object: Record<string, unknown> = {};
      for (const [name, value] of pairs) Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
      return object;
    }),
  ),
})).value;

const kinds = fc.constantFrom(...resourceKinds.map(({ kind }) => kind));
const duration = fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.constantFrom("ms", "s", "m", "h")).map(([n, unit]) => `${n}${unit}`);
const valid = fc.record(
  {
    type: fc.constant("MeshHealthCheck"),
    name: fc.constantFrom("a", "b-1", "c.d"),
    mesh: fc.constantFrom("default", "demo"),
    labels: fc.dictionary(fc.constantFrom("app", "kuma.io/effect"), fc.constantFrom("a", "shadow"), { noNullPrototype: true }),
    spec: fc.record(
      {
        extra: fc.jsonValue(),
        to: fc.array(
          fc.record({
            targetRef: fc.constantFrom({ kind: "Mesh" }, { kind: "MeshService", name: "b" }),
            default: fc.record(
              { timeout: duration, interval: duration, http: fc.record({ path: fc.constant("/x"), disabled: fc.boolean() }), tcp: fc.constant({}) },
              { requiredKeys: ["tcp"], noNullPrototype: true },
            ),
          }),
        ),
      },
      { requiredKeys: [], noNullPrototype: true },
    ),
  },
  { requiredKeys: ["type", "name", "spec"], noNullPrototype: true },
);

describe("parseResource, whatever comes", () => {
  it("answers any JSON with a resource or with violations, and never throws", () => {
    fc.assert(
      fc.property(json, (document) => {
        const result = parseResource(document);
        return result.ok || result.violations.length > 0;
      }),
      { numRuns: 2000 },
    );
  });

  it("answers any document of a known kind, too", () => {
    fc.assert(
      fc.property(kinds, json, json, (type, spec, networking) => {
        const result = parseResource({ type, name: "a", spec, networking });
        return result.ok || result.violations.length > 0;
      }),
      { numRuns: 2000 },
    );
  });

  it("reads back what it writes, and then writes the same", () => {
    fc.assert(
      fc.property(valid, (document) => {
        const first = parseResource(document);
        assert.ok(first.ok, JSON.stringify(first));
        const second = parseResource(formatResource(first.resource));
        assert.ok(second.ok);
        assert.deepEqual(second.resource, first.resource);
        assert.deepEqual(second.notices, []);
        assert.equal(JSON.stringify(formatResource(second.resource)), JSON.stringify(formatResource(first.resource)));
      }),
    );
  });

  it("does not touch the document that it is given", () => {
    fc.assert(
      fc.property(valid, (document) => {
        const before = JSON.stringify(document);
        parseResource(document);
        assert.equal(JSON.stringify(document), before);
        assert.ok(!Object.isFrozen(document));
      }),
    );
  });
});
