import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { root } from "../../../scripts/lib/root.mjs";
import { command } from "./command.ts";

const mesh = await blocksOf("recipes.md", -1);
const recipes = await blocksOf("recipes.md");
const external = await blocksOf("external-services.md");
const retries = await blocksOf("retries.md");

/** The YAML blocks of a page; with an index (-1: the last) only that one. */
async function blocksOf(page: string, index?: number): Promise<readonly string[]> {
  const text = await readFile(path.join(root, "docs", page), "utf8");
  const blocks = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = ""]) => block);
  return index === undefined ? blocks : blocks.slice(index);
}

async function rendered(documents: readonly string[], ...flags: readonly string[]): Promise<string> {
  const { status, out, err } = await command(["render", "-f", "-", "--dataplane", "web-1", ...flags], documents.join("---\n"));
  assert.equal(status, 0, out + err);
  return out;
}

describe("the documents in the documentation", () => {
  it("are found", () => { assert.ok(recipes.length > 10 && external.length > 1 && retries.length > 0); });

  for (const block of [...recipes, ...external, ...retries]) {
    it(`are valid: ${titleOf(block)}`, async () => {
      const { status, out } = await command(["validate", "--strict", "-f", "-"], block);
      assert.equal(status, 0, out);
    });
  }

  for (const recipe of recipes.slice(0, -1)) {
    it(`do something in the mesh of the page: ${titleOf(recipe)}`, async () => {
      const flags = recipe.includes("shadow") ? ["--shadow"] : [];
      assert.notEqual(await rendered([...mesh, recipe], ...flags), await rendered(mesh));
      if (flags.length > 0) assert.equal(await rendered([...mesh, recipe]), await rendered(mesh));
    });
  }

  it("show a service outside the mesh that is called with TLS and checked", async () => {
    const plan = await rendered(external.slice(0, 1));
    assert.match(plan, /sni: api\.shop\.example/);
    assert.match(plan, /path: \/health/);
    assert.match(plan, /autoHostRewrite: true/);
  });
});

function titleOf(block: string): string {
  return [...block.matchAll(/^name: (.*)$/gm)].map(([, name]) => name).join(", ");
}
