import assert from "node:assert/strict";
import { healthCheck, toMesh } from "../../../test/kit/resources.ts";
import { itemsOf } from "./item-index.ts";
import { mergeConfs } from "./merge-confs.ts";

function merged(...confs: readonly Readonly<Record<string, unknown>>[]): ReturnType<typeof mergeConfs> {
  return mergeConfs(confs.flatMap((conf, i) => itemsOf(healthCheck(`p${i}`, undefined, [toMesh(conf)]))));
}

function deciders(...confs: readonly Readonly<Record<string, unknown>>[]): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(merged(...confs).decidedBy).map(([path, { policy }]) => [path, policy]));
}

describe("merge confs", () => {
  const cases: readonly (readonly [string, readonly Readonly<Record<string, unknown>>[], unknown, Readonly<Record<string, string>>])[] = [
    ["nothing", [], {}, {}],
    ["values overwrite", [{ a: 1, b: 1 }, { a: 2 }], { a: 2, b: 1 }, { a: "p1", b: "p0" }],
    ["false and 0 count", [{ a: true, b: 1 }, { a: false, b: 0 }], { a: false, b: 0 }, { a: "p1", b: "p1" }],
    ["null is nothing", [{ a: 1 }, { a: null }], { a: 1 }, { a: "p0" }],
    ["objects merge", [{ x: { a: 1 } }, { x: { b: 2 } }], { x: { a: 1, b: 2 } }, { "x.a": "p0", "x.b": "p1" }],
    ["an empty object takes nothing away", [{ x: { a: 1 } }, { x: {} }], { x: { a: 1 } }, { "x.a": "p0" }],
    ["an empty object is decided by the last one", [{ x: {} }, { x: {} }], { x: {} }, { x: "p1" }],
    ["a filled object is decided field by field", [{ x: {} }, { x: { a: 1 } }], { x: { a: 1 } }, { "x.a": "p1" }],
    ["lists are replaced", [{ l: [1, 2] }, { l: [3] }], { l: [3] }, { l: "p1" }],
    ["an empty list is a value", [{ l: [1] }, { l: [] }], { l: [] }, { l: "p1" }],
    ["a value in the place of an object", [{ x: { a: 1 } }, { x: 2 }], { x: 2 }, { x: "p1" }],
    ["an object in the place of a value", [{ x: 2 }, { x: { a: 1 } }], { x: { a: 1 } }, { "x.a": "p1" }],
  ];
  for (const [title, confs, expected, decided] of cases) {
    it(title, () => {
      assert.deepEqual(merged(...confs).conf, expected);
      assert.deepEqual(deciders(...confs), decided);
    });
  }
});
