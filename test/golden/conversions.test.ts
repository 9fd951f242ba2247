import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { readDocuments } from "../../src/edge/source/read-documents.ts";
import { policyKinds } from "../../src/core/policy/registry.ts";
import { command } from "../feature/cli/command.ts";

/** `UPDATE_GOLDEN=1` writes what comes of each case now. Read the difference before you commit it. */
const update = process.env["UPDATE_GOLDEN"] === "1";
const folder = fileURLToPath(new URL("conversions", import.meta.url));
const cases = (await readdir(folder)).sort();

function objectsIn(text: string): readonly Readonly<Record<string, unknown>>[] {
  return readDocuments(text, "out").map((document) => {
    assert.ok(document.ok);
    return document.value as Readonly<Record<string, unknown>>;
  });
}

describe("golden conversions of Istio's objects", () => {
  const kinds = new Set<unknown>();

  for (const name of cases) {
    it(name, async () => {
      const input = await readFile(path.join(folder, name, "in.yaml"), "utf8");
      const { status, out, err } = await command(["convert", "-f", "-"], input);
      assert.equal(status, 0, err);
      const files: readonly (readonly [string, string])[] = [["out.yaml", out], ["said.txt", err]];
      if (update) for (const [file, text] of files) await writeFile(path.join(folder, name, file), text);
      for (const [file, text] of files) assert.equal(text, await readFile(path.join(folder, name, file), "utf8"), `${name}/${file}`);
      for (const { kind } of objectsIn(out)) kinds.add(kind);
    });

    it(`${name}: what comes of it is strictly valid, and JSON holds the same`, async () => {
      const input = await readFile(path.join(folder, name, "in.yaml"), "utf8");
      const [yaml, json] = [await command(["convert", "-f", "-"], input), await command(["convert", "-f", "-", "-o", "json"], input)];
      const objects = objectsIn(yaml.out);
      assert.deepEqual((JSON.parse(json.out) as { items: unknown }).items, objects);
      if (objects.length === 0) return;
      for (const text of [yaml.out, json.out]) {
        const { status, out } = await command(["validate", "--strict", "-f", "-"], text);
        assert.equal(status, 0, out);
        assert.match(out, new RegExp(`^${objects.length} valid resources?, 0 violations`, "m"));
      }
    });
  }

  it("are what the page on coming from Istio shows of the guide's two manifests", async () => {
    const page = await readFile(path.join(folder, "../../../docs/migrating.md"), "utf8");
    const shown = objectsIn([...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = ""]) => block).join("---\n"));
    const made = await Promise.all(["guide-retries", "guide-idle-timeout"].map(async (name) => objectsIn(await readFile(path.join(folder, name, "out.yaml"), "utf8"))));
    const withoutLabels = made.flat().map(({ metadata, ...rest }) => {
      const { name, namespace } = metadata as Readonly<Record<string, unknown>>;
      return { ...rest, metadata: { name, namespace } };
    });
    assert.deepEqual(shown, withoutLabels);
  });

  it("are of every kind of policy that Istio has a word for", () => {
    const unheard = ["MeshTrafficPermission"];
    assert.deepEqual([...kinds].sort(), ["Mesh", ...policyKinds.map(({ kind }) => kind).filter((kind) => !unheard.includes(kind))].sort());
  });
});
