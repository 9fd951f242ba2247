import assert from "node:assert/strict";
import { chmod, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { keyText } from "../../src/core/model/resource.ts";
import type { Resource } from "../../src/core/model/resource.ts";
import { createFileSource } from "../../src/edge/source/file/file-source.ts";
import type { Problem, Source, SourceEvent } from "../../src/edge/source/port.ts";
import { record, type Recorder } from "./recorder.ts";
import { policyDocument } from "./sample-resources.ts";
import { intervalOf } from "./source-contract.ts";
import { temporaryFolder } from "./temporary-folder.ts";

describe("file source", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let source: Source | undefined;
  let events: Recorder<SourceEvent>;
  let problems: Recorder<readonly Problem[]>;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(async () => {
    await source?.close();
    await folder.remove();
  });

  it("has the mesh default without being told, with the labels that a store adds to everything", async () => {
    await write("a.yaml", policyDocument("a"));
    await start();
    assert.deepEqual(present(), ["Mesh//default", "MeshHealthCheck/default/a=10s"]);
    assert.equal(resources().find(({ kind }) => kind === "MeshHealthCheck")?.labels["kuma.io/mesh"], "default");
  });

  it("reads subfolders, several documents a file, YAML and JSON, and leaves other files and hidden ones alone", async () => {
    await mkdir(join(folder.path, "team", "deep"), { recursive: true });
    await mkdir(join(folder.path, ".git"));
    await write("team/deep/a.yml", policyDocument("a"), policyDocument("b"));
    await writeFile(join(folder.path, "c.json"), JSON.stringify(policyDocument("c")));
    await write(".git/d.yaml", policyDocument("d"));
    await write(".e.yaml.swp", policyDocument("e"));
    await write("notes.txt", policyDocument("f"));
    await start();
    assert.deepEqual(present().slice(1), ["a", "b", "c"].map((name) => `MeshHealthCheck/default/${name}=10s`));
  });

  it("keeps the last good version of a bad document, and says which document of which file", async () => {
    await write("p.yaml", policyDocument("a"), policyDocument("b"));
    await start();
    await write("p.yaml", policyDocument("a", "30s"), policyDocument("b", "nonsense"));
    await told(1);
    assert.deepEqual(present().slice(1), ["MeshHealthCheck/default/a=30s", "MeshHealthCheck/default/b=10s"]);
    const problem = firstProblem();
    assert.match(problem.origin, /^p\.yaml, document 2 \(line \d+\)$/);
    assert.equal(problem.path, "spec.to[0].default.interval");
    assert.deepEqual(problem.kept, [{ kind: "MeshHealthCheck", mesh: "default", name: "b" }]);
    await write("p.yaml", policyDocument("a", "30s"), policyDocument("b", "40s"));
    await told(0);
    assert.deepEqual(present().slice(1), ["MeshHealthCheck/default/a=30s", "MeshHealthCheck/default/b=40s"]);
  });

  it("takes away what was deleted beside a bad document whose key is known", async () => {
    await write("p.yaml", policyDocument("a"), policyDocument("b"));
    await start();
    await write("p.yaml", policyDocument("b", "nonsense"));
    await until(() => !present().includes("MeshHealthCheck/default/a=10s"));
    assert.deepEqual(present().slice(1), ["MeshHealthCheck/default/b=10s"]);
  });

  it("keeps everything that a file gave while one cannot tell which document is broken", async () => {
    await write("p.yaml", policyDocument("a"), policyDocument("b"));
    await start();
    await writeFile(join(folder.path, "p.yaml"), "type: MeshHealthCheck\n  name: a\n\tmesh");
    await told(1);
    assert.equal(present().length, 3);
    await write("p.yaml", policyDocument("b", "20s"), { type: "MeshHealthCheck", mesh: "default", name: "Not A Name", spec: {} });
    await until(() => present().includes("MeshHealthCheck/default/b=20s"));
    assert.ok(present().includes("MeshHealthCheck/default/a=10s"));
    await write("p.yaml", policyDocument("b", "20s"));
    await told(0);
    assert.deepEqual(present().slice(1), ["MeshHealthCheck/default/b=20s"]);
  });

  it("keeps what a file gave when it becomes binary garbage, too large or unreadable", async () => {
    const file = join(folder.path, "p.yaml");
    await write("p.yaml", policyDocument("a"));
    await start();
    for (const [content, message] of [
      [Buffer.from([0xff, 0xfe, 0x00, 0x41]), /not valid UTF-8/],
      ["a\0b", /NUL/],
      [`a: ${"x".repeat(5_000_000)}`, /too large: 5000003 bytes/],
    ] as const) {
      await writeFile(file, content);
      await until(() => message.test(firstProblem().message));
      assert.ok(present().includes("MeshHealthCheck/default/a=10s"));
    }
    await rm(file);
    await told(0);
    assert.deepEqual(present(), ["Mesh//default"]);
  });

  it("keeps what was good in a folder that it may not read any more", async function () {
    await mkdir(join(folder.path, "team"));
    await write("team/p.yaml", policyDocument("a"));
    await start({ rescanMs: 50 });
    await asNobody(async () => {
      await told(1);
      assert.deepEqual(present().slice(1), ["MeshHealthCheck/default/a=10s"]);
    });
    await told(0);
  });

  it("takes the resources of a deleted file away, and those of a deleted subfolder", async () => {
    await mkdir(join(folder.path, "team"));
    await write("team/b.yaml", policyDocument("b"));
    await write("a.yaml", policyDocument("a"));
    await start();
    await rm(join(folder.path, "a.yaml"));
    await until(() => !present().includes("MeshHealthCheck/default/a=10s"));
    await rm(join(folder.path, "team"), { recursive: true });
    await until(() => present().length === 1);
  });

  it("keeps the first of two documents with one key and names both places", async () => {
    await write("b.yaml", policyDocument("x", "20s"));
    await write("a.yaml", policyDocument("y"), policyDocument("x", "10s"));
    await start();
    assert.ok(present().includes("MeshHealthCheck/default/x=10s"));
    const problem = firstProblem();
    assert.match(problem.origin, /^b\.yaml, document 1/);
    assert.match(problem.message, /already defined in a\.yaml, document 2 \(line \d+\)/);
    await rm(join(folder.path, "a.yaml"));
    await told(0);
    assert.ok(present().includes("MeshHealthCheck/default/x=20s"));
  });

  it("lets a resource move from a file with a broken document to another", async () => {
    await write("a.yaml", policyDocument("x", "10s"), policyDocument("y"));
    await start();
    await write("a.yaml", policyDocument("y"), { type: "Nonsense" });
    await write("b.yaml", policyDocument("x", "20s"));
    await until(() => present().includes("MeshHealthCheck/default/x=20s"));
    assert.equal(problems.told.at(-1)?.length, 1);
  });

  it("refuses what lives in a mesh that nobody made, until somebody makes it", async () => {
    await write("a.yaml", policyDocument("a", "10s", "shop"));
    await start();
    const problem = firstProblem();
    assert.equal(problem.path, "mesh");
    assert.match(problem.message, /mesh "shop" does not exist/);
    await write("mesh.yaml", { type: "Mesh", name: "shop" });
    await told(0);
    assert.deepEqual(present(), ["Mesh//default", "Mesh//shop", "MeshHealthCheck/shop/a=10s"]);
  });

  it("sees what editors and deployments do: rename over the file, and a swapped link as in a ConfigMap", async () => {
    await write("..v1/p.yaml", policyDocument("a", "10s"));
    await symlink("..v1", join(folder.path, "..data"));
    await symlink("..data/p.yaml", join(folder.path, "p.yaml"));
    await write("q.yaml", policyDocument("q", "10s"));
    await start();
    await write("..v2/p.yaml", policyDocument("a", "20s"));
    await symlink("..v2", join(folder.path, "..data_tmp"));
    await rename(join(folder.path, "..data_tmp"), join(folder.path, "..data"));
    await write(".q.yaml.new", policyDocument("q", "30s"));
    await rename(join(folder.path, ".q.yaml.new"), join(folder.path, "q.yaml"));
    await until(() => present().includes("MeshHealthCheck/default/a=20s") && present().includes("MeshHealthCheck/default/q=30s"));
    assert.ok(events.told.every((event) => event.type === "state" || event.removed.length === 0));
  });

  it("survives a loop of links", async () => {
    await mkdir(join(folder.path, "team"));
    await symlink("..", join(folder.path, "team", "up"));
    await write("a.yaml", policyDocument("a"));
    await start();
    assert.equal(present().length, 2);
  });

  it("keeps everything when the folder goes, and reads it when it comes back", async () => {
    await write("a.yaml", policyDocument("a"));
    await start({ rescanMs: 50 });
    await rename(folder.path, `${folder.path}-away`);
    await told(1);
    assert.equal(firstProblem().origin, folder.path);
    assert.equal(present().length, 2);
    await write("../" + `${folder.path.split("/").at(-1) ?? ""}-away/a.yaml`, policyDocument("a", "20s"));
    await rename(`${folder.path}-away`, folder.path);
    await until(() => present().includes("MeshHealthCheck/default/a=20s"));
  });

  it("gives no state before the folder can be read", async () => {
    const target = join(folder.path, "later");
    source = createFileSource({ folder: target, rescanMs: 50 });
    events = record(source.events);
    problems = record(source.problems);
    await told(1);
    assert.deepEqual(events.told, []);
    await mkdir(target);
    await until(() => events.told.length > 0);
    await told(0);
  });

  it("repairs by a scan what no notification told", async () => {
    await mkdir(join(folder.path, "real"));
    const outside = await temporaryFolder();
    await writeFile(join(outside.path, "a.yaml"), stringify(policyDocument("a", "10s")));
    await symlink(join(outside.path, "a.yaml"), join(folder.path, "a.yaml"));
    await start({ rescanMs: 50 });
    await writeFile(join(outside.path, "a.yaml"), stringify(policyDocument("a", "20s")));
    await until(() => present().includes("MeshHealthCheck/default/a=20s"));
    await outside.remove();
  });

  it("has the last of a hundred quick edits, and never half of one", async () => {
    await write("a.yaml", policyDocument("a", "1s"));
    await start();
    for (let i = 2; i <= 100; i++) await write("a.yaml", policyDocument("a", `${i}s`));
    await until(() => present().includes("MeshHealthCheck/default/a=1m40s"));
    assert.deepEqual(problems.told, [[]]);
    assert.ok(events.told.every((event) => event.type === "state" || event.removed.length === 0));
  });

  it("tells notices of unknown fields, with the resource they are about", async () => {
    await write("a.yaml", { ...(policyDocument("a") as object), speck: {} });
    await start();
    const notices = record((source ?? assert.fail()).notices);
    assert.deepEqual(notices.told.at(-1)?.map(({ code, about }) => [code, about.name]), [["unknown-field", "a"]]);
  });

  async function write(path: string, ...documents: readonly unknown[]): Promise<void> {
    const file = join(folder.path, path);
    await mkdir(join(file, ".."), { recursive: true });
    await writeFile(file, documents.map((document) => stringify(document)).join("---\n"));
  }

  async function start(options: { readonly rescanMs?: number } = {}): Promise<void> {
    source = createFileSource({ folder: folder.path, ...options });
    events = record(source.events);
    problems = record(source.problems);
    await until(() => events.told.length > 0);
  }

  async function told(count: number): Promise<void> {
    await problems.until((all) => all.at(-1)?.length === count);
  }

  /** The first of the problems that stand, with its first violation; empty texts when there is none. */
  function firstProblem(): Pick<Problem, "origin" | "kept"> & { readonly path: string; readonly message: string } {
    const { origin = "", violations = [], kept } = problems.told.at(-1)?.[0] ?? {};
    return { origin, path: violations[0]?.path ?? "", message: violations[0]?.message ?? "", ...(kept === undefined ? {} : { kept }) };
  }

  async function until(condition: () => boolean): Promise<void> {
    await Promise.race([events.until(condition), problems.until(condition)]);
  }

  function resources(): readonly Resource[] {
    const now = new Map<string, Resource>();
    for (const event of events.told) {
      for (const resource of event.type === "state" ? event.resources : event.changed) now.set(keyText(resource), resource);
      for (const key of event.type === "state" ? [] : event.removed) now.delete(keyText(key));
    }
    return [...now.values()].sort((a, b) => (keyText(a) < keyText(b) ? -1 : 1));
  }

  function present(): string[] {
    return resources().map((resource) => `${keyText(resource)}${resource.kind === "MeshHealthCheck" ? `=${intervalOf(resource)}` : ""}`);
  }

  /** Takes the right to read the subfolder away. Root may read everything, so it is somebody else meanwhile. */
  async function asNobody(act: () => Promise<void>): Promise<void> {
    const isRoot = process.geteuid?.() === 0;
    await chmod(folder.path, 0o755);
    await chmod(join(folder.path, "team"), 0o000);
    if (isRoot) process.seteuid?.(65_534);
    try {
      await act();
    } finally {
      if (isRoot) process.seteuid?.(0);
      await chmod(join(folder.path, "team"), 0o755);
    }
  }
});
