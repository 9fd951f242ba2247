import assert from "node:assert/strict";
import { namesOfPointer, pathText, pointerOf, withValueAt } from "./json-path.ts";

describe("a path in JSON", () => {
  const path = ["spec", "items", 2, "metadata", "a/b~c"];

  it("is written for people and as a pointer", () => {
    assert.equal(pathText(path), 'spec.items[2].metadata["a/b~c"]');
    assert.equal(pointerOf(path), "/spec/items/2/metadata/a~1b~0c");
    assert.deepEqual(namesOfPointer(pointerOf(path)), path.map(String));
    assert.deepEqual([pathText([]), pointerOf([]), namesOfPointer("")], ["", "", []]);
  });

  it("leads to one place, which is changed alone", () => {
    const root = { a: [{ b: 1 }, { b: 2 }], c: {} };
    const changed = withValueAt(root, ["a", 1, "b"], 3) as typeof root;
    assert.deepEqual(changed, { a: [{ b: 1 }, { b: 3 }], c: {} });
    assert.equal(changed.a[0], root.a[0]);
    assert.deepEqual(withValueAt(undefined, ["x", "y"], 1), { x: { y: 1 } });
    assert.equal(withValueAt(root, [], 1), 1);
  });
});
