import assert from "node:assert/strict";
import { from, lastValueFrom, toArray } from "rxjs";
import type { Resource } from "../../core/model/resource.ts";
import type { SourceEvent } from "../source/port.ts";
import { collectWorld } from "./collect-world.ts";
import type { WorldStep } from "./collect-world.ts";

function mesh(name: string, spec: object = {}): Resource {
  return { kind: "Mesh", mesh: "", name, labels: {}, spec };
}

const key = (name: string) => ({ kind: "Mesh", mesh: "", name });
const state = (...resources: Resource[]): SourceEvent => ({ type: "state", resources });
const change = (changed: Resource[], removed: string[] = []): SourceEvent => ({ type: "change", changed, removed: removed.map(key) });

function stepsOf(...lists: SourceEvent[][]): Promise<WorldStep[]> {
  return lastValueFrom(from(lists).pipe(collectWorld(), toArray()));
}

const summary = (steps: WorldStep[]) => steps.map(({ world, changes }) => ({ meshes: [...world.meshes.keys()].sort(), changes: changes.map((c) => c.key.name) }));

describe("worlds from what a source tells", () => {
  it("begin with the first whole state, even an empty one", async () => {
    assert.deepEqual(summary(await stepsOf([state()])), [{ meshes: [], changes: [] }]);
    assert.deepEqual(summary(await stepsOf([change([mesh("early")])], [state(mesh("a"))])), [{ meshes: ["a"], changes: ["a"] }]);
  });

  it("follow changes", async () => {
    const steps = await stepsOf([state(mesh("a"))], [change([mesh("b")], ["a"])]);
    assert.deepEqual(summary(steps), [{ meshes: ["a"], changes: ["a"] }, { meshes: ["b"], changes: ["a", "b"] }]);
    assert.equal(steps[1]?.before, steps[0]?.world);
  });

  it("are not made of changes that change nothing", async () => {
    assert.equal((await stepsOf([state(mesh("a"))], [change([mesh("a")])], [change([], ["z"])], [state(mesh("a"))])).length, 1);
  });

  it("join several changes of one resource into one, from the first to the last", async () => {
    const steps = await stepsOf([state(mesh("a"))], [change([mesh("a", { x: 1 })]), change([mesh("a", { x: 2 })])]);
    const [only, ...more] = steps[1]?.changes ?? [];
    assert.deepEqual([only?.before?.spec, only?.after?.spec, more], [{}, { x: 2 }, []]);
  });

  it("take a later whole state as what has changed since", async () => {
    const steps = await stepsOf([state(mesh("a"), mesh("b"))], [state(mesh("b"), mesh("c"))]);
    assert.deepEqual(summary(steps)[1], { meshes: ["b", "c"], changes: ["a", "c"] });
  });
});
