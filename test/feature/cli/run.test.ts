import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { command } from "./command.ts";
import { runProcess, type RunProcess } from "./run-process.ts";

describe("probeplane run", () => {
  let folder: string;
  const running: RunProcess[] = [];
  const run = (...args: string[]): RunProcess => {
    const started = runProcess(args);
    running.push(started);
    return started;
  };
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "probeplane-run-"));
  });
  afterEach(async () => {
    for (const { child, ended } of running.splice(0)) {
      child.kill("SIGKILL");
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  });

  it("says where it listens, keeps what was written, and ends with status 0 on SIGTERM", async () => {
    const first = run("--data-dir", folder);
    const api = await apiOf(first);
    assert.equal(await putMesh(api), 201);
    const { clusterId } = (await (await fetch(api)).json()) as { clusterId: string };
    first.child.kill("SIGTERM");
    assert.equal(await first.ended, 0, first.err());

    const second = run("--data-dir", folder);
    const again = await apiOf(second);
    const { items } = (await (await fetch(`${again}/meshes`)).json()) as { items: { name: string }[] };
    assert.deepEqual(items.map(({ name }) => name), ["default", "demo"]);
    assert.equal(((await (await fetch(again)).json()) as { clusterId: string }).clusterId, clusterId);
    second.child.kill("SIGINT");
    assert.equal(await second.ended, 0, second.err());
  });

  it("does not make the mesh `default` again after somebody deleted it", async () => {
    const first = run("--data-dir", folder);
    const api = await apiOf(first);
    assert.equal(await putMesh(api), 201);
    assert.equal((await fetch(`${api}/meshes/default`, { method: "DELETE" })).status, 200);
    first.child.kill("SIGTERM");
    await first.ended;
    const api2 = await apiOf(run("--data-dir", folder));
    assert.equal((await fetch(`${api2}/meshes/default`)).status, 404);
  });

  it("answers a body of 5 MB with 413 over a real connection, and goes on serving", async () => {
    const api = await apiOf(run("--store", "memory"));
    const body = JSON.stringify({ type: "Mesh", name: "demo", x: "a".repeat(5_000_000) });
    const answer = await fetch(`${api}/meshes/demo`, { method: "PUT", headers: { "content-type": "application/json" }, body });
    assert.equal(answer.status, 413);
    assert.equal((await fetch(`${api}/healthy`)).status, 200);
  });

  it("names the option and the address when a port is in use", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const address = `127.0.0.1:${String((taken.address() as AddressInfo).port)}`;
    for (const flag of ["--api-listen", "--xds-listen", "--diagnostics-listen"]) {
      const { ended, err } = run("--store", "memory", `${flag}=${address}`);
      assert.equal(await ended, 69, flag);
      assert.equal(err(), `${flag}: cannot listen on ${address}: another process listens there\n`);
    }
    taken.close();
  });

  it("names the file of a store that is damaged, and leaves it as it is", async () => {
    await writeFile(path.join(folder, "probeplane.db"), "this is no database".repeat(500));
    const { ended, err } = run("--data-dir", folder);
    assert.equal(await ended, 69);
    assert.match(err(), /^--data-dir: .*probeplane\.db/);
    assert.equal(err().trim().split("\n").length, 1, err());
  });

  it("refuses a store that another process uses, and says so", async () => {
    await apiOf(run("--data-dir", folder));
    const { ended, err } = run("--data-dir", folder);
    assert.equal(await ended, 69);
    assert.match(err(), /^--data-dir: .*another process|^--data-dir: .*in use|^--data-dir: .*locked/);
  });

  it("serves a folder of files: reads are answered, writes are refused, a bad file is told and takes nothing away", async () => {
    const file = path.join(folder, "a.yaml");
    await writeFile(file, "type: Mesh\nname: demo\n");
    const started = run("--store", "file", "--resources-dir", folder);
    const api = await apiOf(started);
    assert.equal((await fetch(`${api}/meshes/demo`)).status, 200);
    assert.equal(await putMesh(api), 405);
    await writeFile(file, "type: [\n");
    while (!started.err().includes("refused: ")) await new Promise((resolve) => started.child.stderr?.once("data", resolve));
    assert.match(started.err(), /refused: .*a\.yaml, document 1 \(line 1\).*; the last good version stays/);
    assert.equal((await fetch(`${api}/meshes/demo`)).status, 200);
  });

  it("is not ready, but can be ended, while its folder is not there", async () => {
    const diagnostics = createServer();
    await new Promise<void>((resolve) => diagnostics.listen(0, "127.0.0.1", resolve));
    const address = `127.0.0.1:${String((diagnostics.address() as AddressInfo).port)}`;
    await new Promise((resolve) => diagnostics.close(resolve));
    const { child, ended, err } = run("--store", "file", "--resources-dir", path.join(folder, "none"), "--diagnostics-listen", address);
    let reason: string | undefined;
    while (reason === undefined) {
      assert.equal(child.exitCode, null, err());
      const answer = await fetch(`http://${address}/ready`).catch(() => undefined);
      if (answer !== undefined) assert.equal(answer.status, 503);
      const body = (await answer?.json()) as { reason: string } | undefined;
      if (body !== undefined && body.reason !== "starting") reason = body.reason;
    }
    assert.match(reason, /none is not read yet/);
    child.kill("SIGTERM");
    assert.equal(await ended, 0, err());
  });

  it("refuses a wrong configuration with status 64 and every problem of every place", async () => {
    await writeFile(path.join(folder, "config.yaml"), "stor: memory\nquietTime: soon\n");
    const args = ["run", "--config", path.join(folder, "config.yaml"), "--api-lisen", "x:1", "--xds-tls-cert=a.crt", "--drain-grace"];
    const { status, out, err } = await command(args, "", { PROBEPLANE_MAX_BODY_SIZE: "big" });
    assert.equal(status, 64);
    assert.equal(out, "");
    for (const told of [/stor.*did you mean store/i, /quietTime.*soon/, /--api-lisen.*--api-listen/, /--xds-tls-cert: needs --xds-tls-key/, /--drain-grace: has no value/, /PROBEPLANE_MAX_BODY_SIZE/]) {
      assert.match(err, told);
    }
  });

  it("lists every option with its default and environment variable in its help", async () => {
    const { status, out } = await command(["run", "--help"]);
    assert.equal(status, 0);
    for (const [flag, byDefault, env] of [["--store", "sqlite", "PROBEPLANE_STORE"], ["--api-listen", "127.0.0.1:5681", "PROBEPLANE_API_LISTEN"]] as const) {
      assert.match(out, new RegExp(`${flag} [^]*default:\\s+${byDefault}; env:\\s+${env}`));
    }
  });
});

async function apiOf(started: RunProcess): Promise<string> {
  await started.untilOut("diagnostics");
  const url = /HTTP API\s+(\S+)/.exec(started.out())?.[1];
  assert.ok(url !== undefined, started.out());
  return url;
}

/** Writes the mesh `demo`; gives the status of the answer. */
async function putMesh(api: string): Promise<number> {
  const headers = { "content-type": "application/json" };
  return (await fetch(`${api}/meshes/demo`, { method: "PUT", headers, body: '{"type":"Mesh","name":"demo"}' })).status;
}
