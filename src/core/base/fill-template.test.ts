import assert from "node:assert/strict";
import { fillTemplate, parseVariables } from "./fill-template.ts";

const fill = (text: string, variables: Readonly<Record<string, string>> = {}) => fillTemplate(text, new Map(Object.entries(variables)));

describe("fillTemplate", () => {
  it("fills every form of a variable in, with or without spaces, as often as it stands there", () => {
    assert.equal(fill("{{a}} {{ a }} {{{ a }}} {{& a}} {{&a}}", { a: "x" }).text, "x x x x x");
  });

  it("puts values in as they are: no escapes, and no tags that a value seems to have", () => {
    assert.equal(fill("v: {{ a }}", { a: "<b> & \"c\" {{ d }} $& $1" }).text, 'v: <b> & "c" {{ d }} $& $1');
  });

  it("knows names with dots and dashes", () => {
    assert.equal(fill("{{ web.health-path }}", { "web.health-path": "/h" }).text, "/h");
  });

  it("tells each missing variable once, with its first line", () => {
    assert.deepEqual(fill("a\n{{ x }}\n{{ y }} {{ x }}", { z: "" }).missing, [{ name: "x", line: 2 }, { name: "y", line: 3 }]);
  });

  it("takes an empty value for a value", () => {
    const { text, missing } = fill("[{{ a }}]", { a: "" });
    assert.equal(text, "[]");
    assert.deepEqual(missing, []);
  });

  it("drops comments and tells sections and partials", () => {
    const { text, unsupported } = fill("{{! hm }}a\n{{#list}}b{{/list}}{{> part}}");
    assert.equal(text.split("\n")[0], "a");
    assert.deepEqual(unsupported, [{ tag: "{{#list}}", line: 2 }, { tag: "{{/list}}", line: 2 }, { tag: "{{> part}}", line: 2 }]);
  });

  it("leaves YAML flow maps within each other alone", () => {
    const text = "a: {b: {c: d}}\ne: {f: {g: {}}}";
    assert.deepEqual(fill(text), { text, missing: [], unsupported: [], used: new Set() });
  });

  it("says which variables were used", () => {
    assert.deepEqual(fill("{{ a }}", { a: "1", b: "2" }).used, new Set(["a"]));
  });
});

describe("parseVariables", () => {
  for (const [text, pairs] of [
    ["a=b", [["a", "b"]]],
    ["a=", [["a", ""]]],
    ["a=b=c", [["a", "b=c"]]],
    ["a=1,b=2", [["a", "1"], ["b", "2"]]],
    ["a=1,2,b=3", [["a", "1,2"], ["b", "3"]]],
    ["a.b-c=/x y", [["a.b-c", "/x y"]]],
  ] as const) {
    it(`reads ${text}`, () => assert.deepEqual(parseVariables(text), pairs));
  }

  for (const text of ["", "a", "=b", "a b=c", "a,b=c"]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseVariables(text), undefined));
  }
});
