import assert from "node:assert/strict";
import fc from "fast-check";
import { parse } from "yaml";
import { patchBetween } from "../../core/kubernetes/admission/patch-between.ts";
import { editYaml } from "./edit-yaml.ts";

/** The text with these changes to what it says. */
function edit(text: string, change: (value: never) => unknown): string {
  const read = (): unknown => parse(text, { merge: true });
  return editYaml(text, patchBetween(read(), change(read() as never)));
}

describe("editYaml", () => {
  it("keeps comments, order, quotes and numbers as they were written", () => {
    const text = [
      "# above",
      "kind: Pod # beside",
      "spec:",
      "  defaultMode: 0644",
      "  ratio: 1.10",
      "  on: yes",
      "  'quoted': \"a\"",
      "",
      "  # about a",
      "  containers:",
      "  # the first",
      "  - name: a",
      "    # inside",
      "    args: [x, 'y']",
      "",
      "# below",
      "",
    ].join("\n");
    const changed = edit(text, (pod: { spec: { containers: object[] } }) => {
      return { ...pod, spec: { ...pod.spec, containers: [{ name: "z" }, ...pod.spec.containers.map((container) => ({ ...container, image: "b" }))] } };
    });
    assert.equal(changed, text.replace("  # the first\n", "  - name: z\n  # the first\n").replace("[x, 'y']\n", "[x, 'y']\n    image: b\n"));
  });

  it("writes so that Kubernetes reads texts as texts", () => {
    const values = ["yes", "Off", "1", "1:30", "0o17", "2001-01-01", ".5", "-1", "null", "~", "", "a: b", "# c", "plain", "{\"a\":\"b\"}", "l1\nl2\n", " x"];
    const changed = edit("a: 1\n", (value: object) => ({ ...value, values }));
    assert.deepEqual(parse(changed, { version: "1.1" }), { a: 1, values });
    assert.match(changed, /- plain\n/);
    assert.match(changed, /- '\{"a":"b"\}'\n/);
    assert.match(changed, /- \|\n {4}l1\n {4}l2\n/);
  });

  it("indents as the text does", () => {
    const four = "spec:\n    containers:\n        - name: a\n";
    assert.equal(edit(four, (pod: { spec: object }) => ({ spec: { ...pod.spec, x: { z: 1 } } })), `${four}    x:\n        z: 1\n`);
    const flow = "spec: {a: [b, c]}\n";
    assert.equal(edit(flow, (pod: { spec: object }) => ({ spec: { ...pod.spec, x: { z: 1 } } })), "spec: {a: [b, c], x: {z: 1}}\n");
  });

  it("writes what was empty as a list or a map like any other", () => {
    const text = "spec:\n  volumes: []\n  labels: {}\n  same: []\n";
    const changed = edit(text, (pod: { spec: object }) => ({ spec: { ...pod.spec, volumes: [{ name: "a" }], labels: { b: "c" } } }));
    assert.equal(changed, "spec:\n  volumes:\n    - name: a\n  labels:\n    b: c\n  same: []\n");
  });

  it("changes one place, where several are said by reference", () => {
    const text = "base: &p\n  httpGet: {port: 1} # mine\nother: *p\nmerged:\n  <<: *p\n  extra: 2\n";
    const changed = edit(text, (value: { other: object; merged: { httpGet?: object } }) => {
      return { ...value, other: { tcpSocket: { port: 2 } }, merged: { extra: 2 } };
    });
    assert.deepEqual(parse(changed), { base: { httpGet: { port: 1 } }, other: { tcpSocket: { port: 2 } }, merged: { extra: 2 } });
    assert.match(changed, /# mine/);
    assert.doesNotMatch(changed, /[&*]p/);
  });

  it("takes what stands first of merged maps, and merges of merges", () => {
    const text = "a: &a {x: 1, y: 1}\nb: &b {<<: *a, x: 2, z: 2}\nc:\n  <<: [*b, *a]\n  z: 3\n";
    assert.deepEqual(parse(edit(text, (value: object) => ({ ...value, d: 4 }))), { a: { x: 1, y: 1 }, b: { x: 2, z: 2, y: 1 }, c: { x: 2, y: 1, z: 3 }, d: 4 });
  });

  it("says in the end what the change said, whatever was there", () => {
    const scalar = fc.oneof(fc.string({ maxLength: 6 }), fc.integer(), fc.boolean());
    const named = fc.uniqueArray(fc.record({ name: fc.constantFrom("a", "b", "c", "d"), value: scalar }, { noNullPrototype: true }), { selector: ({ name }) => name });
    const object = fc.record({ named, texts: fc.array(scalar, { maxLength: 3 }), map: fc.dictionary(fc.constantFrom("k/1", "k~2", "on"), scalar, { noNullPrototype: true }) }, { noNullPrototype: true, requiredKeys: [] });
    fc.assert(
      fc.property(object, object, (before, after) => {
        const text = editYaml("{}\n", patchBetween({}, before));
        assert.deepEqual(parse(text), before);
        assert.deepEqual(parse(editYaml(text, patchBetween(before, after))), after);
      }),
      { numRuns: 60 },
    );
  });
});
