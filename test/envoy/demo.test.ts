import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { root } from "../../scripts/lib/root.mjs";
import { endWithUs } from "../kit/children.ts";
import { envoyFor } from "../kit/envoy-binary.ts";
import { Output } from "../kit/output.ts";

interface Told {
  readonly status: number;
  readonly lines: readonly string[];
}

async function demo(...options: readonly string[]): Promise<Told> {
  const child = spawn(process.execPath, [path.join(root, "scripts/demo.mjs"), ...options], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  endWithUs(child);
  const output = new Output(child);
  const [status] = (await once(child, "close")) as [number];
  return { status, lines: output.lines };
}

/** The numbers of the expectations that a line of this kind tells of. */
function numbers({ lines }: Told, word: "PASS" | "FAIL"): readonly number[] {
  return lines.flatMap((line) => (new RegExp(`^ *(\\d+) ${word} `).exec(line)?.[1] ?? [])).map(Number);
}

describe("the demo", () => {
  before(async function () {
    await envoyFor(this);
  });

  it("ends with status 0 when every expectation held, of which there are at least twelve", async () => {
    const told = await demo("--once");
    assert.deepEqual([told.status, numbers(told, "FAIL")], [0, []], told.lines.join("\n"));
    const held = numbers(told, "PASS");
    assert.ok(held.length >= 12);
    assert.deepEqual(held, held.map((_number, index) => index + 1));
  });

  it("fails when nothing is broken: what it expects of faults, it sees in the Envoys", async () => {
    const told = await demo("--once", "--no-faults");
    assert.equal(told.status, 1, told.lines.join("\n"));
    const faultLines = told.lines.filter((line) => / FAIL .*: it (leaves|comes back)/.test(line));
    assert.equal(faultLines.length, 10, told.lines.join("\n"));
  });

  it("holds in a mesh that takes nothing but mutual TLS, others are kept out, and certificates are renewed", async () => {
    const told = await demo("--once", "--mtls", "--short");
    assert.deepEqual([told.status, numbers(told, "FAIL")], [0, []], told.lines.join("\n"));
    for (const what of [/PASS .*in plain text .* is refused/, /PASS .*certificate of another mesh is refused/, /PASS .*gets another certificate/, /PASS .*tried again on another one/]) {
      assert.ok(told.lines.some((line) => what.test(line)), String(what));
    }
  });
});
