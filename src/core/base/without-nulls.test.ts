import assert from "node:assert/strict";
import { withoutNulls } from "./without-nulls.ts";

describe("withoutNulls", () => {
  it("leaves out members that are null, at any depth, and keeps the nulls of lists", () => {
    assert.deepEqual(withoutNulls({ a: null, b: { c: null, d: [1, null, { e: null, f: 2 }] } }), { b: { d: [1, null, { f: 2 }] } });
  });

  it("gives the very value when there is no null", () => {
    const value = { a: [{ b: 1 }], c: "x" };
    assert.equal(withoutNulls(value), value);
  });

  it("keeps the parts that have no null", () => {
    const part = { b: 1 };
    assert.equal(withoutNulls({ part, gone: null }).part, part);
  });
});
