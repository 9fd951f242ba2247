import assert from "node:assert/strict";
import { WeakValues } from "./weak-values.ts";

describe("WeakValues", () => {
  it("makes a value once while somebody holds it", () => {
    const values = new WeakValues<string, object>();
    const made = values.getOrMake("a", () => ({}));
    assert.equal(values.getOrMake("a", () => assert.fail("made twice")), made);
    assert.equal(values.get("b"), undefined);
  });

  it("keeps what is held when it sweeps", () => {
    const values = new WeakValues<number, object>();
    const held = Array.from({ length: 1000 }, (_, i) => values.getOrMake(i, () => ({ i })));
    assert.deepEqual(held.map((value, i) => values.get(i) === value).filter((same) => !same), []);
  });
});
