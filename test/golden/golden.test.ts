import assert from "node:assert/strict";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { inconsistencies } from "../../src/core/snapshot/consistent.ts";
import { caseNames, casesFolder, printCase, runCase } from "./run-case.ts";

/** `UPDATE_GOLDEN=1` writes what the stages say now, and removes files that no case has any more. Read the difference before you commit it. */
const update = process.env["UPDATE_GOLDEN"] === "1";

const inputs: readonly string[] = ["resources.yaml", "case.yaml"];
const names = await caseNames();

describe("golden", () => {
  it("has cases", () => { assert.ok(names.length >= 30, `only ${String(names.length)} cases were seen`); });

  for (const name of names) {
    it(name, async () => {
      const folder = path.join(casesFolder, name);
      const result = await runCase(name);
      const printed = printCase(result);
      assert.deepEqual(inconsistencies(result.resources), []);
      if (update) await writeAll(folder, printed);
      const outputs = (await readdir(folder)).filter((file) => !inputs.includes(file)).sort();
      assert.deepEqual(outputs, [...printed.keys()].sort());
      for (const [file, text] of printed) assert.equal(text, await readFile(path.join(folder, file), "utf8"), `${name}/${file}`);
    });
  }
});

async function writeAll(folder: string, printed: ReadonlyMap<string, string>): Promise<void> {
  const orphans = (await readdir(folder)).filter((file) => !inputs.includes(file) && !printed.has(file));
  for (const file of orphans) await rm(path.join(folder, file), { recursive: true });
  for (const [file, text] of printed) await writeFile(path.join(folder, file), text);
}
