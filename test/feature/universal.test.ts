import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { root } from "../../scripts/lib/root.mjs";
import { parseResource } from "../../src/core/policy/parse-resource.ts";
import { describeOptions } from "../../src/edge/config/describe-options.ts";
import { loadConfig } from "../../src/edge/config/load-config.ts";
import { readDocuments } from "../../src/edge/source/read-documents.ts";
import { program } from "../../src/main/program.ts";
import { scratchFolder } from "../kit/scratch-folder.ts";
import { skipBecause } from "../kit/skip.ts";

const run = promisify(execFile);
const folder = path.join(root, "deploy", "universal");
const textOf = (name: string): Promise<string> => readFile(path.join(folder, name), "utf8");

/** Names of commands, each with the flags that it has. */
async function knownFlags(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const silent = { out: () => undefined, err: () => undefined, readInput: () => Promise.resolve(new Uint8Array()), inputStream: () => Readable.from([]), env: {} };
  const { commands } = await program(silent, () => undefined);
  const ofRun = describeOptions().map(({ flag }) => flag);
  return new Map(commands.map((command) => {
    const flags = command.options.flatMap(({ short, long }) => [short, long]).filter((flag) => typeof flag === "string");
    return [command.name(), new Set(command.name() === "run" ? ofRun : flags)];
  }));
}

/** What is wrong with the command lines of probeplane in a text. */
async function unknownIn(text: string): Promise<readonly string[]> {
  const flags = await knownFlags();
  return [...text.matchAll(/(?:^|\/usr\/bin\/)probeplane ((?!--)[a-z]+)(.*)$/gm)].flatMap(([, name = "", rest = ""]) => {
    const known = flags.get(name);
    if (known === undefined) return [`no command ${name}`];
    return rest.split(" ").filter((word) => word.startsWith("-") && !known.has(word)).map((flag) => `${name} has no ${flag}`);
  });
}

describe("deploy/universal", () => {
  it("has a configuration that loads", async () => {
    const loaded = loadConfig([], {}, { name: "control-plane.yaml", text: await textOf("control-plane.yaml") });
    assert.deepEqual(loaded.ok ? [] : loaded.problems, []);
  });

  it("has resources that are valid", async () => {
    const policies = (await readdir(path.join(folder, "policies"))).map((name) => path.join("policies", name));
    assert.ok(policies.length >= 5);
    for (const name of ["backend-1.yaml", "web-1.yaml", "web-to-backend.yaml", ...policies, "../kubernetes/istio-defaults.yaml"]) {
      for (const document of readDocuments(await textOf(name), name)) {
        assert.ok(document.ok);
        const parsed = parseResource(document.value);
        assert.deepEqual(parsed.ok ? parsed.notices : parsed.violations, [], name);
      }
    }
  });

  it("has units that systemd takes", async function () {
    const analyze = "/usr/bin/systemd-analyze";
    await run(analyze, ["--version"]).catch(() => skipBecause(this, "systemd-analyze is not there"));
    const scratch = await scratchFolder("units");
    const units = (await readdir(folder)).filter((name) => name.endsWith(".service"));
    assert.equal(units.length, 2);
    for (const unit of units) {
      // What is not installed on this machine is no fault of the unit.
      const text = (await textOf(unit)).replaceAll(/ExecStart=\S+/g, "ExecStart=/bin/true");
      await writeFile(path.join(scratch, unit), text);
      await copyFile(path.join(scratch, unit), path.join(scratch, unit.replace("@.", "@backend-1.")));
      const { stderr } = await run(analyze, ["verify", path.join(scratch, unit.replace("@.", "@backend-1."))]);
      assert.equal(stderr.split("\n").filter((line) => line.includes(unit.split(/[@.]/)[0] ?? "")).join("\n"), "");
    }
  });

  it("has units and a worked example whose commands and options there are", async () => {
    const units = await Promise.all(["probeplane.service", "probeplane-proxy@.service"].map(textOf));
    const page = await readFile(path.join(root, "docs", "universal.md"), "utf8");
    assert.deepEqual((await Promise.all([...units, page].map(unknownIn))).flat(), []);
    const files = [...page.matchAll(/deploy\/universal\/([\w@.-]+)/g)].map(([, name = ""]) => name);
    assert.ok(files.length > 4);
    for (const name of files) await textOf(name);
  });
});
