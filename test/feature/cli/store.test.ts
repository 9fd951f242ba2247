import assert from "node:assert/strict";
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Resource } from "../../../src/core/model/resource.ts";
import { openSqliteStore } from "../../../src/edge/source/sqlite/sqlite-store.ts";
import { dataplane, mesh, policy, resourceOf } from "../../contract/sample-resources.ts";
import { temporaryFolder } from "../../contract/temporary-folder.ts";
import { ask, sharedPostgres } from "../../kit/postgres.ts";
import { command, type CommandResult } from "./command.ts";

const phrase = { PROBEPLANE_STORE_PASSPHRASE: "correct horse battery" };
const secretText = "the key of the kingdom";
const secret = resourceOf({ type: "GlobalSecret", name: "user-token-signing-key-1", data: Buffer.from(secretText).toString("base64") });

describe("probeplane store", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(async () => {
    await folder.remove();
  });

  const at = (name: string): string => path.join(folder.path, name);
  const sqlite = (name: string): string[] => ["--data-dir", at(name)];
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandResult> => command(["store", ...args], "", env);

  async function stored(name: string): Promise<readonly Resource[]> {
    const store = openSqliteStore({ dataDir: at(name) });
    const all = await Promise.all(["Mesh", "Dataplane", "MeshHealthCheck", "GlobalSecret"].map((kind) => store.list(kind)));
    await store.close();
    return all.flat();
  }

  async function fill(name: string, ...resources: readonly Resource[]): Promise<void> {
    const store = openSqliteStore({ dataDir: at(name) });
    for (const resource of resources) await store.put(resource);
    await store.close();
  }

  const contentOf = ({ kind, mesh: inMesh, name, labels, spec, creationTime }: Resource): unknown => ({ kind, inMesh, name, labels, spec, creationTime });

  it("moves everything from one store to another: contents, labels and creation times", async () => {
    await fill("a", mesh("default"), dataplane("web-1"), policy("x"), policy("y", "20s"));
    const exported = await run(["export", ...sqlite("a"), "-o", at("backup.yaml")]);
    assert.deepEqual(exported, { status: 0, out: "", err: "exported 4 resources\n" });
    assert.equal((await stat(at("backup.yaml"))).mode & 0o777, 0o600);
    const imported = await run(["import", ...sqlite("b"), "-f", at("backup.yaml")]);
    assert.equal(imported.out, "Mesh default created\nDataplane default/web-1 created\nMeshHealthCheck default/x created\nMeshHealthCheck default/y created\n");
    assert.deepEqual([imported.status, imported.err], [0, "imported 4 resources, 0 unchanged\n"]);
    assert.deepEqual((await stored("b")).map(contentOf), (await stored("a")).map(contentOf));
    const again = await run(["import", ...sqlite("b"), "-f", at("backup.yaml")]);
    assert.deepEqual(again, { status: 0, out: "", err: "imported 0 resources, 4 unchanged\n" });
  });

  it("moves between SQLite and PostgreSQL, there and back, the same to the letter", async function () {
    const url = await (await sharedPostgres(this)).createDatabase();
    const postgres = ["--store", "postgres", "--postgres-url", url];
    await fill("a", mesh("default"), policy("x"), policy("y", "20s"), secret);
    const first = await run(["export", ...sqlite("a"), "--with-secrets"], phrase);
    assert.equal(first.err, "exported 3 resources, and 1 secret and 0 files encrypted\n");
    await writeFile(at("1.yaml"), first.out);
    assert.equal((await run(["import", ...postgres, "-f", at("1.yaml")], phrase)).status, 0);
    const second = await run(["export", ...postgres, "--with-secrets", "-o", at("2.yaml")], phrase);
    assert.equal(second.status, 0, second.err);
    assert.equal((await run(["import", ...sqlite("b"), "-f", at("2.yaml")], phrase)).status, 0);
    assert.deepEqual((await stored("b")).map(contentOf), (await stored("a")).map(contentOf));
    assert.deepEqual(await ask(url, "SELECT revision::int AS n FROM probeplane.store"), [{ n: 1 }]);
  });

  it("gives no private key away that stands in a resource, but with the secrets", async () => {
    const key = "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n";
    const conf = { cert: { inlineString: "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n" }, key: { inlineString: key } };
    const keyed = resourceOf({ type: "Mesh", name: "default", mtls: { enabledBackend: "own", backends: [{ name: "own", type: "provided", conf }] } });
    await fill("a", keyed);
    const without = await run(["export", ...sqlite("a")]);
    assert.match(without.err, /^exported 1 resource\nprivate keys of 1 resource left out: Mesh default; write them in before you import/);
    assert.match(without.out, /inlineString: \(not shown\)/);
    const { out, err } = await run(["export", ...sqlite("a"), "--with-secrets", "-o", at("keyed.yaml")], phrase);
    assert.deepEqual([out, err], ["", "exported 1 resource, and 0 secrets and 0 files encrypted\n"]);
    const archived = await readFile(at("keyed.yaml"), "utf8");
    for (const text of [without.out, archived]) assert.doesNotMatch(text, /MAA=\n\s*-----END PRIVATE KEY|BEGIN PRIVATE/);
    const { status, err: imported } = await run(["import", "-f", at("keyed.yaml"), ...sqlite("b")], phrase);
    assert.equal(status, 0, imported);
    assert.match((await run(["export", ...sqlite("b")])).out, /enabledBackend: own/);
  });

  it("gives secrets away only when asked to, and never in the clear", async () => {
    await fill("a", mesh("default"), secret);
    const without = await run(["export", ...sqlite("a")]);
    assert.equal(without.err, "exported 1 resource; left out 1 secret (--with-secrets)\n");
    assert.ok(!without.out.includes("GlobalSecret"), without.out);
    const { out } = await run(["export", ...sqlite("a"), "--with-secrets"], phrase);
    assert.match(out, /type: SealedSecrets/);
    for (const part of [secretText, secret.name, Buffer.from(secretText).toString("base64"), phrase.PROBEPLANE_STORE_PASSPHRASE]) assert.ok(!out.includes(part), part);
  });

  it("wants a passphrase from a file or the environment, and a long one", async () => {
    await fill("a", mesh("default"), secret);
    assert.deepEqual(await run(["export", ...sqlite("a"), "--with-secrets"]), {
      status: 64, out: "", err: "--with-secrets: needs a passphrase: --passphrase-file, or PROBEPLANE_STORE_PASSPHRASE\n",
    });
    assert.match((await run(["export", ...sqlite("a"), "--with-secrets"], { PROBEPLANE_STORE_PASSPHRASE: "short" })).err, /12 characters or more/);
    await writeFile(at("phrase"), `${phrase.PROBEPLANE_STORE_PASSPHRASE}\n`);
    const { status, out } = await run(["export", ...sqlite("a"), "--with-secrets", "--passphrase-file", at("phrase")]);
    assert.equal(status, 0);
    await writeFile(at("all.yaml"), out);
    assert.equal((await run(["import", ...sqlite("b"), "-f", at("all.yaml")], phrase)).status, 0);
    assert.match((await run(["import", ...sqlite("b"), "-f", at("all.yaml"), "--passphrase-file", at("nowhere")])).err, /^--passphrase-file: cannot be read/);
  });

  it("opens secrets only with their passphrase; without it, refuses all or leaves them out as asked", async () => {
    await fill("a", mesh("default"), secret);
    await writeFile(at("all.yaml"), (await run(["export", ...sqlite("a"), "--with-secrets"], phrase)).out);
    const missing = await run(["import", ...sqlite("b"), "-f", at("all.yaml")]);
    assert.equal(missing.status, 1);
    assert.match(missing.err, /all\.yaml, document 2.*holds secrets: give the passphrase.*--without-secrets\)\nnothing was written/);
    const wrong = await run(["import", ...sqlite("b"), "-f", at("all.yaml")], { PROBEPLANE_STORE_PASSPHRASE: "incorrect horse" });
    assert.match(wrong.err, /the passphrase is wrong, or the secrets were changed/);
    assert.deepEqual(await stored("b"), []);
    assert.equal((await run(["import", ...sqlite("b"), "-f", at("all.yaml"), "--without-secrets"])).err, "imported 1 resource, 0 unchanged\n");
    assert.deepEqual((await stored("b")).map(({ kind }) => kind), ["Mesh"]);
  });

  it("takes the control plane's own authority along with the secrets, and replaces another only when told to", async () => {
    await fill("a", mesh("default"));
    for (const [name, content] of [["a", "one"], ["b", "another"]] as const) {
      await mkdir(at(`${name}/tls`), { recursive: true });
      for (const file of ["ca.crt", "ca.key"]) await writeFile(at(`${name}/tls/${file}`), `${content} ${file}`);
    }
    await writeFile(at("all.yaml"), (await run(["export", ...sqlite("a"), "--with-secrets"], phrase)).out);
    const refused = await run(["import", ...sqlite("b"), "-f", at("all.yaml")], phrase);
    assert.equal(refused.err, "tls/ca.crt: is there with another content\ntls/ca.key: is there with another content\n--overwrite replaces what is there\nnothing was written\n");
    assert.equal((await run(["import", ...sqlite("b"), "-f", at("all.yaml"), "--overwrite"], phrase)).status, 0);
    await rm(at("c"), { recursive: true, force: true });
    assert.equal((await run(["import", ...sqlite("c"), "-f", at("all.yaml")], phrase)).status, 0);
    for (const name of ["b", "c"]) {
      assert.equal(await readFile(at(`${name}/tls/ca.key`), "utf8"), "one ca.key");
      assert.equal((await stat(at(`${name}/tls/ca.key`))).mode & 0o777, 0o600);
    }
  });

  it("says what it would do, and does nothing, on a dry run", async () => {
    await fill("a", mesh("default"), policy("x", "10s"), policy("y"));
    await fill("b", mesh("default"), policy("x", "30s"));
    await run(["export", ...sqlite("a"), "-o", at("backup.yaml")]);
    const before = await stored("b");
    const dry = await run(["import", ...sqlite("b"), "-f", at("backup.yaml"), "--dry-run", "--overwrite"]);
    assert.equal(dry.out, "MeshHealthCheck default/x updated (dry run)\nMeshHealthCheck default/y created (dry run)\n");
    assert.equal(dry.err, "would import 2 resources, 1 unchanged\n");
    assert.deepEqual(await stored("b"), before);
  });

  it("imports all or nothing: what is not valid, has no mesh, is there twice or would be replaced, is told together", async () => {
    await fill("b", mesh("default"), policy("x", "30s"));
    const before = await stored("b");
    const documents = ["{type: MeshHealthCheck, name: ok, mesh: default, spec: {to: 7}}", "{type: Nonsense, name: n}", "{type: Mesh, name: m}", "{type: Mesh, name: m}"];
    await writeFile(at("bad.yaml"), documents.join("\n---\n"));
    const invalid = await run(["import", ...sqlite("b"), "-f", at("bad.yaml")]);
    assert.equal(invalid.status, 1);
    for (const text of [/document 1.*spec\.to/, /document 2/, /document 4.*is defined twice/, /nothing was written\n$/]) assert.match(invalid.err, text);
    await writeFile(at("homeless.yaml"), JSON.stringify({ type: "Dataplane", mesh: "nowhere", name: "w", networking: { address: "10.0.0.1", inbound: [{ port: 1, tags: { "kuma.io/service": "w" } }] } }));
    assert.match((await run(["import", ...sqlite("b"), "-f", at("homeless.yaml")])).err, /Dataplane nowhere\/w: mesh "nowhere" is neither stored nor in the file/);
    await fill("a", mesh("default"), policy("x", "10s"), policy("new"));
    await run(["export", ...sqlite("a"), "-o", at("backup.yaml")]);
    const refused = await run(["import", ...sqlite("b"), "-f", at("backup.yaml")]);
    assert.deepEqual(refused, { status: 1, out: "", err: "MeshHealthCheck default/x: is there with another content\n--overwrite replaces what is there\nnothing was written\n" });
    assert.deepEqual(await stored("b"), before);
    assert.equal((await run(["import", ...sqlite("b"), "-f", at("backup.yaml"), "--overwrite"])).status, 0);
    assert.equal((await stored("b")).length, 3);
  });

  it("does not pass over what it cannot read", async function () {
    const url = await (await sharedPostgres(this)).createDatabase();
    const postgres = ["--store", "postgres", "--postgres-url", url];
    await fill("a", mesh("default"), policy("x"));
    await run(["export", ...sqlite("a"), "-o", at("backup.yaml")]);
    await run(["import", ...postgres, "-f", at("backup.yaml")]);
    await ask(url, "UPDATE probeplane.resources SET document = '{broken' WHERE name = 'x'");
    const refused = await run(["export", ...postgres]);
    assert.equal(refused.status, 1);
    assert.match(refused.err, /row MeshHealthCheck\/default\/x.*cannot be read.*\nnothing was written; --leave-unreadable exports the rest/);
    const rest = await run(["export", ...postgres, "--leave-unreadable"]);
    assert.equal(rest.status, 0);
    assert.match(rest.err, /left out: row MeshHealthCheck\/default\/x[^]*exported 1 resource\n/);
    assert.match((await run(["import", ...postgres, "-f", at("backup.yaml")])).err, /MeshHealthCheck default\/x: is there with another content/);
  });

  it("says what is wrong with the store that it is given, and does not wait for it", async () => {
    await fill("a", mesh("default"));
    const held = openSqliteStore({ dataDir: at("a") });
    assert.match((await run(["export", ...sqlite("a")])).err, /^--data-dir: the data directory .* is in use by another process/);
    await held.close();
    await writeFile(at("m.yaml"), "{type: Mesh, name: m}");
    const unreachable = await run(["import", "--store", "postgres", "--postgres-url", "postgres://u:geheim@127.0.0.1:1/db", "-f", at("m.yaml")]);
    assert.equal(unreachable.status, 69);
    assert.ok(unreachable.err.includes("127.0.0.1:1/db") && unreachable.err.includes("ECONNREFUSED") && !unreachable.err.includes("geheim"), unreachable.err);
    assert.equal((await run(["import", "--store", "memory", "-f", at("m.yaml")])).status, 64);
    assert.match((await run(["import", "--store", "file", "--resources-dir", folder.path, "-f", at("m.yaml")])).err, /put the exported file into it/);
    assert.match((await run(["export", ...sqlite("a"), "--with-secret"])).err, /--with-secret/);
  });

  it("exports a folder of files", async () => {
    await mkdir(at("files"));
    await writeFile(at("files/m.yaml"), "type: Mesh\nname: m\n---\ntype: MeshHealthCheck\nmesh: m\nname: x\nspec: {to: [{targetRef: {kind: Mesh}, default: {tcp: {}}}]}\n");
    const { status, out, err } = await run(["export", "--store", "file", "--resources-dir", at("files")]);
    assert.deepEqual([status, err], [0, "exported 3 resources\n"]);
    await writeFile(at("backup.yaml"), out);
    assert.equal((await run(["import", ...sqlite("b"), "-f", at("backup.yaml")])).status, 0);
    assert.deepEqual((await stored("b")).map(({ kind, name }) => `${kind} ${name}`), ["Mesh default", "Mesh m", "MeshHealthCheck x"]);
  });
});
