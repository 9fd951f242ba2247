import assert from "node:assert/strict";
import { readTargets } from "./read-targets.ts";

function read(...words: readonly string[]): readonly string[] {
  const result = readTargets(words);
  return result.ok ? result.targets.map(({ kind, name }) => `${kind.kind} ${name ?? "*"}`) : result.problems;
}

describe("readTargets", () => {
  it("reads a kind alone as all of it", () => assert.deepEqual(read("mhc"), ["MeshHealthCheck *"]));
  it("reads a kind and names", () => assert.deepEqual(read("dataplane", "a", "b"), ["Dataplane a", "Dataplane b"]));
  it("reads KIND/NAME of several kinds", () => assert.deepEqual(read("mhc/a", "dp/b"), ["MeshHealthCheck a", "Dataplane b"]));
  it("does not mix the two", () => assert.deepEqual(read("mhc", "dp/b"), ["mhc: where one word is KIND/NAME, all have to be"]));
  it("tells every unknown kind", () => {
    const problems = read("mhx/a", "dataplame/b", "dp/");
    assert.match(problems[0]!, /no kind of resource "mhx"/);
    assert.match(problems[1]!, /did you mean dataplane\?/);
    assert.match(problems[2]!, /^dp\/: /);
  });
});
