import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "libsql";
import { openSqliteStore, type SqliteStoreOptions } from "../../../src/edge/source/sqlite/sqlite-store.ts";
import { StoreUnavailable } from "../../../src/edge/source/store-error.ts";
import { endChild, endWithUs } from "../../kit/children.ts";
import { Output } from "../../kit/output.ts";
import { waitUntil } from "../../kit/wait-until.ts";
import { record } from "../recorder.ts";
import { policy } from "../sample-resources.ts";
import { temporaryFolder } from "../temporary-folder.ts";

describe("sqlite store: faults", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let file: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
    file = join(folder.path, "probeplane.db");
  });
  afterEach(async () => {
    await folder.remove();
  });

  async function storeWith(...names: readonly string[]): Promise<void> {
    const store = openSqliteStore({ dataDir: folder.path });
    for (const name of names) await store.put(policy(name));
    await store.close();
  }

  function refusal(options: Partial<SqliteStoreOptions> = {}): StoreUnavailable {
    try {
      void openSqliteStore({ dataDir: folder.path, ...options }).close();
    } catch (error) {
      assert.ok(error instanceof StoreUnavailable, String(error));
      return error;
    }
    assert.fail("was opened");
  }

  it("finds what it stored when it is opened again, times and labels included", async () => {
    const store = openSqliteStore({ dataDir: folder.path });
    const { resource } = await store.put(policy("a"));
    await store.close();
    const again = openSqliteStore({ dataDir: folder.path });
    assert.deepEqual(await again.get(policy("a")), resource);
    assert.equal((await again.put(policy("a"))).outcome, "unchanged");
    await again.close();
  });

  it("leaves one process at a time in, and tells the second who the first is", async () => {
    const writer = spawn(process.execPath, ["--import", "tsx", fileURLToPath(new URL("writer-child.ts", import.meta.url)), folder.path, "x"]);
    endWithUs(writer);
    const output = new Output(writer);
    await waitUntil("the first process has the store", () => output.lines.includes("open"));
    const { reason, message } = refusal();
    await endChild(writer);
    assert.equal(reason, "in-use");
    assert.ok(message.includes(folder.path) && message.includes(`pid ${String(writer.pid)}`), message);
    await openSqliteStore({ dataDir: folder.path }).close();
  });

  it("refuses a second store in the same process, too", async () => {
    const store = openSqliteStore({ dataDir: folder.path });
    assert.equal(refusal().reason, "in-use");
    await store.put(policy("a"));
    await store.close();
  });

  it("names a file that is no store, and leaves it as it is", async () => {
    await writeFile(file, "not a database, but somebody's only copy\n".repeat(500));
    const before = await readFile(file);
    const { reason, message } = refusal();
    assert.equal(reason, "corrupt");
    assert.ok(message.includes(file) && /move it .* backup/.test(message), message);
    assert.deepEqual(await readFile(file), before);
  });

  it("finds a damaged page when it opens, and leaves the file as it is", async () => {
    await storeWith(...Array.from({ length: 300 }, (_, i) => `policy-${i}`));
    const damaged = await readFile(file);
    damaged.fill(0xff, 4096 * 3, 4096 * 5);
    await writeFile(file, damaged);
    const { reason, message } = refusal();
    assert.equal(reason, "corrupt");
    assert.ok(message.includes(file), message);
    assert.deepEqual(await readFile(file), damaged);
  });

  it("finds a file that was cut off", async () => {
    await storeWith(...Array.from({ length: 300 }, (_, i) => `policy-${i}`));
    const whole = await readFile(file);
    await writeFile(file, whole.subarray(0, 4096 * 4));
    assert.equal(refusal().reason, "corrupt");
    assert.equal((await readFile(file)).length, 4096 * 4);
  });

  it("refuses another program's database and one of a newer release", async () => {
    const foreign = new Database(file);
    foreign.exec("CREATE TABLE songs (name TEXT)");
    foreign.close();
    const songs = await readFile(file);
    assert.equal(refusal().reason, "not-a-store");
    assert.deepEqual(await readFile(file), songs);
    await rename(file, `${file}.songs`);
    await storeWith("a");
    const newer = new Database(file);
    newer.exec("INSERT INTO schema_version (version, applied_at) VALUES (99, '')");
    newer.close();
    const written = await readFile(file);
    const { reason, message } = refusal();
    assert.equal(reason, "newer");
    assert.match(message, /schema version 99/);
    assert.deepEqual(await readFile(file), written);
  });

  it("reports a row that it cannot read, keeps it, and takes a new version in its place", async () => {
    await storeWith("a", "b", "c");
    edit("UPDATE resources SET document = '{broken' WHERE name = 'a'");
    edit(`UPDATE resources SET document = '{"type":"MeshHealthCheck","mesh":"default","name":"b","spec":{"to":7}}' WHERE name = 'b'`);
    const store = openSqliteStore({ dataDir: folder.path });
    const problems = record(store.problems);
    assert.deepEqual(problems.told.at(-1)?.map(({ origin }) => origin), ["row MeshHealthCheck/default/a", "row MeshHealthCheck/default/b"]);
    assert.deepEqual((await store.list("MeshHealthCheck")).map(({ name }) => name), ["c"]);
    assert.equal((await store.put(policy("a"))).outcome, "created");
    assert.equal(await store.delete(policy("b")), true);
    assert.deepEqual(problems.told.at(-1), []);
    await store.close();
    await reopened(["a", "c"]);
  });

  it("fails the writes that do not fit on a full disk, keeps the rest, and goes on when there is space again", async () => {
    const store = openSqliteStore({ dataDir: folder.path, maxPages: 40 });
    const events = record(store.events);
    const names = Array.from({ length: 400 }, (_, i) => `policy-${String(i).padStart(3, "0")}`);
    const results = await Promise.allSettled(names.map(async (name) => await store.put(policy(name))));
    const accepted = names.filter((_, i) => results[i]?.status === "fulfilled");
    const failure = results.find((result) => result.status === "rejected");
    assert.ok(accepted.length > 50 && accepted.length < 400, String(accepted.length));
    assert.ok(failure?.reason instanceof StoreUnavailable && failure.reason.reason === "full", String(failure?.reason));
    assert.match(failure.reason.message, /probeplane\.db.*nothing acknowledged is lost/);
    assert.deepEqual((await store.list("MeshHealthCheck")).map(({ name }) => name), accepted);
    assert.equal(events.told.length, 1 + accepted.length);
    for (const name of accepted.slice(0, 50)) await store.delete(policy(name));
    assert.equal((await store.put(policy("later"))).outcome, "created");
    await store.close();
    await reopened(["later", ...accepted.slice(50)]);
  });

  it("says that a folder cannot be written to, and changes nothing", async () => {
    await storeWith("a");
    await readOnly(() => {
      const { reason, message } = refusal();
      assert.equal(reason, "read-only");
      assert.ok(message.includes(file) && message.includes("writable"), message);
      assert.equal(refusal({ dataDir: join(folder.path, "below") }).reason, "read-only");
    });
    await reopened(["a"]);
  });

  it("refuses to write when its file was removed or replaced under it", async () => {
    const store = openSqliteStore({ dataDir: folder.path });
    await store.put(policy("a"));
    await mkdir(join(folder.path, "away"));
    await rename(file, join(folder.path, "away", "probeplane.db"));
    await assert.rejects(store.put(policy("b")), /removed or replaced/);
    await store.close();
  });

  it("makes its folder for its user alone, and leaves no note behind when it is closed", async () => {
    const dataDir = join(folder.path, "a", "b");
    const store = openSqliteStore({ dataDir });
    assert.ok((await readdir(dataDir)).includes("probeplane.pid"));
    assert.equal(readFileSync(join(dataDir, "probeplane.pid"), "utf8"), `${process.pid}\n`);
    await store.close();
    assert.deepEqual(await readdir(dataDir), ["probeplane.db"]);
  });

  function edit(statement: string): void {
    const database = new Database(file);
    database.exec(statement);
    database.close();
  }

  async function reopened(names: readonly string[]): Promise<void> {
    const store = openSqliteStore({ dataDir: folder.path });
    assert.deepEqual((await store.list("MeshHealthCheck")).map(({ name }) => name), names);
    await store.close();
  }

  /** Runs with a folder that this process may only read. Root may write everywhere, so it is somebody else meanwhile. */
  async function readOnly(act: () => void): Promise<void> {
    await chmod(folder.path, 0o555);
    await chmod(file, 0o444);
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      act();
    } finally {
      if (isRoot) process.seteuid?.(0);
      await chmod(folder.path, 0o700);
      await chmod(file, 0o600);
    }
  }
});
