import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { endWithUs } from "../../kit/children.ts";
import { skipBecause } from "../../kit/skip.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const child = fileURLToPath(new URL("full-disk-child.ts", import.meta.url));

describe("sqlite store: a disk that is really full", () => {
  it("acknowledges nothing that it loses, can be opened while full, and goes on when there is room", async function () {
    const unshare = namespaceCommand() ?? skipBecause(this, "needs unshare(1) and the right to mount in a namespace of its own");
    const folder = await temporaryFolder();
    const script = 'mount -t tmpfs -o size=800k none "$1" && for phase in fill go-on; do "$2" --import tsx "$3" "$1" $phase || exit; done';
    const running = promisify(execFile)("unshare", [...unshare, "sh", "-c", script, "sh", folder.path, process.execPath, child]);
    endWithUs(running.child);
    const [filled, wentOn] = (await running).stdout.trim().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
    const acknowledged = filled?.["acknowledged"] as string[];
    assert.equal(filled?.["failure"], "full");
    assert.ok(acknowledged.length > 50, String(acknowledged.length));
    assert.deepEqual(wentOn, { found: acknowledged.sort(), failure: "full", outcome: "created" });
    await folder.remove();
  });
});

/** How to get a namespace in which we may mount: as root, else as root of a user namespace. */
function namespaceCommand(): readonly string[] | undefined {
  return [["-m"], ["-rm"]].find((flags) => spawnSync("unshare", [...flags, "sh", "-c", "mount -t tmpfs none /tmp"]).status === 0);
}
