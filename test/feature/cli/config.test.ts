import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { scratchFolder } from "../../kit/scratch-folder.ts";
import { command, type CommandResult } from "./command.ts";
import { serveControlPlane, type ServedControlPlane } from "./served-control-plane.ts";

describe("probeplane config control-planes", () => {
  let served: ServedControlPlane;
  let home: string;
  before(async () => (served = await serveControlPlane()));
  after(() => served.stop());
  beforeEach(async () => (home = await scratchFolder("home")));

  const run = (args: string, input = "", env: Readonly<Record<string, string>> = {}): Promise<CommandResult> => command(args.split(" "), input, { XDG_CONFIG_HOME: home, ...env });
  const add = (name: string, more = ""): Promise<CommandResult> => run(`config control-planes add --name ${name} --address ${served.address}${more}`);

  it("adds one, in kumactl's words, and uses it from then on", async () => {
    assert.equal((await add("here")).out, 'added Control Plane "here"\nswitched active Control Plane to "here"\n');
    assert.equal((await run("config control-planes list")).out, `ACTIVE   NAME   ADDRESS\n*        here   ${served.address}\n`);
    assert.match((await run("get meshes")).out, /default/);
  });

  it("refuses a second one of a name, unless told to overwrite", async () => {
    await add("here");
    const { status, err } = await add("here");
    assert.deepEqual([status, err], [1, 'there is a Control Plane "here" already; give --overwrite to replace it\n']);
    assert.equal((await add("here", " --overwrite")).status, 0);
  });

  it("switches and removes", async () => {
    await add("one");
    await add("two");
    assert.equal((await run("config control-planes switch --name one")).out, 'switched active Control Plane to "one"\n');
    assert.match((await run("config control-planes list")).out, /\n\* +one .*\n +two /);
    assert.equal((await run("config control-planes remove --name one")).out, 'removed Control Plane "one"\n');
    assert.match((await run("config control-planes switch --name tow")).err, /there is no Control Plane "tow"; there are two; did you mean two\?/);
  });

  it("keeps a token for its owner only, and shows it to nobody", async () => {
    const file = path.join(home, "probeplane", "contexts.yaml");
    const added = await run(`config control-planes add --name here --address ${served.address} --token-stdin`, "s3cret\n");
    assert.equal(added.status, 0, added.err);
    assert.match(await readFile(file, "utf8"), /token: s3cret/);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const { out } = await run("config control-planes view");
    assert.ok(!out.includes("s3cret"));
    assert.match(out, /token: "\*\*\*"/);
  });

  it("asks first whether a control plane is there", async () => {
    const { status, err } = await run("config control-planes add --name gone --address http://127.0.0.1:1");
    assert.equal(status, 69);
    assert.match(err, /nothing listens there/);
    assert.equal((await run("config control-planes add --name gone --address http://127.0.0.1:1 --no-check")).status, 0);
  });

  it("is overridden by a flag, then by the environment", async () => {
    await run("config control-planes add --name gone --address http://127.0.0.1:1 --no-check");
    await add("here");
    assert.equal((await run("get meshes --context gone")).status, 69);
    assert.equal((await run("get meshes", "", { PROBEPLANE_CONTEXT: "gone" })).status, 69);
    assert.equal((await run("get meshes --context here", "", { PROBEPLANE_CONTEXT: "gone" })).status, 0);
    assert.equal((await run("get meshes", "", { PROBEPLANE_ADDRESS: "http://127.0.0.1:1" })).status, 69);
    assert.equal((await run(`get meshes --address ${served.address}`, "", { PROBEPLANE_ADDRESS: "http://127.0.0.1:1" })).status, 0);
  });

  it("leaves `run` alone: what commands read in the environment is no setting of the control plane", async () => {
    const { err } = await run("run --no-such-option", "", { PROBEPLANE_ADDRESS: served.address, PROBEPLANE_TOKEN_FILE: "/x", PROBEPLANE_MESH: "demo" });
    assert.match(err, /no-such-option/);
    assert.ok(!err.includes("PROBEPLANE_"), err);
  });

  it("takes the mesh of the environment for the default one", async () => {
    await add("here");
    assert.match((await run("get mhc", "", { PROBEPLANE_MESH: "nosuch" })).err, /Failed to retrieve Mesh/);
  });
});
