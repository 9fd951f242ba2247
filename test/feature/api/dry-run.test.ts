import assert from "node:assert/strict";
import { apiUnderTest, type ApiUnderTest } from "./api-under-test.ts";

const url = "/meshes/demo/meshhealthchecks/hc";
const policy = { type: "MeshHealthCheck", mesh: "demo", name: "hc", spec: { to: [{ targetRef: { kind: "Mesh" }, default: { interval: "10s", tcp: {} } }] } };

describe("a put as a dry run", () => {
  let api: ApiUnderTest;
  before(async () => {
    api = apiUnderTest();
    await api.put("/meshes/demo", { type: "Mesh", name: "demo" });
  });
  after(() => api.app.close());

  it("answers as a real one would, and stores nothing", async () => {
    const dry = await api.put(`${url}?dryRun=true`, policy);
    assert.equal(dry.statusCode, 201);
    assert.equal(dry.headers["x-probeplane-outcome"], "created");
    assert.equal((await api.request("GET", url)).statusCode, 404);
    const real = await api.put(url, policy);
    assert.equal(real.body, dry.body);
    assert.match(real.body, /no Dataplane is selected/);
  });

  it("tells whether something would change", async () => {
    const modified = async (): Promise<string> => (await api.request("GET", url)).json<{ modificationTime: string }>().modificationTime;
    const before = await modified();
    const outcome = async (body: object, query: string): Promise<unknown> => (await api.put(`${url}${query}`, body)).headers["x-probeplane-outcome"];
    assert.equal(await outcome(policy, "?dryRun=true"), "unchanged");
    const other = { ...policy, spec: { to: [] } };
    assert.equal(await outcome({ ...other, spec: { to: [{ targetRef: { kind: "Mesh" }, default: { tcp: {} } }] } }, "?dryRun"), "updated");
    assert.equal(await modified(), before);
    assert.equal(await outcome(policy, ""), "unchanged");
  });

  it("refuses what a real one would refuse", async () => {
    assert.equal((await api.put(`${url}?dryRun=true`, { ...policy, name: "other" })).statusCode, 400);
    assert.equal((await api.put("/meshes/none/meshhealthchecks/hc?dryRun=true", policy)).statusCode, 404);
    const stale = await api.request("PUT", `${url}?dryRun=true`, policy, { "if-match": '"2020-01-01T00:00:00.000Z"' });
    assert.equal(stale.statusCode, 409);
  });

  it("is never taken for a real one because of how it is written", async () => {
    const reply = await api.put("/meshes/demo/meshhealthchecks/new?dryRun=yes", { ...policy, name: "new" });
    assert.equal(reply.statusCode, 400);
    assert.match(reply.body, /"field": "dryRun"/);
    assert.equal((await api.request("GET", "/meshes/demo/meshhealthchecks/new")).statusCode, 404);
  });
});
