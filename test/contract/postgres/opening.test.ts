import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chown, copyFile, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { firstValueFrom } from "rxjs";
import { openPostgresStore, type PostgresStore } from "../../../src/edge/source/postgres/postgres-store.ts";
import type { StoreUnavailable } from "../../../src/edge/source/store-error.ts";
import { ask, ownPostgres, type PostgresServer } from "../../kit/postgres.ts";
import { skipBecause } from "../../kit/skip.ts";
import { waitUntil } from "../../kit/wait-until.ts";
import { policy } from "../sample-resources.ts";
import { failureOf, openStore, standingProblem } from "./stores.ts";

describe("postgres store: what it opens and what it refuses", () => {
  let server: PostgresServer;
  const stores: PostgresStore[] = [];
  before(async function () {
    server = await ownPostgres(this);
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
  });
  after(async () => {
    await server.close();
  });

  function opening(url: string): PostgresStore {
    const store = openPostgresStore({ url, timeoutMs: 2_000 });
    stores.push(store);
    return store;
  }

  /** Why a store is of no use. */
  async function refusal(url: string): Promise<StoreUnavailable> {
    return await failureOf(firstValueFrom(opening(url).events));
  }

  it("refuses a schema that this release cannot write, at the start and while it runs, and leaves it as it is", async () => {
    const url = await server.createDatabase();
    const running = await openStore(url);
    stores.push(running.store);
    await running.store.put(policy("x"));
    await ask(url, "UPDATE probeplane.store SET version = 99, compatible_from = 99");
    const { reason, message } = await refusal(url);
    assert.equal(reason, "newer");
    assert.match(message, /has schema version 99, and this release knows 1; use the release that wrote it, or a later one$/);
    assert.equal((await failureOf(running.store.put(policy("y")))).reason, "newer");
    assert.equal((await running.store.list("MeshHealthCheck")).length, 1);
    await waitUntil("it says so", () => standingProblem(running)?.includes("schema version 99") === true);
    assert.deepEqual(await ask(url, "SELECT name FROM probeplane.resources"), [{ name: "x" }]);
  });

  it("goes on beside a newer release whose schema it can still write", async () => {
    const url = await server.createDatabase();
    const old = await openStore(url);
    stores.push(old.store);
    await ask(url, "ALTER TABLE probeplane.resources ADD COLUMN novelty text; UPDATE probeplane.store SET version = 2, compatible_from = 1");
    await old.store.put(policy("x"));
    const another = await openStore(url);
    stores.push(another.store);
    assert.equal((await another.store.list("MeshHealthCheck")).length, 1);
    assert.deepEqual(await ask(url, "SELECT version FROM probeplane.store"), [{ version: 2 }]);
  });

  it("lives beside another program's tables, but not in another program's schema of its name", async () => {
    const url = await server.createDatabase();
    await ask(url, "CREATE TABLE songs (name text); CREATE SCHEMA probeplane; CREATE TABLE probeplane.songs (name text)");
    const { reason, message } = await refusal(url);
    assert.equal(reason, "not-a-store");
    assert.match(message, /belongs to another program/);
    await ask(url, "DROP TABLE probeplane.songs");
    stores.push((await openStore(url)).store);
  });

  it("refuses a database that cannot hold every character, one that is not there, a user that is not there", async () => {
    await server.query("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'");
    const base = `postgres://postgres@127.0.0.1:${server.port}`;
    assert.match((await refusal(`${base}/latin`)).message, /has the encoding LATIN1; make it with ENCODING 'UTF8'/);
    const missing = await refusal(`${base}/nowhere`);
    assert.equal(missing.reason, "denied");
    assert.match(missing.message, /database "nowhere" does not exist; check user, password/);
    assert.equal((await refusal(`postgres://nobody@127.0.0.1:${server.port}/postgres`)).reason, "denied");
  });

  it("tells a user without the right to make a schema, and serves one without the right to write", async () => {
    const url = await server.createDatabase();
    await ask(url, "CREATE ROLE reader LOGIN; CREATE ROLE writer LOGIN");
    const as = (user: string): string => url.replace("postgres@", `${user}@`);
    const { reason, message } = await refusal(as("writer"));
    assert.equal(reason, "denied");
    assert.match(message, /permission denied for database/);
    const owner = await openStore(url);
    stores.push(owner.store);
    await owner.store.put(policy("x"));
    await ask(url, "GRANT USAGE ON SCHEMA probeplane TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA probeplane TO reader");
    const reader = await openStore(as("reader"));
    stores.push(reader.store);
    assert.equal((await reader.store.list("MeshHealthCheck")).length, 1);
    assert.equal((await failureOf(reader.store.put(policy("y")))).reason, "denied");
  });

  it("waits for a database that is not up yet, and says what it waits for", async () => {
    const url = await server.createDatabase();
    await server.stop();
    const store = opening(url);
    const first = firstValueFrom(store.events);
    const problems = await firstValueFrom(store.problems);
    assert.deepEqual(problems, []);
    await waitUntil("it says so", async () => (await firstValueFrom(store.problems))[0]?.violations[0]?.message.includes("ECONNREFUSED") === true);
    await server.start();
    assert.equal((await first).type, "state");
    await waitUntil("nothing is wrong any more", async () => (await firstValueFrom(store.problems)).length === 0);
  });

  it("commits to the disk though the database's default is not to wait for it", async () => {
    const url = await server.createDatabase();
    const name = new URL(url).pathname.slice(1);
    await server.query(`ALTER DATABASE ${name} SET synchronous_commit = off`);
    await server.query(`ALTER DATABASE ${name} SET default_transaction_isolation = 'serializable'`);
    const { store } = await openStore(url);
    stores.push(store);
    await ask(url, `CREATE TABLE seen (setting text); CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO public.seen VALUES (current_setting('synchronous_commit') || ' ' || current_setting('transaction_isolation')); RETURN NULL; END $$;
      CREATE TRIGGER look AFTER INSERT ON probeplane.resources EXECUTE FUNCTION look()`);
    await store.put(policy("x"));
    assert.deepEqual(await ask(url, "SELECT * FROM seen"), [{ setting: "on read committed" }]);
  });

  it("refuses a URL that it cannot follow, without repeating it", () => {
    for (const [url, why] of [
      ["mysql://mia:secret@host/db", /is not a URL as postgres:/],
      ["postgres://mia:secret@a,b/db", /names several hosts/],
      ["postgres://mia:secret@host/db?sslmode=maybe", /has sslmode "maybe", which is not one of disable, allow, prefer/],
    ] as const) {
      assert.throws(() => openPostgresStore({ url }), (error: Error) => why.test(error.message) && !error.message.includes("secret"));
    }
  });

  describe("with TLS", () => {
    let folder: string;
    before(async function () {
      folder = path.join(server.folder, "data");
      try {
        execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
          "-addext", "subjectAltName=DNS:localhost", "-keyout", path.join(folder, "server.key"), "-out", path.join(folder, "server.crt")], { stdio: "ignore" });
      } catch {
        skipBecause(this, "needs openssl to make a certificate");
      }
      const { uid, gid } = await stat(folder);
      for (const file of ["server.key", "server.crt"]) await chown(path.join(folder, file), uid, gid);
      await copyFile(path.join(folder, "server.crt"), path.join(server.folder, "ca.crt"));
      await server.stop();
      await server.configure("ssl = on");
      const hba = path.join(folder, "pg_hba.conf");
      const lines = (await readFile(hba, "utf8")).replace(/^host /gm, "hostssl ").replaceAll("trust", "scram-sha-256");
      await writeFile(hba, `local all all trust\nhostssl all mia all scram-sha-256\nhost all postgres all trust\n${lines}`);
      await server.start();
      await server.query("CREATE ROLE mia LOGIN SUPERUSER PASSWORD 'p@ss/word'");
    });

    const at = (host: string, database: string, query: string): string => `postgres://mia:p%40ss%2Fword@${host}:${server.port}/${database}${query}`;

    it("encrypts when nothing is said, and when it has to, and tells a wrong password without repeating it", async () => {
      const database = new URL(await server.createDatabase()).pathname.slice(1);
      for (const query of ["", "?sslmode=require", "?sslmode=allow", `?sslmode=verify-full&sslrootcert=${server.folder}/ca.crt`]) {
        const { store } = await openStore(at("localhost", database, query));
        const used = await server.query("SELECT bool_and(ssl) AS tls FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'mia'");
        assert.deepEqual(used, [{ tls: true }], query);
        await store.close();
        await waitUntil("it has left", async () => (await server.query("SELECT FROM pg_stat_activity WHERE usename = 'mia'")).length === 0);
      }
      const { reason, message } = await refusal(at("localhost", database, "").replace("p%40ss", "wrong"));
      assert.equal(reason, "denied");
      assert.ok(message.includes("password authentication failed") && !message.includes("wrong"), message);
    });

    it("trusts only the authority that it is told, and only for the name that it was issued for", async () => {
      const database = new URL(await server.createDatabase()).pathname.slice(1);
      const problemAt = async (host: string, query: string): Promise<string> => {
        const store = opening(at(host, database, query));
        return await waitUntil("it says so", async () => (await firstValueFrom(store.problems))[0]?.violations[0]?.message);
      };
      assert.match(await problemAt("localhost", "?sslmode=verify-full"), /self-signed certificate/);
      assert.match(await problemAt("127.0.0.1", `?sslmode=verify-full&sslrootcert=${server.folder}/ca.crt`), /IP: 127\.0\.0\.1 is not in the cert/);
      assert.match(await problemAt("localhost", `?sslmode=verify-full&sslrootcert=${server.folder}/nowhere.crt`), /ENOENT.*nowhere\.crt/);
      stores.push((await openStore(at("127.0.0.1", database, `?sslmode=verify-ca&sslrootcert=${server.folder}/ca.crt`))).store);
      assert.match(await problemAt("localhost", "?sslmode=disable"), /no pg_hba.conf entry|no encryption/);
    });
  });
});
