import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, stat } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { openSqliteStore } from "../../../src/edge/source/sqlite/sqlite-store.ts";
import { endWithUs } from "../../kit/children.ts";
import { Output } from "../../kit/output.ts";
import { waitUntil } from "../../kit/wait-until.ts";
import { mesh } from "../sample-resources.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const child = fileURLToPath(new URL("writer-child.ts", import.meta.url));

describe("sqlite store: durability", () => {
  it("has every acknowledged write after each of ten kills in the middle of writing", async () => {
    const folder = await temporaryFolder();
    const acknowledged: string[] = [];
    for (let round = 0; round < 10; round++) {
      const names = await writeUntilKilled(folder.path, `round-${round}`, 5 + Math.floor(Math.random() * 150));
      assert.ok(names.length > 0);
      acknowledged.push(...names);
      const store = openSqliteStore({ dataDir: folder.path });
      const stored = new Set((await store.list("MeshHealthCheck")).map(({ name }) => name));
      await store.close();
      assert.deepEqual(acknowledged.filter((name) => !stored.has(name)), []);
    }
    await folder.remove();
  });

  it("keeps its file, in which keys lie, for its owner alone, whatever the folder and the file were before", async () => {
    const folder = await temporaryFolder();
    await chmod(folder.path, 0o755);
    const file = path.join(folder.path, "probeplane.db");
    for (const before of [undefined, 0o644]) {
      if (before !== undefined) await chmod(file, before);
      const store = openSqliteStore({ dataDir: folder.path });
      await store.put(mesh("a"));
      for (const name of [file, `${file}-wal`]) assert.equal((await stat(name)).mode & 0o777, 0o600, name);
      await store.delete(mesh("a"));
      await store.close();
    }
    await folder.remove();
  });
});

/** Names that were acknowledged before the writer was killed, `afterMs` after its first acknowledgement. */
async function writeUntilKilled(dataDir: string, prefix: string, afterMs: number): Promise<readonly string[]> {
  const writer = spawn(process.execPath, ["--import", "tsx", child, dataDir, prefix], { stdio: ["ignore", "pipe", "pipe"] });
  endWithUs(writer);
  const output = new Output(writer);
  const closed = once(writer, "close");
  await waitUntil("a write is acknowledged", () => {
    assert.equal(writer.exitCode, null, output.tail());
    return output.lines.some((line) => line.startsWith(prefix));
  }, { everyMs: 2 });
  setTimeout(() => writer.kill("SIGKILL"), afterMs);
  await closed;
  return output.lines.filter((line) => line.startsWith(prefix));
}
