import assert from "node:assert/strict";
import { apiUnderTest, type ApiUnderTest } from "./api-under-test.ts";

const url = "/meshes/default/meshexternalservices/shop";

function shop(spec: object = {}): Record<string, unknown> {
  const endpoints = [{ address: "api.shop.example", port: 443 }];
  return { type: "MeshExternalService", mesh: "default", name: "shop", spec: { match: { port: 443, protocol: "http" }, endpoints, ...spec } };
}

describe("services outside the mesh in the API", () => {
  let api: ApiUnderTest;
  beforeEach(async () => {
    api = apiUnderTest();
    assert.equal((await api.put("/meshes/default", { type: "Mesh", name: "default" })).statusCode, 201);
  });
  afterEach(() => api.app.close());

  it("are created, read, listed, updated and deleted", async () => {
    assert.equal((await api.put(url, shop())).statusCode, 201);
    const read = (await api.request("GET", url)).json<{ kri: string; spec: unknown }>();
    assert.equal(read.kri, "kri_extsvc_default_default__shop_");
    assert.deepEqual(read.spec, shop()["spec"]);
    const list = (await api.request("GET", "/meshes/default/meshexternalservices")).json<{ total: number; items: { name: string }[] }>();
    assert.deepEqual([list.total, list.items[0]?.name], [1, "shop"]);
    assert.equal((await api.put(url, shop({ endpoints: [] }))).statusCode, 200);
    assert.equal((await api.request("DELETE", url)).statusCode, 200);
    assert.equal((await api.request("GET", url)).statusCode, 404);
  });

  it("are refused with everything that is wrong with them", async () => {
    const answer = await api.put(url, shop({ endpoints: [{ address: "unix:///a.sock", port: 1 }], tls: { verification: { caCert: { secret: "ca" } } }, extension: { type: "Lambda" } }));
    assert.equal(answer.statusCode, 400);
    const fields = answer.json<{ invalid_parameters: { field: string }[] }>().invalid_parameters.map(({ field }) => field);
    assert.deepEqual(fields, ["spec.endpoints[0].address", "spec.tls.verification.caCert.secret", "spec.extension"]);
  });

  it("say when a setting does nothing", async () => {
    const answer = await api.put(url, shop({ tls: { verification: { serverName: "api.shop.example" } } }));
    assert.match(answer.json<{ warnings: string[] }>().warnings.join("\n"), /spec\.tls: does nothing, because TLS is not enabled/);
  });
});
