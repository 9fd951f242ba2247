import assert from "node:assert/strict";
import { freePort } from "../../kit/ports.ts";
import { ownPostgres, type PostgresServer } from "../../kit/postgres.ts";
import { scratchFolder } from "../../kit/scratch-folder.ts";
import { waitUntil } from "../../kit/wait-until.ts";
import { startWholeControlPlane } from "../../kit/whole-control-plane.ts";
import { command } from "../cli/command.ts";
import { runProcess } from "../cli/run-process.ts";

describe("probeplane run --store postgres", () => {
  let server: PostgresServer;
  before(async function () {
    server = await ownPostgres(this);
  });
  after(async () => {
    await server.close();
  });

  it("is not ready without its database and says why, can be ended, and goes on by itself when the database comes", async () => {
    const url = (await server.createDatabase()).replace("postgres@", "postgres:geheim@");
    await server.stop();
    const port = await freePort();
    const args = (folder: string): string[] => ["--store", "postgres", "--postgres-url", url, "--data-dir", folder, "--api-tls-listen=127.0.0.1:0"];
    const impatient = runProcess(args(await scratchFolder("data")));
    const patient = runProcess([...args(await scratchFolder("data")), `--diagnostics-listen=127.0.0.1:${port}`]);
    const { reason } = await waitUntil("it says what it waits for", async () => {
      const reply = await fetch(`http://127.0.0.1:${port}/ready`, { headers: { connection: "close" } });
      const body = (await reply.json()) as { readonly reason?: string };
      return reply.status === 503 && body.reason?.includes("ECONNREFUSED") === true && { reason: body.reason };
    });
    assert.match(reason, /^the database 127\.0\.0\.1:\d+\/\w+ cannot be used: /);
    assert.equal((await fetch(`http://127.0.0.1:${port}/healthy`, { headers: { connection: "close" } })).status, 200);
    await waitUntil("the other waits too", () => impatient.err().includes("cannot be used"));
    impatient.child.kill("SIGTERM");
    assert.equal(await impatient.ended, 0, impatient.err());
    await server.start();
    await patient.untilOut("HTTP API");
    assert.equal((await fetch(`http://127.0.0.1:${port}/ready`, { headers: { connection: "close" } })).status, 200);
    const api = /http:\/\/127\.0\.0\.1:\d+/.exec(patient.out())?.[0] ?? "";
    const shown = JSON.stringify(await (await fetch(`${api}/config`, { headers: { connection: "close" } })).json());
    assert.ok(shown.includes("postgres:*****@"), shown);
    patient.child.kill("SIGTERM");
    assert.equal(await patient.ended, 0, patient.err());
    for (const text of [shown, patient.out(), patient.err(), impatient.err()]) assert.ok(!text.includes("geheim"), text);
  });

  it("makes keys and meshes once when several start at once on an empty database, and each takes the others' tokens", async () => {
    const url = await server.createDatabase();
    const started = await Promise.all([0, 1, 2].map(() => startWholeControlPlane(["--store", "postgres", "--postgres-url", url, "--api-loopback-is-admin", "false"])));
    const tokenOf = await adminToken(url);
    for (const { api } of started) {
      const reply = await fetch(`${api}/meshes`, { headers: { authorization: `Bearer ${tokenOf}`, connection: "close" } });
      assert.equal(reply.status, 200);
      assert.equal(((await reply.json()) as { readonly total: number }).total, 1);
    }
    await Promise.all(started.map((each) => each.stop()));
  });

  it("ends with one sentence when the database belongs to a newer release", async () => {
    const url = await server.createDatabase();
    await (await startWholeControlPlane(["--store", "postgres", "--postgres-url", url])).stop();
    await server.query("UPDATE probeplane.store SET version = 99, compatible_from = 98", new URL(url).pathname.slice(1));
    const late = runProcess(["--store", "postgres", "--postgres-url", url, "--data-dir", await scratchFolder("data"), "--api-tls-listen=127.0.0.1:0"]);
    assert.equal(await late.ended, 69);
    assert.match(late.err(), /^--store: .* has schema version 99, and this release knows 1; use the release that wrote it, or a later one$/m);
  });

  it("takes the URL from the environment", async () => {
    const url = await server.createDatabase();
    const { status, err } = await command(["store", "export", "--store", "postgres"], "", { PROBEPLANE_POSTGRES_URL: url });
    assert.deepEqual([status, err], [0, "exported 0 resources\n"]);
  });

  async function adminToken(url: string): Promise<string> {
    const rows = await server.query("SELECT document FROM probeplane.resources WHERE name = 'admin-user-token'", new URL(url).pathname.slice(1));
    assert.equal(rows.length, 1);
    const { data } = JSON.parse(String(rows[0]?.["document"])) as { readonly data: string };
    return Buffer.from(data, "base64").toString("utf8");
  }
});
