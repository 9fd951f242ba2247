import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { symlink } from "node:fs/promises";
import path from "node:path";
import { jqBinary, JqUnavailable } from "../../scripts/lib/jq-binary.ts";
import { scratchFolder } from "../kit/scratch-folder.ts";
import { skipBecause } from "../kit/skip.ts";

describe("where the tests' jq comes from", () => {
  it("is the machine's", async () => {
    const folder = await scratchFolder("jq");
    await symlink(process.execPath, path.join(folder, "jq"));
    assert.equal(await jqBinary({ path: `/nowhere${path.delimiter}${folder}` }), path.join(folder, "jq"));
  });

  it("is built where the machine has none, and reads what the pages show", async function () {
    const built = await jqBinary({ path: "" }).catch((error: unknown) => {
      if (error instanceof JqUnavailable) return skipBecause(this, error.message);
      throw error;
    });
    const pod = { spec: { containers: [{ name: "nginx", readinessProbe: { httpGet: { port: 80 } } }, { name: "istio-proxy" }] } };
    const said = execFileSync(built, ['.spec.containers[] | select(.name=="nginx") | .readinessProbe.httpGet'], { input: JSON.stringify(pod), encoding: "utf8" });
    assert.deepEqual(JSON.parse(said), { port: 80 });
  });

  it("cannot be had without Go, and says what helps", async () => {
    const none = { path: "", go: "/nowhere/go", cacheDir: await scratchFolder("jq") };
    await assert.rejects(jqBinary(none), (error) => error instanceof JqUnavailable && error.message.includes("install jq, or Go"));
  });
});
