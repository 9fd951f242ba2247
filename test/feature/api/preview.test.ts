import assert from "node:assert/strict";
import { apiUnderTest, type ApiUnderTest } from "./api-under-test.ts";

interface Preview {
  readonly resources: readonly { readonly name: string; readonly outcome: string; readonly fields: readonly object[]; readonly warnings?: readonly string[] }[];
  readonly proxies: {
    readonly total: number;
    readonly groups: readonly { readonly effect: string; readonly proxies: readonly { readonly name: string }[]; readonly changes: readonly { readonly name: string; readonly fields: readonly object[] }[] }[];
    readonly omittedGroups: number;
  };
}

const policy = (path: string): object => ({
  type: "MeshHealthCheck", mesh: "demo", name: "hc",
  spec: { to: [{ targetRef: { kind: "MeshService", name: "backend" }, default: { interval: "10s", http: { path } } }] },
});
const tags = (service: string): object => ({ "kuma.io/service": service, "kuma.io/protocol": "http" });

describe("POST /_preview", () => {
  let api: ApiUnderTest;
  before(async () => {
    api = apiUnderTest();
    await api.put("/meshes/demo", { type: "Mesh", name: "demo" });
    const dataplane = (name: string, networking: object): Promise<unknown> => api.put(`/meshes/demo/dataplanes/${name}`, { type: "Dataplane", mesh: "demo", name, networking });
    for (const name of ["web-1", "web-2", "web-3"]) {
      await dataplane(name, { address: "127.0.0.1", inbound: [{ port: 80, tags: tags("web") }], outbound: [{ port: 1000, tags: { "kuma.io/service": "backend" } }] });
    }
    await dataplane("backend-1", { address: "127.0.0.2", inbound: [{ port: 80, tags: tags("backend") }] });
    await api.put("/meshes/demo/meshhealthchecks/hc", policy("/a"));
  });
  after(() => api.app.close());

  const ask = async (body: object, query = ""): Promise<Preview> => {
    const reply = await api.request("POST", `/_preview${query}`, body);
    assert.equal(reply.statusCode, 200, reply.body);
    return reply.json<Preview>();
  };

  it("tells what changes in the store and in which proxies, those alike together", async () => {
    const { resources, proxies } = await ask({ resources: [policy("/b")] });
    assert.deepEqual(resources.map(({ outcome, fields }) => ({ outcome, fields })), [
      { outcome: "updated", fields: [{ path: "spec.to[0].default.http.path", before: "/a", after: "/b" }] },
    ]);
    assert.match(resources[0]!.warnings!.join(), /noTrafficInterval/);
    assert.equal(proxies.total, 3);
    assert.deepEqual(proxies.groups.map(({ effect, proxies: names }) => [effect, names.map(({ name }) => name).sort()]), [["changed", ["web-1", "web-2", "web-3"]]]);
    assert.deepEqual(proxies.groups[0]!.changes.map(({ name, fields }) => [name, fields]), [
      ["backend", [{ path: "healthChecks[0].httpHealthCheck.path", before: "/a", after: "/b" }]],
    ]);
  });

  it("changes nothing", async () => {
    const url = "/meshes/demo/meshhealthchecks/hc";
    const before = (await api.request("GET", url)).body;
    await ask({ resources: [policy("/b")], deleted: [{ type: "MeshHealthCheck", mesh: "demo", name: "hc" }] });
    assert.equal((await api.request("GET", url)).body, before);
  });

  it("is empty when all is as it is", async () => {
    const { resources, proxies } = await ask({ resources: [policy("/a")] });
    assert.deepEqual(resources.map(({ outcome }) => outcome), ["unchanged"]);
    assert.deepEqual(proxies, { total: 0, groups: [], omittedGroups: 0 });
  });

  it("foresees deletions", async () => {
    const { resources, proxies } = await ask({ deleted: [{ type: "MeshHealthCheck", mesh: "demo", name: "hc" }, { type: "Mesh", name: "nosuch" }] });
    assert.deepEqual(resources.map(({ outcome }) => outcome), ["deleted", "unchanged"]);
    assert.equal(proxies.total, 3);
  });

  it("looks at one proxy when asked", async () => {
    const { proxies } = await ask({ resources: [policy("/b")] }, "?mesh=demo&proxy=web-2");
    assert.deepEqual(proxies.groups.map((group) => group.proxies), [[{ mesh: "demo", name: "web-2" }]]);
  });

  it("takes documents for a mesh that one of them makes", async () => {
    const { resources } = await ask({ resources: [{ ...policy("/a"), mesh: "new" }, { type: "Mesh", name: "new" }] });
    assert.deepEqual(resources.map(({ outcome }) => outcome), ["created", "created"]);
  });

  it("refuses with everything that is wrong, each with its place in the request", async () => {
    const reply = await api.request("POST", "/_preview", {
      resources: [policy("/a"), { type: "MeshHealthCheck", mesh: "demo", name: "x", spec: { to: [{ targetRef: { kind: "Mesh" }, default: { interval: "-1s" } }] } }, { ...policy("/a"), mesh: "none" }],
      deleted: [{ type: "Nonsense" }],
    });
    assert.equal(reply.statusCode, 400);
    const parameters = reply.json<{ invalid_parameters: { field: string }[] }>().invalid_parameters.map(({ field }) => field);
    assert.ok(parameters.includes("resources[1].spec.to[0].default.interval"), parameters.join());
    assert.ok(parameters.includes("resources[2].mesh"));
    assert.ok(parameters.includes("deleted[0]"));
  });

  it("never shows what is in a secret", async () => {
    const secret = { type: "Secret", mesh: "demo", name: "s", data: "Zmlyc3Q=" };
    await api.put("/meshes/demo/secrets/s", secret);
    const reply = await api.request("POST", "/_preview", { resources: [{ ...secret, data: "c2Vjb25k" }] });
    assert.equal(reply.statusCode, 200, reply.body);
    assert.match(reply.body, /"outcome": "updated"/);
    assert.ok(!reply.body.includes("Zmlyc3Q=") && !reply.body.includes("c2Vjb25k"));
  });
});
