import assert from "node:assert/strict";
import { checkSchema } from "./check-schema.ts";
import type { JsonSchema } from "./json-schema.ts";
import { shapeBySchema } from "./shape-by-schema.ts";
import type { UnknownField } from "./shape-by-schema.ts";

const schema: JsonSchema = {
  type: "object",
  required: ["kind"],
  properties: {
    kind: { type: "string", enum: ["A", "B"] },
    wait: { type: "string", format: "duration" },
    port: { type: "integer", minimum: 1, maximum: 9 },
    name: { type: "string", minLength: 2, maxLength: 3, pattern: "^[a-z]+$" },
    target: { type: ["integer", "string"] },
    list: { type: "array", maxItems: 1, items: { type: "object", properties: { wait: { type: "string", format: "duration" } } } },
    tags: { type: "object", additionalProperties: { type: "string" } },
    rest: { type: "object", additionalProperties: true },
  },
};

function textsOf(value: unknown): string[] {
  return checkSchema(schema, value).map(({ path, message }) => `${path} ${message}`);
}

describe("checkSchema", () => {
  it("speaks as Kuma's API server does, and tells everything at once", () => {
    assert.deepEqual(textsOf({ kind: "C", wait: 5, port: 10, name: "A", target: [], list: [{ wait: "soon" }, 3], tags: { "a/b": 1 } }).sort(), [
      "kind in body should be one of [A B]",
      "list in body should have at most 1 items",
      'list[0].wait time: invalid duration "soon"',
      'list[1] in body must be of type object: "number"',
      "name in body should be at least 2 chars long",
      "name in body should match '^[a-z]+$'",
      "port in body should be less than or equal to 9",
      'tags["a/b"] in body must be of type string: "number"',
      'target in body must be of type integer,string: "array"',
      'wait in body must be of type string: "number"',
    ]);
    assert.deepEqual(textsOf({ port: 0.5, name: "abcd" }).sort(), [
      "kind in body is required",
      "name in body should be at most 3 chars long",
      "port in body should be greater than or equal to 1",
      'port in body must be of type integer: "number"',
    ].sort());
  });

  it("says nothing of unknown names", () => assert.deepEqual(textsOf({ kind: "A", other: 1 }), []));
});

describe("shapeBySchema", () => {
  it("orders fields, normalizes durations, drops and tells unknown names, and keeps free parts", () => {
    const unknown: UnknownField[] = [];
    const value = { rest: { x: { y: 1 } }, list: [{ wait: "90s", wiat: "1s" }], wait: "60s", kind: "A", constructor: "x" };
    const shaped = shapeBySchema(schema, value, "spec", unknown);
    assert.equal(JSON.stringify(shaped), '{"kind":"A","wait":"1m0s","list":[{"wait":"1m30s"}],"rest":{"x":{"y":1}}}');
    assert.deepEqual(unknown, [
      { path: "spec.list[0].wiat", message: "unknown field, ignored; did you mean wait?" },
      { path: "spec.constructor", message: "unknown field, ignored" },
    ]);
  });
});
