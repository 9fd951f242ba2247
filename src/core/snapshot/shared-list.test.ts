import assert from "node:assert/strict";
import { fakeResource } from "../../../test/kit/fake-snapshot.ts";
import { isShared, sharedList } from "./shared-list.ts";

describe("lists of resources", () => {
  const [a, b, c] = [fakeResource("a", 1), fakeResource("b", 1), fakeResource("c", 1)];

  it("with the same resources in the same order are one list, which then is known to be shared", () => {
    const first = sharedList([a, b]);
    assert.equal(isShared(first), false);
    for (const other of [[a], [a, c], [b, a], [a, b, c], []]) {
      const list = sharedList(other);
      assert.deepEqual(list, other);
      assert.equal(isShared(list), false);
    }
    assert.equal(sharedList([a, b]), first);
    assert.equal(isShared(first), true);
  });
});
