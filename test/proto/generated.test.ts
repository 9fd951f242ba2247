import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

describe("src/core/proto", () => {
  const fresh = mkdtempSync(path.join(tmpdir(), "probeplane-proto-"));
  after(() => { rmSync(fresh, { recursive: true }); });

  it("is what scripts/generate-proto.mjs makes of proto/", () => {
    const run = spawnSync(process.execPath, [path.join(root, "scripts/generate-proto.mjs"), "--out", fresh], { encoding: "utf8" });
    assert.equal(run.status, 0, run.stderr);
    const committed = path.join(root, "src/core/proto");
    const files = filesIn(fresh);
    assert.ok(files.length > 25);
    assert.deepEqual(filesIn(committed), files);
    const differing = files.filter((file) => readFileSync(path.join(committed, file), "utf8") !== readFileSync(path.join(fresh, file), "utf8"));
    assert.deepEqual(differing, [], "run: node scripts/generate-proto.mjs");
  });
});

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts")).sort();
}
