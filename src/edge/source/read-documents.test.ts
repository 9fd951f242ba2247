import assert from "node:assert/strict";
import { maxDocumentBytes, readDocuments } from "./read-documents.ts";

function values(text: string): unknown[] {
  return readDocuments(text, "f.yaml").map((document) => (document.ok ? document.value : document.violations));
}

function refusals(text: string): string[] {
  return readDocuments(text, "f.yaml").flatMap((document) => (document.ok ? [] : document.violations.map(({ message }) => `${document.origin}: ${message}`)));
}

describe("reading documents", () => {
  it("reads several YAML documents, with the number and line of each", () => {
    const text = "# about\ntype: Mesh\n---\n\nname: b\n---\n# nothing\n---\n{\"name\": \"c\"}\n...\n";
    assert.deepEqual(readDocuments(text, "f.yaml"), [
      { ok: true, origin: "f.yaml, document 1 (line 2)", value: { type: "Mesh" } },
      { ok: true, origin: "f.yaml, document 2 (line 5)", value: { name: "b" } },
      { ok: true, origin: "f.yaml, document 3 (line 9)", value: { name: "c" } },
    ]);
  });

  it("reads JSON with tabs, CRLF, a byte order mark and nothing at all", () => {
    assert.deepEqual(values('{\r\n\t"a": [1, true, null, "x"]\r\n}\r\n'), [{ a: [1, true, null, "x"] }]);
    assert.deepEqual(values("\uFEFFa: 1\r\n---\r\nb: 2\r\n"), [{ a: 1 }, { b: 2 }]);
    assert.deepEqual(values("\n# nothing\n---\n"), []);
  });

  it("takes words as YAML 1.2 does, and text of blocks as it stands", () => {
    assert.deepEqual(values("a: yes\nb: 10s\nc: 0x10\nd: |\n  x\n  ---\n"), [{ a: "yes", b: "10s", c: 16, d: "x\n---\n" }]);
  });

  it("resolves anchors, aliases and merge keys", () => {
    assert.deepEqual(values("a: &a {x: 1}\nb: *a\nc: {<<: *a, y: 2}\n"), [{ a: { x: 1 }, b: { x: 1 }, c: { x: 1, y: 2 } }]);
  });

  it("makes one document of each item of a Kubernetes List", () => {
    const read = readDocuments("apiVersion: v1\nkind: List\nitems:\n- a: 1\n- b: 2\n", "f.yaml");
    assert.deepEqual(read, [
      { ok: true, origin: "f.yaml, document 1 (line 1), item 1", value: { a: 1 } },
      { ok: true, origin: "f.yaml, document 1 (line 1), item 2", value: { b: 2 } },
    ]);
  });

  it("keeps what is good beside what is broken", () => {
    const read = readDocuments("a: 1\n---\nb: [1\n---\nc: 3\n", "f.yaml");
    assert.deepEqual(read.map(({ ok }) => ok), [true, false, true]);
  });

  it("says where the fault is, in lines of the whole text", () => {
    assert.match(refusals("a: 1\n---\nb: 1\nc: 'x\n")[0] ?? "", /^f\.yaml, document 2 \(line 3\): line \d+, column \d+: Missing closing 'quote$/);
    assert.deepEqual(refusals("a:\n\t- b\n"), ["f.yaml, document 1 (line 1): line 2, column 1: Tabs are not allowed as indentation"]);
    assert.deepEqual(refusals("x: 1\n---\na: 1\nb:\n  c: 1\n  c: 2\n"), ['f.yaml, document 2 (line 3): line 6, column 3: the key "c" stands here a second time']);
  });

  it("refuses what is not text", () => {
    assert.deepEqual(refusals("a: \0"), ["f.yaml: is not text: it has NUL characters"]);
  });

  it("refuses a document over the limit without reading it, and takes its neighbours", () => {
    const read = readDocuments(`a: ${"x".repeat(5_000_000)}\n---\nb: 1\n`, "f.yaml");
    assert.deepEqual(read.map(({ ok }) => ok), [false, true]);
    assert.deepEqual(refusals(`a: ${"x".repeat(5_000_000)}`), [`f.yaml, document 1 (line 1): is too large: 5000003 bytes, and a document may have ${maxDocumentBytes}`]);
  });

  const bombs: readonly (readonly [string, string, RegExp])[] = [
    ["aliases of aliases", aliasBomb(), /alias count/],
    ["thousands of merge keys", `a: &a {x: 1}\n${Array.from({ length: 3000 }, (_, i) => `m${i}: {<<: *a}`).join("\n")}`, /3000 merge keys/],
    ["an alias of itself", "&a [*a]", /nested deeper/],
    ["a million open brackets", "[".repeat(1_000_000), /nested deeper/],
    ["brackets and braces in turn", "[{a: ".repeat(1000), /nested deeper/],
    ["half a million lists in one line", "- ".repeat(500_000), /nested deeper/],
    ["keys of keys", "? ".repeat(300_000), /nested deeper/],
    ["deep indentation", Array.from({ length: 500 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"), /nested deeper/],
    ["a tag of a megabyte", "!".repeat(900_000), /^.{1,500}$/],
  ];
  for (const [name, text, message] of bombs) {
    it(`refuses ${name}`, () => {
      const found = refusals(text);
      assert.equal(found.length > 0 && found.every((each) => message.test(each)), true, found.join("\n").slice(0, 1000));
    });
  }

  it("does not take brackets in texts and comments for structure", () => {
    const brackets = "[".repeat(200);
    assert.deepEqual(values(`# ${"- ".repeat(200)}${brackets}\na: '${brackets}'\n`), [{ a: brackets }]);
  });

  it("reads a map of twenty thousand keys", () => {
    const text = Array.from({ length: 20_000 }, (_, i) => `k${i}: {a: b}`).join("\n");
    assert.equal(Object.keys(values(text)[0] as object).length, 20_000);
  });
});

function aliasBomb(): string {
  const lists = ["a", "b", "c", "d", "e", "f"].map((name, i, names) => {
    const inner = i === 0 ? "x" : `*${names[i - 1] ?? ""}`;
    return `${name}: &${name} [${Array.from({ length: 10 }, () => inner).join(", ")}]`;
  });
  return lists.join("\n");
}
