import assert from "node:assert/strict";
import { apiUnderTest, type ApiUnderTest } from "./api-under-test.ts";

const url = "/meshes/default/meshhealthchecks/check";
const policy = (interval: string) => ({ type: "MeshHealthCheck", mesh: "default", name: "check", spec: { to: [{ targetRef: { kind: "Mesh" }, default: { interval, tcp: {} } }] } });

describe("conditions of a write", () => {
  let api: ApiUnderTest;
  beforeEach(async () => {
    api = apiUnderTest();
    await api.put("/meshes/default", { type: "Mesh", name: "default" });
  });
  afterEach(() => api.app.close());

  const write = async (method: "PUT" | "DELETE", headers: Record<string, string>, interval = "10s"): Promise<number> =>
    (await api.request(method, url, method === "PUT" ? policy(interval) : undefined, headers)).statusCode;

  it("If-None-Match: * creates, and replaces nothing", async () => {
    assert.equal(await write("PUT", { "if-none-match": "*" }), 201);
    assert.equal(await write("PUT", { "if-none-match": "*" }, "20s"), 409);
    assert.match((await api.request("GET", url)).body, /"interval": "10s"/);
    assert.equal(await write("PUT", { "if-none-match": '"x"' }), 400);
  });

  it("If-Match: * replaces, and creates nothing", async () => {
    assert.equal(await write("PUT", { "if-match": "*" }), 409);
    assert.equal((await api.request("GET", url)).statusCode, 404);
    await write("PUT", {});
    assert.equal(await write("PUT", { "if-match": "*" }, "20s"), 200);
  });

  it("If-Match holds for what was read, with PUT and with DELETE", async () => {
    await write("PUT", {});
    const etag = String((await api.request("GET", url)).headers.etag);
    assert.equal(await write("PUT", { "if-match": etag }, "20s"), 200);
    assert.equal(await write("DELETE", { "if-match": etag }), 409);
    assert.equal(await write("PUT", { "if-match": etag }, "30s"), 409);
    const { body } = await api.request("GET", url);
    assert.match(body, /"interval": "20s"/);
    assert.equal(await write("DELETE", { "if-match": String((await api.request("GET", url)).headers.etag) }), 200);
    assert.equal(await write("DELETE", { "if-match": "*" }), 404);
  });

  it("of two who read the same only one writes", async () => {
    await write("PUT", {});
    const etag = String((await api.request("GET", url)).headers.etag);
    const statuses = await Promise.all(["20s", "30s"].map((interval) => write("PUT", { "if-match": etag }, interval)));
    assert.deepEqual(statuses.sort(), [200, 409]);
  });

  it("times in the body are no condition: what was read long ago can be written again", async () => {
    await write("PUT", {});
    const { body } = await api.request("GET", url);
    await write("PUT", {}, "20s");
    assert.equal((await api.put(url, body)).statusCode, 200);
  });

  it("a dry run deletes nothing, and is refused like a real one", async () => {
    assert.equal((await api.request("DELETE", `${url}?dryRun=true`)).statusCode, 404);
    await write("PUT", {});
    assert.equal((await api.request("DELETE", `${url}?dryRun=true`)).statusCode, 200);
    assert.equal((await api.request("DELETE", `${url}?dryRun=maybe`)).statusCode, 400);
    assert.equal((await api.request("DELETE", `${url}?dryRun=true`, undefined, { "if-match": '"x"' })).statusCode, 409);
    assert.equal((await api.request("GET", url)).statusCode, 200);
    await api.put("/meshes/default/dataplanes/web-1", { type: "Dataplane", mesh: "default", name: "web-1", networking: { address: "127.0.0.1" } });
    assert.equal((await api.request("DELETE", "/meshes/default?dryRun=true")).statusCode, 400);
  });
});
