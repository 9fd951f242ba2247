import assert from "node:assert/strict";
import fc from "fast-check";
import { changedFields } from "./changed-fields.ts";
import { equalJson } from "./equal-json.ts";
import type { JsonValue } from "./json.ts";

describe("changedFields", () => {
  const cases: readonly (readonly [string, JsonValue | undefined, JsonValue | undefined, readonly object[]])[] = [
    ["nothing for equal values, whatever the order of fields", { a: 1, b: [2] }, { b: [2], a: 1 }, []],
    ["the innermost field that differs", { a: { b: { c: 1, d: 2 } } }, { a: { b: { c: 1, d: 3 } } }, [{ path: "a.b.d", before: 2, after: 3 }]],
    ["a new object as one change", { a: 1 }, { a: 1, b: { c: 1, d: 2 } }, [{ path: "b", after: { c: 1, d: 2 } }]],
    ["what is gone", { a: 1, b: 2 }, { a: 1 }, [{ path: "b", before: 2 }]],
    ["another type", { a: [1] }, { a: { b: 1 } }, [{ path: "a", before: [1], after: { b: 1 } }]],
    ["null as a value", { a: null }, { a: 0 }, [{ path: "a", before: null, after: 0 }]],
    ["items of lists of one length by their place", { a: [{ x: 1 }, { x: 2 }] }, { a: [{ x: 1 }, { x: 3 }] }, [{ path: "a[1].x", before: 2, after: 3 }]],
    ["an item that is put first as one change", { a: [{ x: 1 }, { x: 2 }] }, { a: [{ x: 0 }, { x: 1 }, { x: 2 }] }, [{ path: "a[0]", after: { x: 0 } }]],
    ["one of two equal items that goes", { a: [7, 7, 8] }, { a: [7, 8] }, [{ path: "a[1]", before: 7 }]],
    ["names that are no words quoted", { labels: { "a/b": "1" } }, { labels: { "a/b": "2" } }, [{ path: 'labels["a/b"]', before: "1", after: "2" }]],
    ["a value where there was nothing", undefined, 1, [{ path: "", after: 1 }]],
  ];
  for (const [name, before, after, expected] of cases) {
    it(`tells ${name}`, () => assert.deepEqual(changedFields(before, after), expected));
  }

  it("tells nothing exactly when the values are equal", () => {
    const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>;
    fc.assert(fc.property(json, json, (a, b) => (changedFields(a, b).length === 0) === equalJson(a, b)));
  });
});
