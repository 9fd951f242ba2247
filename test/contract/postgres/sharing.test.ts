import assert from "node:assert/strict";
import { StoreConflict } from "../../../src/edge/source/store-error.ts";
import { ask, sharedPostgres, type DatabaseServer } from "../../kit/postgres.ts";
import { waitUntil } from "../../kit/wait-until.ts";
import { record } from "../recorder.ts";
import { policy } from "../sample-resources.ts";
import { intervalOf } from "../source-contract.ts";
import { changesOf, openStore, untilEqual, untilTold, type OpenStore } from "./stores.ts";

describe("several control planes on one PostgreSQL", () => {
  let server: DatabaseServer;
  let url: string;
  let open: OpenStore[];
  before(async function () {
    server = await sharedPostgres(this);
  });
  beforeEach(async () => {
    url = await server.createDatabase();
    open = [];
  });
  afterEach(async () => {
    await Promise.all(open.map(({ store }) => store.close()));
  });

  async function opened(count: number, options: Parameters<typeof openStore>[1] = {}): Promise<OpenStore[]> {
    const stores = await Promise.all(Array.from({ length: count }, () => openStore(url, options)));
    open.push(...stores);
    return stores;
  }

  it("make the schema once when they start at once, and are one store", async () => {
    const stores = await opened(5);
    assert.equal(new Set(stores.map(({ store }) => store.storeId())).size, 1);
    assert.deepEqual(await ask(url, "SELECT count(*)::int AS n, max(version) AS v FROM probeplane.store"), [{ n: 1, v: 1 }]);
  });

  it("tell what is made, changed and removed through another, each once, with the same times", async () => {
    const [a, b, c] = await opened(3) as [OpenStore, OpenStore, OpenStore];
    await a.store.put(policy("x", "10s"));
    for (const each of [b, c]) await untilTold(each, "MeshHealthCheck/default/x=10s");
    const { resource } = await b.store.put(policy("x", "20s"));
    for (const each of [a, c]) await untilTold(each, "MeshHealthCheck/default/x=20s");
    assert.deepEqual(await a.store.get(policy("x")), resource);
    await c.store.delete(policy("x"));
    for (const each of [a, b]) await untilTold(each, "-MeshHealthCheck/default/x");
    for (const each of [a, b, c]) {
      assert.deepEqual(changesOf(each), ["MeshHealthCheck/default/x=10s", "MeshHealthCheck/default/x=20s", "-MeshHealthCheck/default/x"]);
    }
  });

  it("let one of two writers with the same expectation win, whichever control plane they write through", async () => {
    const stores = await opened(2);
    const { resource } = await stores[0]!.store.put(policy("x", "1s"));
    const expectedModificationTime = resource.modificationTime ?? "";
    for (let round = 2; round < 12; round++) await stores[0]!.store.put(policy(`other-${round}`));
    const tries = stores.flatMap(({ store }) => ["2s", "3s"].map((interval) => store.put(policy("x", interval), { expectedModificationTime })));
    const results = await Promise.allSettled(tries);
    assert.equal(results.filter(({ status }) => status === "fulfilled").length, 1);
    for (const result of results) assert.ok(result.status === "fulfilled" || result.reason instanceof StoreConflict);
  });

  it("show a writer who was refused, or had nothing to change, what the other has written", async () => {
    const [a, b] = await opened(2) as [OpenStore, OpenStore];
    const { resource } = await a.store.put(policy("x", "1s"));
    await assert.rejects(b.store.put(policy("x", "2s"), { expectedModificationTime: "2020-01-01T00:00:00.000Z" }), StoreConflict);
    assert.deepEqual(await b.store.get(policy("x")), resource);
    const { resource: second } = await b.store.put(policy("x", "3s"));
    assert.equal((await a.store.put(policy("x", "3s"))).outcome, "unchanged");
    assert.deepEqual(await a.store.get(policy("x")), second);
  });

  it("end up with the same when all write the same few keys at once", async () => {
    const stores = await opened(4);
    await Promise.all(stores.map(async ({ store }, who) => {
      for (let round = 0; round < 40; round++) {
        const name = `policy-${round % 5}`;
        if (round % 7 === who) await store.delete(policy(name));
        else await store.put(policy(name, `${who * 100 + round + 1}s`));
      }
    }));
    const { store } = stores[0]!;
    const last = await store.put(policy("last"));
    for (const each of stores) await untilTold(each, "MeshHealthCheck/default/last=10s");
    await untilEqual(stores);
    const expected = await store.list("MeshHealthCheck");
    assert.equal(expected.find(({ name }) => name === "last")?.modificationTime, last.resource.modificationTime);
    const rows = await ask(url, "SELECT name, document FROM probeplane.resources ORDER BY name");
    assert.deepEqual(rows.map(({ name }) => name), expected.map(({ name }) => name));
  });

  it("start with what is there, told as one state", async () => {
    const [a] = await opened(1) as [OpenStore];
    await Promise.all(Array.from({ length: 50 }, (_, i) => a.store.put(policy(`policy-${i}`))));
    const [late] = await opened(1) as [OpenStore];
    assert.deepEqual(late.events.told.map((event) => (event.type === "state" ? event.resources.length : event.type)), [50]);
    assert.deepEqual(await late.store.list("MeshHealthCheck"), await a.store.list("MeshHealthCheck"));
  });

  it("repair a lost notification at the next look", async () => {
    const [a, b] = await opened(2, { resyncMs: 100 }) as [OpenStore, OpenStore];
    await a.store.put(policy("x", "10s"));
    await a.store.put(policy("y", "10s"));
    await untilTold(b, "MeshHealthCheck/default/y=10s");
    await ask(url, `BEGIN; UPDATE probeplane.store SET revision = revision + 1;
      UPDATE probeplane.resources SET document = replace(document, '10s', '30s'), revision = (SELECT revision FROM probeplane.store) WHERE name = 'x';
      DELETE FROM probeplane.resources WHERE name = 'y';
      INSERT INTO probeplane.removed (kind, mesh, name, revision) SELECT 'MeshHealthCheck', 'default', 'y', revision FROM probeplane.store; COMMIT`);
    for (const each of [a, b]) {
      await untilTold(each, "MeshHealthCheck/default/x=30s");
      await untilTold(each, "-MeshHealthCheck/default/y");
    }
  });

  it("forget in time what was removed, and compare everything when they missed more than is remembered", async () => {
    const [a, b] = await opened(2, { resyncMs: 100 }) as [OpenStore, OpenStore];
    for (const name of ["x", "y"]) await a.store.put(policy(name));
    await a.store.delete(policy("x"));
    assert.equal((await ask(url, "SELECT FROM probeplane.removed")).length, 1);
    await ask(url, "UPDATE probeplane.removed SET removed_at = now() - interval '2 hours'");
    await waitUntil("it is forgotten", async () => (await ask(url, "SELECT FROM probeplane.removed")).length === 0);
    // As it looks to one who slept while something was removed and forgotten.
    await ask(url, "BEGIN; UPDATE probeplane.store SET revision = revision + 1, pruned = revision + 1; DELETE FROM probeplane.resources WHERE name = 'y'; COMMIT");
    for (const each of [a, b]) await untilTold(each, "-MeshHealthCheck/default/y");
    await b.store.put(policy("z"));
    await untilTold(a, "MeshHealthCheck/default/z=10s");
  });

  it("go back to what a backup had that is restored under them", async () => {
    const [a, b] = await opened(2, { resyncMs: 100 }) as [OpenStore, OpenStore];
    for (const name of ["x", "y"]) await a.store.put(policy(name));
    await untilTold(b, "MeshHealthCheck/default/y=10s");
    await ask(url, "CREATE TABLE kept AS SELECT * FROM probeplane.resources");
    await b.store.put(policy("x", "20s"));
    await b.store.put(policy("z"));
    await a.store.delete(policy("y"));
    for (const each of [a, b]) await untilTold(each, "-MeshHealthCheck/default/y");
    await ask(url, `BEGIN; DELETE FROM probeplane.resources; DELETE FROM probeplane.removed; INSERT INTO probeplane.resources SELECT * FROM kept;
      UPDATE probeplane.store SET revision = (SELECT max(revision) FROM kept); COMMIT`);
    await waitUntil("both have what was restored", async () => {
      const lists = await Promise.all([a, b].map(({ store }) => store.list("MeshHealthCheck")));
      return lists.every((list) => list.map((each) => `${each.name} ${intervalOf(each)}`).join() === "x 10s,y 10s");
    });
    await a.store.put(policy("w"));
    await untilTold(b, "MeshHealthCheck/default/w=10s");
    await untilEqual([a, b]);
  });

  it("keep the last good version of what one of them cannot read, and the row", async () => {
    const [a, b] = await opened(2) as [OpenStore, OpenStore];
    for (const name of ["x", "y"]) await a.store.put(policy(name));
    await untilTold(b, "MeshHealthCheck/default/y=10s");
    const problems = record(b.store.problems);
    await ask(url, `BEGIN; UPDATE probeplane.store SET revision = revision + 1;
      UPDATE probeplane.resources SET document = '{"type":"MeshHealthCheck","mesh":"default","name":"x","spec":{"to":7}}', revision = (SELECT revision FROM probeplane.store) WHERE name = 'x';
      INSERT INTO probeplane.resources SELECT 'Novelty', 'default', 'n', '{"type":"Novelty","name":"n"}', '', '', revision FROM probeplane.store;
      SELECT pg_notify('probeplane', revision::text) FROM probeplane.store; COMMIT`);
    await problems.until((told) => told.at(-1)?.length === 2);
    assert.deepEqual(problems.told.at(-1)?.map(({ origin, kept }) => [origin, kept?.length ?? 0]), [["row MeshHealthCheck/default/x", 1], ["row Novelty/default/n", 0]]);
    assert.equal(intervalOf((await b.store.get(policy("x"))) ?? policy("x", "")), "10s");
    const [late] = await opened(1) as [OpenStore];
    assert.deepEqual((await late.store.list("MeshHealthCheck")).map(({ name }) => name), ["y"]);
    assert.equal((await late.store.put(policy("x", "40s"))).outcome, "created");
    await untilTold(b, "MeshHealthCheck/default/x=40s");
    assert.equal(problems.told.at(-1)?.length, 1);
    assert.equal((await ask(url, "SELECT FROM probeplane.resources WHERE kind = 'Novelty'")).length, 1);
  });
});
