import assert from "node:assert/strict";
import { copyJson } from "./copy-json.ts";

describe("copyJson", () => {
  it("copies, and leaves out fields that are null or undefined", () => {
    const original = { a: [1, "x", null], b: null, c: undefined, d: { e: true } };
    const { value, violations } = copyJson(original);
    assert.deepEqual(value, { a: [1, "x", null], d: { e: true } });
    assert.deepEqual(violations, []);
    assert.notEqual((value as typeof original).a, original.a);
  });

  it("refuses what JSON cannot say, with its place", () => {
    const { violations } = copyJson({ a: Number.NaN, b: [() => 1], c: new Date(0), d: 1n });
    assert.deepEqual(violations.map(({ path }) => path), ["a", "b[0]", "c", "d"]);
  });

  it("refuses __proto__ as a name and leaves prototypes alone", () => {
    const { value, violations } = copyJson(JSON.parse('{"labels": {"__proto__": {"admin": "yes"}}}'));
    assert.deepEqual(violations, [{ path: "labels.__proto__", message: "is not allowed as a name" }]);
    assert.equal((value as { labels: { admin?: string } }).labels.admin, undefined);
  });

  it("refuses depth, also where a value contains itself", () => {
    const knot: unknown[] = [];
    knot.push(knot);
    assert.match(copyJson(knot).violations[0]?.message ?? "", /nested more than 64 levels deep/);
  });

  it("refuses aliases that multiply, once", () => {
    let value: unknown = "x";
    for (let i = 0; i < 10; i++) value = Array.from({ length: 10 }, () => value);
    assert.deepEqual(copyJson(value).violations.map(({ message }) => message), ["has more than 250000 values"]);
  });
});
