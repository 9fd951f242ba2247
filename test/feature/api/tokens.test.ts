import assert from "node:assert/strict";
import { decodeJwt } from "jose";
import { authenticated } from "../../../src/core/access/identity.ts";
import { apiUnderTest, type ApiUnderTest } from "./api-under-test.ts";

describe("POST /tokens", () => {
  let api: ApiUnderTest;
  beforeEach(async () => {
    api = apiUnderTest();
    await api.put("/meshes/demo", { type: "Mesh", name: "demo" });
  });
  afterEach(async () => api.app.close());

  const ask = (sort: string, body: unknown, headers: Record<string, string> = {}) => api.request("POST", `/tokens/${sort}`, body, headers);

  it("answers with the token as text, in a form that no cache keeps", async () => {
    const reply = await ask("dataplane", { name: "web-1", mesh: "demo", tags: {}, type: "", workload: "", validFor: "24h0m0s" });
    assert.equal(reply.statusCode, 200);
    assert.deepEqual([reply.headers["content-type"], reply.headers["cache-control"]], ["text/plain", "no-store"]);
    const { iat = 0, exp = 0, nbf, jti, ...claims } = decodeJwt(reply.body);
    assert.deepEqual(claims, { Name: "web-1", Mesh: "demo", Tags: {}, Type: "dataplane", Workload: "" });
    assert.deepEqual([exp - iat, nbf === undefined, jti === undefined], [86_400, false, false]);
  });

  it("makes tokens of users and zones, and takes what is left out for empty", async () => {
    const user = decodeJwt((await ask("user", { name: "john", groups: ["team-a"], validFor: "24h" })).body);
    assert.deepEqual([user["Name"], user["Groups"]], ["john", ["team-a"]]);
    assert.deepEqual(decodeJwt((await ask("user", { name: "john", groups: null })).body)["Groups"], []);
    const zone = decodeJwt((await ask("zone", { zone: "east", scope: ["egress"] })).body);
    assert.deepEqual([zone["Zone"], zone["Scope"]], ["east", ["egress"]]);
    const { exp = 0, iat = 0 } = zone;
    assert.equal(exp - iat, 10 * 365 * 86_400, "ten years where nobody says, as Kuma's");
  });

  it("says in Kuma's words that there are no keys for a mesh that is not there", async () => {
    const reply = await ask("dataplane", { name: "", mesh: "nosuchmesh", tags: {}, type: "", workload: "", validFor: "24h0m0s" });
    const detail = 'there is no signing key with KID 1. Secret of name "dataplane-token-signing-key-nosuchmesh-1" in mesh "nosuchmesh" is not found. If signing key was rotated, regenerate the token';
    assert.deepEqual([reply.statusCode, reply.json()], [404, { type: "/std-errors", status: 404, title: "Signing Key not found", detail, details: detail }]);
    assert.deepEqual((await api.store.list("Secret")).map(({ mesh }) => mesh), []);
  });

  it("tells all that is wrong at once", async () => {
    const cases: readonly [string, unknown, readonly string[]][] = [
      ["dataplane", {}, ["mesh"]],
      ["dataplane", { mesh: "", name: 7, tags: { a: "b" }, type: "x", workload: {}, validFor: "5 parsecs" }, ["mesh", "name", "type", "workload", 'tags["a"]', "validFor"]],
      ["dataplane", { mesh: "demo", tags: [], validFor: "-1s" }, ["tags", "validFor"]],
      ["user", { groups: "admins", validFor: "0s" }, ["name", "groups", "validFor"]],
      ["zone", { zone: 1, scope: [1], validFor: "9999999h" }, ["zone", "scope", "validFor"]],
    ];
    for (const [sort, body, wanted] of cases) {
      const reply = await ask(sort, body);
      assert.equal(reply.statusCode, 400);
      const fields = reply.json<{ invalid_parameters: { field: string }[] }>().invalid_parameters.map(({ field }) => field);
      assert.deepEqual([...fields].sort(), [...wanted].sort(), JSON.stringify(body));
    }
    for (const body of ["", "null", "[]", "{", "x".repeat(100)]) assert.equal((await ask("user", body)).statusCode, 400, body.slice(0, 9));
    assert.equal((await ask("user", "name=john", { "content-type": "application/x-www-form-urlencoded" })).statusCode, 415);
    assert.equal((await api.request("GET", "/tokens/user")).statusCode, 405);
  });

  it("tells who asks", async () => {
    assert.deepEqual((await api.request("GET", "/who-am-i")).json(), { name: "mesh-system:admin", groups: ["mesh-system:admin", "mesh-system:authenticated"] });
  });
});

describe("secrets over the API", () => {
  it("are for administrators, and go with their mesh", async () => {
    let identity = authenticated("john", ["team-a"]);
    const api = apiUnderTest(() => ({}), { authenticate: () => Promise.resolve(identity) });
    const secret = { type: "Secret", mesh: "demo", name: "s", data: "c2VjcmV0" };
    assert.equal((await api.put("/meshes/demo", { type: "Mesh", name: "demo" })).statusCode, 201);
    for (const [method, url, body] of [["PUT", "/meshes/demo/secrets/s", secret], ["GET", "/meshes/demo/secrets/s"], ["GET", "/meshes/demo/secrets"], ["GET", "/secrets"], ["GET", "/global-secrets"], ["GET", "/global-secrets/admin-user-token"], ["DELETE", "/meshes/demo/secrets/s"], ["POST", "/tokens/user", { name: "root", groups: ["mesh-system:admin"] }]] as const) {
      const reply = await api.request(method, url, body);
      assert.deepEqual([reply.statusCode, reply.json<{ title: string }>().title], [403, "Access Denied"], `${method} ${url}`);
    }
    identity = authenticated("mia", ["mesh-system:admin"]);
    assert.equal((await api.put("/meshes/demo/secrets/s", secret)).statusCode, 201);
    const { labels, creationTime, modificationTime, ...rest } = (await api.request("GET", "/meshes/demo/secrets/s")).json<Record<string, unknown>>();
    assert.deepEqual([rest, typeof labels, typeof creationTime, typeof modificationTime], [secret, "object", "string", "string"]);
    assert.equal((await api.request("DELETE", "/meshes/demo")).statusCode, 200);
    assert.deepEqual(await api.store.list("Secret"), []);
    await api.app.close();
  });
});
