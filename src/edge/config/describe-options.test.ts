import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describeOptions, formatConfigReference, formatOptionsHelp } from "./describe-options.ts";

describe("describing options", () => {
  it("keeps the reference page as the table has it (npm run generate)", async () => {
    const page = await readFile(new URL("../../../docs/reference/config.md", import.meta.url), "utf8");
    assert.equal(page, formatConfigReference());
  });

  it("lists every option in the help, with its default and environment variable", () => {
    const help = formatOptionsHelp();
    for (const { flag, env, default: defaultValue } of describeOptions()) {
      const text = help.slice(help.indexOf(`  ${flag}`)).split("\n  --")[0]?.replaceAll(/\s+/g, " ") ?? "";
      assert.ok(text.includes(`default: ${defaultValue ?? "none"}; env: ${env}`), `${flag}: ${text}`);
    }
    assert.ok(help.split("\n").every((line) => line.length <= 100));
  });
});
