import assert from "node:assert/strict";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { Client } from "pg";
import { openPostgresStore } from "../../../src/edge/source/postgres/postgres-store.ts";
import { ownPostgres, type PostgresServer } from "../../kit/postgres.ts";
import { waitUntil } from "../../kit/wait-until.ts";
import { policy } from "../sample-resources.ts";
import { changesOf, failureOf, openStore, standingProblem, untilEqual, untilTold, type OpenStore } from "./stores.ts";

describe("postgres store: the database goes away and comes back", () => {
  let server: PostgresServer;
  let url: string;
  let open: OpenStore[];
  before(async function () {
    server = await ownPostgres(this);
  });
  beforeEach(async () => {
    url = await server.createDatabase();
    open = [];
  });
  afterEach(async () => {
    await server.thaw();
    await Promise.all(open.map(({ store }) => store.close()));
  });
  after(async () => {
    await server.close();
  });

  async function opened(options: Parameters<typeof openStore>[1] = {}): Promise<OpenStore> {
    const each = await openStore(url, { timeoutMs: 500, ...options });
    open.push(each);
    return each;
  }

  async function untilBack(...stores: readonly OpenStore[]): Promise<void> {
    await waitUntil("the stores have the database again", () => stores.every((each) => standingProblem(each) === undefined));
  }

  it("reads on from memory, fails writes with one clear sentence, and goes on by itself", async () => {
    const [a, b] = [await opened(), await opened()];
    await a.store.put(policy("x"));
    await untilTold(b, "MeshHealthCheck/default/x=10s");
    await server.stop();
    const { reason, message } = await failureOf(a.store.put(policy("x", "20s")));
    assert.equal(reason, "unreachable");
    assert.match(message, /^cannot write to the database 127\.0\.0\.1:\d+\/\w+: .*; what was read before stays in force, and the connection is tried again until it holds$|^the database 127.*cannot be used: .*ECONNREFUSED/);
    assert.equal((await failureOf(b.store.delete(policy("x")))).reason, "unreachable");
    assert.equal((await b.store.list("MeshHealthCheck")).length, 1);
    await waitUntil("both say so", () => [a, b].every((each) => standingProblem(each)?.includes("cannot be used") === true));
    await server.start();
    await untilBack(a, b);
    await b.store.put(policy("x", "30s"));
    await untilTold(a, "MeshHealthCheck/default/x=30s");
    assert.deepEqual(changesOf(a), ["MeshHealthCheck/default/x=10s", "MeshHealthCheck/default/x=30s"]);
  });

  it("does not make a writer wait for the next attempt once the database is back", async () => {
    const a = await opened();
    await server.stop();
    for (let i = 0; i < 5; i++) await failureOf(a.store.put(policy("x")));
    await server.start();
    assert.equal((await a.store.put(policy("x"))).outcome, "created");
  });

  it("catches up with what was written meanwhile, deletions included", async () => {
    const [a, b] = [await opened(), await opened()];
    for (const name of ["x", "y", "z"]) await a.store.put(policy(name));
    await untilTold(b, "MeshHealthCheck/default/z=10s");
    await server.query("ALTER DATABASE " + databaseOf(url) + " ALLOW_CONNECTIONS false");
    await server.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${databaseOf(url)}'`);
    await waitUntil("both have lost it", () => [a, b].every((each) => standingProblem(each) !== undefined));
    await server.query("ALTER DATABASE " + databaseOf(url) + " ALLOW_CONNECTIONS true");
    await a.store.put(policy("x", "20s"));
    await a.store.delete(policy("y"));
    await untilBack(b);
    await untilTold(b, "MeshHealthCheck/default/x=20s");
    await untilTold(b, "-MeshHealthCheck/default/y");
    await untilEqual([a, b]);
    assert.equal(changesOf(b).filter((line) => line.includes("/z")).length, 1);
  });

  it("loses nothing that was acknowledged when the database crashes under writers, time and again", async () => {
    const stores = [await opened(), await opened()];
    const acknowledged = new Map<string, string>();
    const inDoubt = new Set<string>();
    let failures = 0;
    let writing = true;
    const writers = stores.flatMap(({ store }, who) => [0, 1, 2].map(async (which) => {
      for (let round = 1; writing; round++) {
        const name = `policy-${who}-${which}-${round % 4}`;
        try {
          await store.put(policy(name, `${round}s`));
          acknowledged.set(name, `${round}s`);
          inDoubt.delete(name);
        } catch {
          failures++;
          inDoubt.add(name);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    }));
    for (let crash = 0; crash < 4; crash++) {
      const before = acknowledged.size + failures;
      await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 200));
      await server.stop();
      await server.start();
      await untilBack(...stores);
      await waitUntil("they write again", () => acknowledged.size + failures > before || acknowledged.size === 24);
    }
    writing = false;
    await Promise.all(writers);
    await stores[0]?.store.put(policy("last"));
    for (const each of stores) await untilTold(each, "MeshHealthCheck/default/last=10s");
    const rows = await server.query("SELECT name, document FROM probeplane.resources", databaseOf(url));
    const stored = new Map(rows.map(({ name, document }) => [String(name), /"interval":"([^"]*)"/.exec(String(document))?.[1] ?? ""]));
    assert.ok(failures > 0 && acknowledged.size === 24, `${failures} failures, ${acknowledged.size} names`);
    for (const [name, interval] of acknowledged) {
      if (!inDoubt.has(name)) assert.equal(seconds(stored.get(name) ?? ""), seconds(interval), name);
      else assert.ok(seconds(stored.get(name) ?? "") >= seconds(interval), name);
    }
    await untilEqual(stores);
  });

  it("gives up on a database that stands still, within the time it was given, and goes on when it moves again", async () => {
    const [a, b] = [await opened({ resyncMs: 200 }), await opened({ resyncMs: 200 })];
    await a.store.put(policy("x"));
    await untilTold(b, "MeshHealthCheck/default/x=10s");
    await server.freeze();
    const { reason, message } = await failureOf(a.store.put(policy("x", "20s")));
    assert.equal(reason, "unreachable");
    assert.match(message, /no answer within \d+ ms|timeout/);
    assert.equal((await a.store.list("MeshHealthCheck")).length, 1);
    await waitUntil("the other notices too, though it writes nothing", () => standingProblem(b) !== undefined);
    await server.thaw();
    await untilBack(a, b);
    await a.store.put(policy("x", "30s"));
    await untilTold(b, "MeshHealthCheck/default/x=30s");
  });

  it("says that the database is read-only, and keeps reading what others write", async () => {
    const [a, b] = [await opened(), await opened({ resyncMs: 100 })];
    await a.store.put(policy("x"));
    await server.query(`ALTER DATABASE ${databaseOf(url)} SET default_transaction_read_only = on`);
    const reader = await opened();
    const { reason, message } = await failureOf(reader.store.put(policy("y")));
    assert.equal(reason, "read-only");
    assert.match(message, /the database is read-only; is it a standby/);
    assert.equal(standingProblem(reader), undefined);
    await b.store.put(policy("x", "20s"));
    await untilTold(reader, "MeshHealthCheck/default/x=20s");
  });

  it("says that the disk is full, keeps what is there, and takes writes when there is room", async () => {
    const a = await opened();
    await a.store.put(policy("x"));
    await server.query("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$", databaseOf(url));
    await server.query("CREATE TRIGGER full_disk BEFORE INSERT ON probeplane.resources FOR EACH ROW WHEN (length(new.name) > 3) EXECUTE FUNCTION refuse()", databaseOf(url));
    const writes = ["long-name", "y"].map((name) => a.store.put(policy(name)));
    const { reason, message } = await failureOf(writes[0] ?? Promise.resolve());
    assert.equal(reason, "full");
    assert.match(message, /the disk of the database is full; nothing acknowledged is lost/);
    assert.equal((await writes[1])?.outcome, "created");
    assert.equal(standingProblem(a), undefined);
    await server.query("DROP TRIGGER full_disk ON probeplane.resources", databaseOf(url));
    assert.equal((await a.store.put(policy("long-name"))).outcome, "created");
  });

  it("does not let one that stands still in the middle of a write hold up the others for ever", async () => {
    const a = await opened();
    const release = await holdLock(url);
    const { reason, message } = await failureOf(a.store.put(policy("x")));
    assert.equal(reason, "unreachable");
    assert.match(message, /another transaction holds the lock for too long|no answer within/);
    await release();
    assert.equal((await a.store.put(policy("x"))).outcome, "created");
  });

  it("says so when the answer to a commit is lost, and finds out what came of it", async () => {
    const relay = await startRelay(server.port);
    const a = await openStore(url.replace(`:${server.port}`, `:${relay.port}`), { timeoutMs: 1_000 });
    await a.store.put(policy("x"));
    relay.cutAfter("COMMIT\0");
    const { reason, message } = await failureOf(a.store.put(policy("x", "20s")));
    assert.equal(reason, "in-doubt", message);
    assert.match(message, /may or may not have been made/);
    await untilTold(a, "MeshHealthCheck/default/x=20s");
    await a.store.close();
    await relay.close();
  });

  it("can be closed while it waits for a database, and ends what waits", async () => {
    await server.freeze();
    const store = openPostgresStore({ url, timeoutMs: 60_000 });
    await assert.rejects(store.get(policy("x")), /was not read yet/);
    await store.close();
    assert.equal((await failureOf(store.put(policy("x")))).reason, "closed");
  });

  it("is not deceived by an emptied database: what was read stays until a restart", async () => {
    const a = await opened({ resyncMs: 100 });
    await a.store.put(policy("x"));
    await server.query("DROP SCHEMA probeplane CASCADE", databaseOf(url));
    await waitUntil("it says so", () => standingProblem(a)?.includes("has lost its schema") === true);
    assert.equal((await a.store.list("MeshHealthCheck")).length, 1);
    await failureOf(a.store.put(policy("y")));
    const other = await opened();
    assert.equal((await other.store.list("MeshHealthCheck")).length, 0);
    await waitUntil("it says that this is another", () => standingProblem(a)?.includes("holds another store than before") === true);
    assert.equal((await a.store.list("MeshHealthCheck")).length, 1);
  });
});

function databaseOf(url: string): string {
  return new URL(url).pathname.slice(1);
}

function seconds(interval: string): number {
  const match = /^(?:(\d+)m)?(?:(\d+)s)?$/.exec(interval);
  return Number(match?.[1] ?? 0) * 60 + Number(match?.[2] ?? 0);
}

/** Locks what every writer locks, as one that was stopped in the middle of a write. */
async function holdLock(url: string): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("BEGIN; SELECT FROM probeplane.store FOR UPDATE");
  return () => client.end();
}

interface Relay {
  readonly port: number;
  /** Lets this text through to the server, and nothing back any more; the connection ends. */
  cutAfter(text: string): void;
  close(): Promise<void>;
}

/** Stands between a client and a server. */
async function startRelay(to: number): Promise<Relay> {
  let cut: string | undefined;
  const sockets = new Set<Socket>();
  const relay: Server = createServer((client) => {
    const server = connect(to, "127.0.0.1");
    for (const socket of [client, server]) sockets.add(socket.on("error", () => undefined));
    server.pipe(client);
    client.on("data", (bytes) => {
      server.write(bytes);
      if (cut === undefined || !bytes.includes(cut)) return;
      cut = undefined;
      server.unpipe(client);
      // Once the server has done it.
      server.once("data", () => {
        client.destroy();
        server.destroy();
      });
    });
    client.on("close", () => server.destroy());
    server.on("close", () => client.destroy());
  });
  relay.listen(0, "127.0.0.1");
  await once(relay, "listening");
  return {
    port: (relay.address() as AddressInfo).port,
    cutAfter: (text) => void (cut = text),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      relay.close();
      await once(relay, "close");
    },
  };
}
