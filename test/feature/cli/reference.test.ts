import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import type { Command } from "commander";
import { formatCommandReference } from "../../../src/main/describe-commands.ts";
import { everyCommand, program } from "../../../src/main/program.ts";
import { command } from "./command.ts";

const terminal = { out: () => undefined, err: () => undefined, readInput: () => Promise.resolve(new Uint8Array()), inputStream: () => Readable.from([]), env: {} };
const made = (): Promise<Command> => program(terminal, () => undefined);
const whole = await made();

describe("the reference page of commands", () => {
  it("is what the commands say (npm run generate writes it)", async () => {
    const page = await readFile(new URL("../../../docs/reference/cli.md", import.meta.url), "utf8");
    assert.equal(page, formatCommandReference(await made()));
  });

  it("says nothing of who made it or where", async () => {
    const page = formatCommandReference(await made());
    assert.ok(!page.includes(process.cwd()) && !page.includes(process.env["HOME"] ?? "~"));
  });
});

describe("the help of every command", () => {
  const leaves = [...everyCommand(whole)].filter(({ commands }) => commands.length === 0);
  const pathOf = (each: Command): string[] => (each.parent === null ? [] : [...pathOf(each.parent), each.name()]);
  for (const words of leaves.map(pathOf).filter(([first]) => first !== "__complete" && first !== "help")) {
    it(`shows an example of ${words.join(" ")}`, async () => {
      const { status, out } = await command([...words, "--help"]);
      assert.equal(status, 0);
      assert.match(out, new RegExp(`\nExamples:\n {2}# .+\n {2}.*probeplane ${words.join(" ")}`), "use withExamples (src/main/examples.ts)");
    });
  }
});
