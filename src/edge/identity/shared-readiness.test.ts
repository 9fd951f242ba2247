import assert from "node:assert/strict";
import { scratchFolder } from "../../../test/kit/scratch-folder.ts";
import { createRecordingLog } from "../../../test/kit/silent-log.ts";
import { waitUntil } from "../../../test/kit/wait-until.ts";
import type { ResourceKey } from "../../core/model/resource.ts";
import type { SecretStore } from "../access/key-ring.ts";
import { secretOf } from "../access/secret-of.ts";
import { watchSecrets } from "../access/secret-watch.ts";
import type { SharedReadiness } from "../pipeline/port.ts";
import { createMemoryStore } from "../source/memory/memory-store.ts";
import type { Store } from "../source/port.ts";
import { openSqliteStore } from "../source/sqlite/sqlite-store.ts";
import { StoreConflict } from "../source/store-error.ts";
import { shareReadiness } from "./shared-readiness.ts";

const key: ResourceKey = { kind: "Secret", mesh: "default", name: "identity-ready-default" };

/** A control plane's side of it. */
interface Side extends SharedReadiness {
  readonly log: ReturnType<typeof createRecordingLog>;
  /** How often it was told that something changed. */
  readonly changes: () => number;
}

const watches: { close(): void }[] = [];

/** `written`: where it reads and writes the list, when that is not the store itself. */
async function side(store: Store, written: SecretStore = store): Promise<Side> {
  const [secrets, log] = [watchSecrets(store), createRecordingLog()];
  watches.push(secrets);
  await secrets.ready;
  let count = 0;
  const shared = shareReadiness(written, secrets, log);
  shared.onChange(() => count++);
  return { ...shared, log, changes: () => count };
}

/** The store, as somebody has it who loses the first races: each write comes after one of `rival`. */
function losing(store: Store, races: number, rival: (race: number) => Promise<unknown>): SecretStore & { readonly conflicts: () => number } {
  let [raced, conflicts] = [0, 0];
  return {
    get: (of) => store.get(of),
    list: (kind, mesh) => store.list(kind, mesh),
    async put(resource, options) {
      if (raced < races) await rival(raced++);
      try {
        return await store.put(resource, options);
      } catch (error) {
        if (error instanceof StoreConflict) conflicts++;
        throw error;
      }
    },
    conflicts: () => conflicts,
  };
}

async function reads(side: SharedReadiness, ...names: readonly string[]): Promise<void> {
  await waitUntil(`the list is ${names.join(", ")}`, () => side.read("default").join() === names.join());
}

function putNames(store: Store, names: readonly string[]): Promise<unknown> {
  return store.put(secretOf(key, JSON.stringify(names)));
}

const stores: Readonly<Record<string, (dataDir: string) => Store>> = { memory: () => createMemoryStore(), sqlite: (dataDir) => openSqliteStore({ dataDir }) };

for (const [kind, open] of Object.entries(stores)) {
  describe(`the list of proxies that take mutual TLS, in the ${kind} store`, () => {
    let folder: string;
    let store: Store;
    beforeEach(async () => {
      folder = await scratchFolder("readiness");
      store = open(folder);
    });
    afterEach(async () => {
      for (const watch of watches.splice(0)) watch.close();
      await store.close();
    });

    it("is the same for all control planes, and each is told of what another adds", async () => {
      const [one, other] = [await side(store), await side(store)];
      assert.deepEqual(one.read("default"), []);
      one.add("default", ["web-2", "web-1"]);
      await reads(other, "web-1", "web-2");
      assert.ok(other.changes() > 0);
      other.add("default", ["backend-1", "web-1"]);
      await reads(one, "backend-1", "web-1", "web-2");
      assert.deepEqual(one.read("another"), []);
      assert.deepEqual([...one.log.lines, ...other.log.lines], []);
    });

    it("loses nothing of what is added at the same time", async () => {
      const sides = await Promise.all([side(store), side(store), side(store)]);
      for (const i of [0, 1, 2, 3]) for (const [at, each] of sides.entries()) each.add("default", [`p-${at}-${i}`]);
      const all = [0, 1, 2].flatMap((at) => [0, 1, 2, 3].map((i) => `p-${at}-${i}`));
      for (const each of sides) await reads(each, ...all);
      assert.deepEqual(sides.flatMap(({ log }) => log.lines), []);
    });

    it("is written anew by one whose write came second, with what the first has written", async () => {
      const raced = losing(store, 3, (race) => putNames(store, [`rival-${race}`]));
      const one = await side(store, raced);
      one.add("default", ["web-1"]);
      await reads(one, "rival-2", "web-1");
      assert.equal(raced.conflicts(), 3);
      assert.deepEqual(one.log.lines, []);
    });

    it("says so when it is never first, and goes on with what comes next", async () => {
      const one = await side(store, losing(store, 8, (race) => putNames(store, [`rival-${race}`])));
      one.add("default", ["web-1"]);
      one.add("default", ["web-2"]);
      await reads(one, "rival-7", "web-2");
      assert.deepEqual(one.log.lines.map(({ level, message }) => `${level} ${message}`), ["warn cannot tell other control planes which proxies take mutual TLS"]);
    });

    it("is empty after one has cleared it, whoever added to it", async () => {
      const [one, other] = [await side(store), await side(store)];
      one.add("default", ["web-1"]);
      await reads(other, "web-1");
      other.clear("default");
      await reads(one);
      one.add("default", ["web-2"]);
      await reads(other, "web-2");
    });

    it("is taken for empty where it cannot be read, and mended by the next that adds to it", async () => {
      const one = await side(store);
      for (const text of ["no JSON", "{}", "null"]) {
        await store.put(secretOf(key, text));
        await reads(one);
        one.add("default", ["web-1"]);
        await reads(one, "web-1");
      }
    });

    it("is not written again for what is in it already", async () => {
      const one = await side(store);
      one.add("default", ["web-1"]);
      await reads(one, "web-1");
      const before = await store.get(key);
      one.add("default", ["web-1"]);
      one.add("another", ["web-1"]);
      await waitUntil("the other mesh has it", () => one.read("another").length === 1);
      assert.equal((await store.get(key))?.modificationTime, before?.modificationTime);
    });
  });
}

describe("the list of proxies that take mutual TLS, after a restart", () => {
  it("is what it was before", async () => {
    const dataDir = await scratchFolder("readiness");
    const before = openSqliteStore({ dataDir });
    const one = await side(before);
    one.add("default", ["web-1", "web-2"]);
    await reads(one, "web-1", "web-2");
    await before.close();
    const after = openSqliteStore({ dataDir });
    const anew = await side(after);
    assert.deepEqual(anew.read("default"), ["web-1", "web-2"]);
    anew.add("default", ["web-3"]);
    await reads(anew, "web-1", "web-2", "web-3");
    for (const watch of watches.splice(0)) watch.close();
    await after.close();
  });
});
