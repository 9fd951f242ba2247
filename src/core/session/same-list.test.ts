import assert from "node:assert/strict";
import { fakeResource } from "../../../test/kit/fake-snapshot.ts";
import { sameList } from "./same-list.ts";

describe("lists of resources", () => {
  const [a, b, c] = ["a", "b", "c"].map((name) => fakeResource(name, 1));

  it("with the same resources in the same order are one list", () => {
    assert.ok(a !== undefined && b !== undefined && c !== undefined);
    const first = sameList([a, b]);
    assert.equal(sameList([a, b]), first);
    for (const other of [[a], [a, c], [b, a], [a, b, c], []]) {
      assert.deepEqual(sameList(other), other);
    }
    assert.equal(sameList([a, b]), first);
  });
});
