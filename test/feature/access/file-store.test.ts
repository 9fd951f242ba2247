import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { ApiClient } from "../../kit/api-client.ts";
import { scratchFolder } from "../../kit/scratch-folder.ts";
import { startWholeControlPlane, type WholeControlPlane } from "../../kit/whole-control-plane.ts";

describe("tokens where resources come from files", () => {
  let folder: string;
  let dataDir: string;
  let whole: WholeControlPlane;
  const start = async (): Promise<WholeControlPlane> => await startWholeControlPlane(["--store", "file", "--resources-dir", folder], dataDir);
  before(async () => {
    [folder, dataDir] = await Promise.all([scratchFolder("files"), scratchFolder("data")]);
    await writeFile(path.join(folder, "mesh.yaml"), "type: Mesh\nname: default\n");
    await writeFile(path.join(folder, "secret.yaml"), "type: Secret\nmesh: default\nname: dataplane-token-signing-key-default-7\ndata: aHVudGVyMg==\n");
    whole = await start();
  });
  after(async () => {
    await whole.stop();
    await Promise.all([folder, dataDir].map((each) => rm(each, { recursive: true, force: true })));
  });

  it("are made with keys in the data directory, which outlive a restart; only meshes that files make have any", async () => {
    const api = new ApiClient(whole.api);
    const admin = await api.ask("GET", "/global-secrets/admin-user-token");
    assert.equal(admin.status, 200);
    assert.ok((await api.dataplaneToken({ mesh: "default" })).length > 100);
    await assert.rejects(api.dataplaneToken({ mesh: "nowhere" }), /404/);
    await whole.stop();
    whole = await start();
    assert.deepEqual(await new ApiClient(whole.api).ask("GET", "/global-secrets/admin-user-token"), admin);
  });

  it("are revoked through the API, though nothing else can be written there", async () => {
    const api = new ApiClient(whole.api);
    assert.equal((await api.put({ type: "Secret", mesh: "default", name: "dataplane-token-revocations-default", data: "eA==" })).status, 201);
    assert.equal((await api.ask("PUT", "/meshes/other", { type: "Mesh", name: "other" })).status, 405);
  });

  it("have no keys in files: a secret there is refused, and nothing of it is told", async () => {
    const names = (await new ApiClient(whole.api).ask("GET", "/meshes/default/secrets")).body as { items: { name: string }[] };
    assert.deepEqual(names.items.map(({ name }) => name).sort(), ["dataplane-token-revocations-default", "dataplane-token-signing-key-default-1"]);
    const log = whole.log.join("\n");
    assert.match(log, /secret\.yaml.*secrets are not read from files/);
    assert.equal(/hunter2|aHVudGVyMg/.test(log), false);
  });
});
