import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import path from "node:path";
import { root } from "../../../scripts/lib/root.mjs";
import { endChild, endWithUs } from "../../kit/children.ts";
import { Output } from "../../kit/output.ts";
import { waitUntil } from "../../kit/wait-until.ts";
import { serveControlPlane, type ServedControlPlane } from "./served-control-plane.ts";

const policy = (name: string, path = "/"): string => JSON.stringify({ type: "MeshHealthCheck", mesh: "default", name, spec: { to: [{ targetRef: { kind: "Mesh" }, default: { http: { path } } }] } });

describe("get --watch", () => {
  let served: ServedControlPlane;
  before(async () => (served = await serveControlPlane()));
  after(() => served.stop());

  it("shows what there is, then each that is new or otherwise, and what is gone", async () => {
    await served.run(["apply", "-f", "-"], policy("first"));
    const words = ["get", "mhc", "-o", "name", "--watch", "--watch-interval", "50ms", "--address", served.address];
    const child = spawn(process.execPath, ["--import=tsx", path.join(root, "src/main/probeplane.ts"), ...words], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    endWithUs(child);
    const output = new Output(child);
    const seen = async (count: number): Promise<readonly string[]> => {
      await waitUntil(`${count} lines`, () => output.lines.length >= count);
      return output.lines;
    };
    assert.deepEqual(await seen(1), ["mhc/first"]);
    await served.run(["apply", "-f", "-"], policy("second"));
    assert.deepEqual(await seen(2), ["mhc/first", "mhc/second"]);
    await served.run(["apply", "-f", "-"], policy("first", "/other"));
    assert.deepEqual((await seen(3)).at(-1), "mhc/first");
    await served.run(["delete", "mhc", "second"]);
    assert.deepEqual((await seen(4)).at(-1), 'deleted MeshHealthCheck "second"');
    await endChild(child);
  });
});
