import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { PostgresUnavailable, postgresBinaries } from "../../../scripts/lib/postgres-binaries.ts";
import { temporaryFolder } from "../temporary-folder.ts";

describe("where the tests' PostgreSQL comes from", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(async () => {
    await folder.remove();
  });

  async function install(name: string): Promise<string> {
    const bin = path.join(folder.path, name);
    await mkdir(bin, { recursive: true });
    for (const program of ["initdb", "postgres"]) await writeFile(path.join(bin, program), "", { mode: 0o755 });
    return bin;
  }

  const nothingAsked = (): Promise<number> => Promise.reject(new Error("apt-get was asked"));

  it("takes what POSTGRES_BIN names, and nothing else when there is none", async () => {
    const bin = await install("own");
    await install("15/bin");
    const options = { debianFolder: folder.path, aptGet: nothingAsked };
    assert.equal(await postgresBinaries({ ...options, env: { POSTGRES_BIN: bin } }), bin);
    await assert.rejects(postgresBinaries({ ...options, env: { POSTGRES_BIN: "/nowhere" } }), /POSTGRES_BIN is \/nowhere, in which there is no initdb/);
  });

  it("takes Debian's newest version, else what is on the PATH", async () => {
    const onPath = await install("path");
    const options = { debianFolder: folder.path, aptGet: nothingAsked, env: { PATH: `/nowhere:${onPath}` } };
    assert.equal(await postgresBinaries(options), onPath);
    await install("9/bin");
    const newest = await install("15/bin");
    assert.equal(await postgresBinaries(options), newest);
  });

  it("installs Debian's package as root, once, and says what is missing where it cannot", async () => {
    const asked: string[] = [];
    const aptGet = async (args: readonly string[]): Promise<number> => {
      asked.push(args.join(" "));
      if (args[0] === "install") await install("15/bin");
      return 0;
    };
    const options = { debianFolder: folder.path, env: {}, isRoot: true, aptGet };
    const bin = await postgresBinaries(options);
    assert.equal(await postgresBinaries(options), bin);
    assert.deepEqual(asked, ["update -q", "install -q -y --no-install-recommends postgresql"]);
  });

  it("gives a reason to skip where there is no root and where apt fails", async () => {
    const options = { debianFolder: folder.path, env: {} };
    await assert.rejects(postgresBinaries({ ...options, isRoot: false, aptGet: nothingAsked }), (error) => error instanceof PostgresUnavailable && error.message.includes("DATABASE_URL"));
    await assert.rejects(postgresBinaries({ ...options, isRoot: true, aptGet: () => Promise.resolve(100) }), /`apt-get update` failed \(100\)/);
    await assert.rejects(postgresBinaries({ ...options, isRoot: true, aptGet: nothingAsked }), PostgresUnavailable);
  });
});
