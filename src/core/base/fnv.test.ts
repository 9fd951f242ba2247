import assert from "node:assert/strict";
import { fnv64a } from "./fnv.ts";

describe("fnv64a", () => {
  it("gives what the algorithm's authors give for their test vectors", () => {
    assert.deepEqual(["", "a", "foobar"].map(fnv64a), ["cbf29ce484222325", "af63dc4c8601ec8c", "85944171f73967e8"]);
  });
});
