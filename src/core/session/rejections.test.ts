import assert from "node:assert/strict";
import { blamedNames, rootCause } from "./rejections.ts";

describe("whom Envoy blames", () => {
  const table: [string, string, string[], string[]][] = [
    ["one cluster", "Error adding/updating cluster(s) a: no such folder", ["a", "b"], ["a"]],
    ["each with its reason", "Error adding/updating cluster(s) a: bad path, b: worse path", ["a", "b", "c"], ["a", "b"]],
    ["a list, then the reason", "Error adding/updating cluster(s) a, b: bad path", ["a", "b", "c"], ["a", "b"]],
    ["listeners, a line each", "Error adding/updating listener(s) in:80: x\nout:81: y\n", ["in:80", "out:81", "out:8"], ["in:80", "out:81"]],
    ["a name inside another", "Error adding/updating cluster(s) web-2: x", ["web", "web-2"], ["web-2"]],
    ["a name inside a reason", "Error adding/updating cluster(s) a: route to b is bad", ["a", "b"], ["a"]],
    ["nobody", "duplicate cluster a found", ["a"], []],
    ["somebody whom we did not send", "Error adding/updating cluster(s) z: x", ["a"], []],
    ["nothing", "", ["a"], []],
  ];
  for (const [what, message, sent, blamed] of table) {
    it(what, () => assert.deepEqual(blamedNames(message, sent), blamed));
  }
});

describe("the root cause", () => {
  it("is what stands after the last caused by", () => {
    assert.equal(rootCause("A | caused by field: \"x\", reason: bad | Caused by: no such file"), "no such file");
  });
  it("is the whole text without one", () => assert.equal(rootCause(" it is broken "), "it is broken"));
});
