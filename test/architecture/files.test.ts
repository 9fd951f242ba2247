import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { root } from "../../scripts/lib/root.mjs";
import { isGenerated, repositoryFiles, textOf } from "./tree.ts";

const files = repositoryFiles();
const written = files.filter((file) => !isGenerated(file));
const code = written.filter((file) => /\.(ts|mjs)$/.test(file));
const texts = files.filter((file) => /\.(ts|mjs|json|md|ya?ml|proto)$|^\.ci\/|^[A-Z]+$/.test(file) || file.startsWith("."));

describe("the files of the repository", () => {
  it("were seen", () => {
    assert.ok(code.length > 150, `only ${code.length} files of code found`);
    for (const known of ["package.json", "src/core/model/plan.ts", "test/architecture/files.test.ts", "README.md"]) assert.ok(files.includes(known), known);
  });

  it("have at most 400 lines each", () => {
    assert.deepEqual(code.filter((file) => textOf(file).split("\n").length > 401), []);
  });

  it("are named in kebab-case", () => {
    const name = /^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.config|\.d)?\.(ts|mjs|mts)$/;
    assert.deepEqual(code.filter((file) => !name.test(path.basename(file))), []);
  });

  it("name no machine of their authors and no registry", () => {
    // Written in parts, so that this file does not name them itself.
    const places = [["", "work", "main"], ["", "work", "shared"], ["", "tmp", "pp"], ["", "root", ""], ["registry", ".npmjs"]];
    const telltale = new RegExp(places.map((parts) => parts.join(parts[0] === "" ? "/" : "")).join("|"));
    const named = texts.filter((file) => telltale.test(textOf(file)) || (homedir().length > 5 && textOf(file).includes(`${homedir()}/`)));
    assert.deepEqual(named, []);
  });

  it("leave no work marked as undone and switch no rule off", () => {
    const marks = new RegExp(["TO" + "DO", "FIX" + "ME", "eslint" + "-disable", "@ts" + "-ignore", "@ts" + "-nocheck"].map((word) => `\\b${word}\\b|${word}`).join("|"));
    assert.deepEqual(code.filter((file) => marks.test(textOf(file))), []);
  });

  it("lock packages by content, not by the address of a registry", () => {
    const lock = JSON.parse(textOf("package-lock.json")) as { readonly packages: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
    const entries = Object.entries(lock.packages).filter(([name]) => name !== "");
    assert.ok(entries.length > 50);
    assert.deepEqual(entries.filter(([, entry]) => "resolved" in entry).map(([name]) => name), []);
    assert.deepEqual(entries.filter(([, entry]) => !("integrity" in entry) && entry["inBundle"] !== true).map(([name]) => name), []);
  });

  it("link only to what is there", () => {
    const pages = files.filter((file) => file.endsWith(".md"));
    assert.ok(pages.length > 5);
    const dead = pages.flatMap((page) => linksOf(page).filter((link) => !existsSync(path.join(root, path.dirname(page), link))).map((link) => `${page}: ${link}`));
    assert.deepEqual(dead, []);
  });
});

/** The relative links of a page, without their anchors; what stands in code blocks is not a link. */
function linksOf(page: string): readonly string[] {
  const prose = textOf(page).replace(/```[\s\S]*?```/g, "").replace(/`[^`]*`/g, "");
  const found = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "");
  return found.filter((link) => !/^([a-z]+:|#)/.test(link)).map((link) => link.replace(/#.*$/, ""));
}
