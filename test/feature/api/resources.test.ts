import assert from "node:assert/strict";
import { keyText } from "../../../src/core/model/resource.ts";
import { StoreUnavailable } from "../../../src/edge/source/store-error.ts";
import { apiUnderTest, type ApiUnderTest } from "./api-under-test.ts";

const policyUrl = "/meshes/default/meshhealthchecks/check";

function policy(conf: object = { tcp: {} }): Record<string, unknown> {
  return { type: "MeshHealthCheck", mesh: "default", name: "check", spec: { to: [{ targetRef: { kind: "Mesh" }, default: conf }] } };
}

describe("the resource API", () => {
  let api: ApiUnderTest;
  beforeEach(async () => {
    api = apiUnderTest();
    assert.equal((await api.put("/meshes/default", { type: "Mesh", name: "default" })).statusCode, 201);
  });
  afterEach(() => api.app.close());

  it("answers with all violations at once, and keeps the last good version", async () => {
    await api.put(policyUrl, policy({ interval: "10s", tcp: {} }));
    const answer = await api.put(policyUrl, policy({ interval: "-1s", timeout: 5, unhealthyThreshold: 0 }));
    assert.equal(answer.statusCode, 400);
    const fields = answer.json<{ invalid_parameters: { field: string }[] }>().invalid_parameters.map(({ field }) => field);
    const conf = "spec.to[0].default";
    for (const field of [`${conf}.interval`, `${conf}.timeout`, `${conf}.unhealthyThreshold`, conf]) assert.ok(fields.includes(field), `${field} in ${fields.join()}`);
    const kept = (await api.request("GET", policyUrl)).json<{ spec: { to: [{ default: unknown }] } }>();
    assert.deepEqual(kept.spec.to[0].default, { interval: "10s", tcp: {} });
  });

  it("warns of an unknown field and names the nearest known one", async () => {
    const answer = await api.put(policyUrl, policy({ intervall: "10s", tcp: {} }));
    assert.equal(answer.statusCode, 201);
    assert.match(answer.json<{ warnings: string[] }>().warnings.join("\n"), /spec\.to\[0\]\.default\.intervall.*interval/);
  });

  it("takes YAML where the content type says so", async () => {
    const yaml = "type: MeshHealthCheck\nmesh: default\nname: check\nspec: {to: [{targetRef: {kind: Mesh}, default: {tcp: {}}}]}\n";
    assert.equal((await api.request("PUT", policyUrl, yaml, { "content-type": "application/yaml" })).statusCode, 201);
    const broken = await api.request("PUT", policyUrl, "type: [", { "content-type": "application/yaml" });
    assert.equal(broken.statusCode, 400);
    assert.match(broken.json<{ detail: string }>().detail, /invalid MeshHealthCheck object: .*line 1/);
    assert.equal((await api.request("PUT", policyUrl, `${yaml}---\n${yaml}`, { "content-type": "application/yaml" })).statusCode, 400);
  });

  it("refuses other content types with 415", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonx"]) {
      const answer = await api.request("PUT", policyUrl, policy(), { "content-type": type });
      assert.equal(answer.statusCode, 415, type);
      assert.equal(answer.json<{ type: string }>().type, "/std-errors");
    }
  });

  it("refuses a body that is too large with 413 and the limit", async () => {
    const answer = await api.put(policyUrl, `{"x":"${"a".repeat(2_000_000)}"}`);
    assert.equal(answer.statusCode, 413);
    assert.match(answer.json<{ detail: string }>().detail, /limit of 1048576 bytes/);
  });

  it("refuses what is no document with 400", async () => {
    for (const body of ["", "null", "[]", "1", '"x"', `${'{"a":'.repeat(500)}1${"}".repeat(500)}`, "\u0000"]) {
      const answer = await api.put(policyUrl, body);
      assert.equal(answer.statusCode, 400, body.slice(0, 20));
      assert.match(answer.json<{ detail: string }>().detail, /invalid MeshHealthCheck object/);
    }
  });

  it("is not taken in by keys of Object.prototype", async () => {
    const document = `{"type":"MeshHealthCheck","mesh":"default","name":"check","__proto__":{"polluted":1},"constructor":{},"spec":{"__proto__":{"polluted":1},"to":[]}}`;
    assert.ok([201, 400].includes((await api.put(policyUrl, document)).statusCode));
    assert.equal(({} as { polluted?: number }).polluted, undefined);
    for (const name of ["__proto__", "constructor", "toString"]) {
      assert.equal((await api.request("GET", `/meshes/${name}/meshhealthchecks`)).statusCode, 404, name);
      assert.equal((await api.request("GET", `/meshes/default/meshhealthchecks/${name}`)).statusCode, 404, name);
    }
  });

  it("finds nothing under odd names", async () => {
    for (const name of ["..", "%2e%2e", "%2e%2e%2fpasswd", "a%2fb", "%00", "a%20b", "x".repeat(900)]) {
      const answer = await api.request("GET", `/meshes/default/meshhealthchecks/${name}`);
      assert.equal(answer.statusCode, 404, name);
    }
    assert.equal((await api.request("GET", "/meshes/default/meshhealthchecks/%zz")).statusCode, 400);
  });

  it("refuses requests for another host, against DNS rebinding", async () => {
    const answer = await api.request("GET", "/", undefined, { host: "evil.example:5681" });
    assert.equal(answer.statusCode, 403);
    assert.match(answer.json<{ detail: string }>().detail, /"evil.example:5681"/);
  });

  it("keeps labels that say where a resource came from", async () => {
    await api.put(policyUrl, { ...policy(), labels: { "kuma.io/zone": "east", team: "a" } });
    const changed = await api.put(policyUrl, { ...policy(), labels: { "kuma.io/zone": "west" } });
    assert.equal(changed.statusCode, 400);
    assert.deepEqual(changed.json<{ invalid_parameters: unknown }>().invalid_parameters, [
      { field: 'labels["kuma.io/zone"]', reason: 'is immutable, cannot be changed from "east" to "west"' },
    ]);
    assert.equal((await api.put(policyUrl, policy({ interval: "5s", tcp: {} }))).statusCode, 200);
    const { labels } = (await api.request("GET", policyUrl)).json<{ labels: Record<string, string> }>();
    assert.equal(labels["kuma.io/zone"], "east");
    assert.equal(labels["team"], undefined);
  });

  it("takes what it gave: GET, then PUT of the same body, changes nothing", async () => {
    await api.put(policyUrl, policy());
    const before = await api.request("GET", policyUrl);
    const again = await api.put(policyUrl, before.body);
    assert.equal(again.statusCode, 200, again.body);
    assert.equal((await api.request("GET", policyUrl)).body, before.body);
  });

  it("refuses a PUT with If-Match when somebody else wrote in between", async () => {
    await api.put(policyUrl, policy());
    const etag = String((await api.request("GET", policyUrl)).headers.etag);
    assert.equal((await api.request("PUT", policyUrl, policy({ interval: "5s", tcp: {} }), { "if-match": etag })).statusCode, 200);
    const late = await api.request("PUT", policyUrl, policy({ interval: "6s", tcp: {} }), { "if-match": etag });
    assert.equal(late.statusCode, 409);
    assert.match(late.json<{ detail: string }>().detail, /was expected as modified at/);
    assert.equal((await api.request("PUT", policyUrl, policy(), { "if-match": "yesterday" })).statusCode, 400);
  });

  it("takes the policies of a mesh away with it, once no Dataplane is left", async () => {
    await api.put("/meshes/old", { type: "Mesh", name: "old" });
    await api.put("/meshes/old/dataplanes/web-1", { type: "Dataplane", mesh: "old", name: "web-1", networking: { address: "127.0.0.1" } });
    await api.put("/meshes/old/meshhealthchecks/check", { ...policy(), mesh: "old" });
    assert.equal((await api.request("DELETE", "/meshes/old")).statusCode, 400);
    assert.equal((await api.request("GET", "/meshes/old/meshhealthchecks/check")).statusCode, 200);
    await api.request("DELETE", "/meshes/old/dataplanes/web-1");
    assert.equal((await api.request("DELETE", "/meshes/old")).statusCode, 200);
    assert.equal((await api.request("GET", "/meshhealthchecks")).json<{ total: number }>().total, 0);
  });

  it("puts rejections on the policy, with Envoy's text, and takes them away again", async () => {
    await api.put(policyUrl, policy());
    const key = { kind: "MeshHealthCheck", mesh: "default", name: "check" };
    const since = "2026-01-01T00:00:00.000Z";
    const rejection = { typeUrl: "type", resources: ["backend"], madeFrom: [key], message: "unable to open file", nonce: "3", proxy: { mesh: "default", name: "web-1" }, since };
    api.rejections.set(keyText(key), [rejection]);
    const { status } = (await api.request("GET", policyUrl)).json<{ status: { rejections: unknown } }>();
    assert.deepEqual(status.rejections, [{ proxy: { mesh: "default", name: "web-1" }, type: "type", resources: ["backend"], message: "unable to open file", since }]);
    api.rejections.clear();
    assert.equal((await api.request("GET", policyUrl)).json<{ status?: { rejections?: unknown } }>().status?.rejections, undefined);
  });

  it("says 503 when the store cannot write, and loses nothing", async () => {
    await api.put(policyUrl, policy());
    let isFull = true;
    const put: typeof api.store.put = async (...given) => {
      if (isFull) throw new StoreUnavailable("full", "cannot write to probeplane.db: database or disk is full");
      return api.store.put(...given);
    };
    const other = apiUnderTest(() => ({ resources: api.store, writer: { ...api.store, put } }));
    const answer = await other.put(policyUrl, policy({ interval: "1s", tcp: {} }));
    assert.equal(answer.statusCode, 503);
    assert.match(answer.json<{ detail: string }>().detail, /^store unavailable: .*disk is full/);
    assert.equal((await other.request("GET", policyUrl)).statusCode, 200);
    isFull = false;
    assert.equal((await other.put(policyUrl, policy({ interval: "1s", tcp: {} }))).statusCode, 200);
    await other.app.close();
  });

  it("reads, but does not write, where resources come from files", async () => {
    const other = apiUnderTest(() => ({ writer: undefined }));
    const answer = await other.put("/meshes/default", { type: "Mesh", name: "default" });
    assert.equal(answer.statusCode, 405);
    assert.match(answer.json<{ detail: string }>().detail, /change the files/);
    assert.equal((await other.request("GET", "/meshes")).statusCode, 200);
    await other.app.close();
  });

  it("says where else resources are changed, and which kinds these are", async () => {
    const other = apiUnderTest(() => ({ writer: undefined, secretWriter: api.store, readOnlyBecause: "use kubectl" }));
    const answer = await other.request("DELETE", "/meshes/default/meshhealthchecks/web-to-backend");
    assert.equal(answer.statusCode, 405);
    assert.equal(answer.json<{ detail: string }>().detail, "use kubectl");
    const { resources } = (await other.request("GET", "/_resources")).json<{ resources: { name: string; readOnly: boolean }[] }>();
    assert.deepEqual(resources.filter(({ readOnly }) => !readOnly).map(({ name }) => name), ["GlobalSecret", "Secret"]);
    const { policies } = (await other.request("GET", "/policies")).json<{ policies: { name: string; readOnly: boolean }[] }>();
    assert.deepEqual(policies.map(({ readOnly }) => readOnly), policies.map(() => true));
    await other.app.close();
  });
});
