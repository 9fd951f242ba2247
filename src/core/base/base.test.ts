import assert from "node:assert/strict";
import { deepFreeze } from "./deep-freeze.ts";
import { equalJson } from "./equal-json.ts";
import { fieldPath, joinPaths, keyPath } from "./field-path.ts";
import { contentHash, contentHashOf } from "./hash.ts";
import { labelOf, matchesLabels } from "./labels.ts";

describe("labels", () => {
  it("match when all wanted pairs are there; * fits any value", () => {
    assert.ok(matchesLabels({ app: "web" }, { app: "web", team: "a" }));
    assert.ok(matchesLabels({ team: "*" }, { team: "a" }));
    assert.ok(matchesLabels({}, undefined));
    assert.ok(!matchesLabels({ team: "*" }, { app: "web" }));
    assert.ok(!matchesLabels({ app: "web" }, { app: "backend" }));
    assert.ok(!matchesLabels({ app: "web" }, undefined));
  });

  it("are never found on the prototype", () => {
    assert.equal(labelOf({}, "constructor"), undefined);
    assert.ok(!matchesLabels({ constructor: "*" }, {}));
  });
});

describe("contentHash", () => {
  it("is the first 64 bits of SHA-256", () => assert.equal(contentHash(new Uint8Array()), "e3b0c44298fc1c14"));
  it("tells texts apart by where they end", () => assert.notEqual(contentHashOf(["ab", "c"]), contentHashOf(["a", "bc"])));
});

describe("field paths", () => {
  it("are written as Kuma writes them", () => {
    assert.equal(fieldPath(fieldPath(fieldPath("spec", "to"), 0), "default"), "spec.to[0].default");
    assert.equal(fieldPath("", "spec"), "spec");
    assert.equal(fieldPath("tags", "kuma.io/service"), 'tags["kuma.io/service"]');
    assert.equal(keyPath("labels", "app"), 'labels["app"]');
    assert.equal(joinPaths("spec", "[0].x"), "spec[0].x");
    assert.equal(joinPaths("spec", ""), "spec");
    assert.equal(joinPaths("", "networking"), "networking");
  });
});

describe("equalJson", () => {
  it("looks at content, not at the order of fields", () => {
    assert.ok(equalJson({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 }));
    assert.ok(!equalJson([1, 2], [2, 1]));
    assert.ok(!equalJson({ a: 1 }, { a: 1, b: 2 }));
    assert.ok(!equalJson([], {}));
    assert.ok(!equalJson(null, {}));
    assert.ok(!equalJson({ toString: 1 }, { b: 1 }));
  });
});

describe("deepFreeze", () => {
  it("freezes all the way down", () => {
    const value = deepFreeze({ a: [{ b: 1 }] });
    assert.throws(() => Object.assign(value.a[0] ?? {}, { b: 2 }), TypeError);
  });
});
