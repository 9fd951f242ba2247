import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmod, writeFile } from "node:fs/promises";
import path from "node:path";
import { root } from "../../../scripts/lib/root.mjs";
import { endWithUs } from "../../kit/children.ts";
import { scratchFolder } from "../../kit/scratch-folder.ts";
import { command } from "./command.ts";
import { serveControlPlane, type ServedControlPlane } from "./served-control-plane.ts";

describe("completion", () => {
  let served: ServedControlPlane;
  before(async () => {
    served = await serveControlPlane();
    await served.run(["apply", "-f", "-"], "type: Mesh\nname: demo\n---\ntype: MeshHealthCheck\nmesh: demo\nname: web-check\nspec: {to: [{targetRef: {kind: Mesh}, default: {tcp: {}}}]}\n");
  });
  after(() => served.stop());

  const complete = async (...words: readonly string[]): Promise<readonly string[]> => {
    const { status, out, err } = await served.run(["__complete", "--", ...words]);
    assert.deepEqual([status, err], [0, ""]);
    return out.split("\n").filter((line) => line !== "").map((line) => line.split("\t")[0] ?? "");
  };

  it("knows commands, those below commands, and hides its own", async () => {
    assert.deepEqual(await complete("de"), ["delete"]);
    assert.deepEqual(await complete("config", "control-planes", "s"), ["switch"]);
    assert.ok(!(await complete("")).some((word) => word.startsWith("_")));
  });

  it("knows options and the values that they may have", async () => {
    assert.deepEqual(await complete("get", "--out"), ["--output"]);
    assert.deepEqual(await complete("get", "mhc", "-o", "ya"), ["yaml"]);
    assert.deepEqual(await complete("wait", "--for", "prog"), ["programmed"]);
  });

  it("knows kinds by all their words, and names from the control plane, in the mesh that was said", async () => {
    assert.deepEqual(await complete("get", "meshhealth"), ["meshhealthcheck", "meshhealthchecks"]);
    assert.deepEqual(await complete("delete", "-m", "demo", "mhc", ""), ["web-check"]);
    assert.deepEqual(await complete("wait", "--mesh=demo", "mhc/w"), ["mhc/web-check"]);
    assert.deepEqual(await complete("get", "mhc", "--mesh", "d"), ["default", "demo"]);
  });

  it("leaves files to the shell", async () => {
    assert.deepEqual(await complete("apply", "-f", ""), [":files"]);
  });

  it("says nothing when the control plane does not answer", async () => {
    assert.deepEqual(await complete("get", "mhc", "--address", "http://127.0.0.1:1", ""), []);
  });

  for (const [shell, marks] of [["bash", /complete -F _probeplane probeplane/], ["zsh", /^#compdef probeplane/], ["fish", /complete -c probeplane/]] as const) {
    it(`has a script for ${shell} that the shell can read`, async function () {
      const { status, out } = await command(["completion", shell]);
      assert.equal(status, 0);
      assert.match(out, marks);
      const checked = spawnSync(shell, ["-n"], { input: out, encoding: "utf8" });
      if (checked.error === undefined) assert.deepEqual([checked.status, checked.stderr], [0, ""]);
    });
  }

  it("completes in a bash", async () => {
    const folder = await scratchFolder("bin");
    const program = path.join(folder, "probeplane");
    await writeFile(program, `#!/bin/sh\ncd ${JSON.stringify(root)} && exec ${JSON.stringify(process.execPath)} --import=tsx src/main/probeplane.ts "$@"\n`);
    await chmod(program, 0o755);
    const script = `${(await command(["completion", "bash"])).out}
COMP_WORDS=(probeplane get mhc -m demo we); COMP_CWORD=5; _probeplane; echo "\${COMPREPLY[@]}"
`;
    const env = { ...process.env, PATH: `${folder}:${process.env["PATH"] ?? ""}`, PROBEPLANE_ADDRESS: served.address, XDG_CONFIG_HOME: folder };
    // The server is in this process: it has to be able to answer while the shell runs.
    const child = spawn("bash", ["--norc", "-c", script], { env, stdio: ["ignore", "pipe", "inherit"] });
    endWithUs(child);
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    await new Promise((resolve) => child.once("close", resolve));
    assert.equal(out, "web-check\n");
  });
});
