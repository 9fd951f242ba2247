import assert from "node:assert/strict";
import { apiUnderTest, type ApiUnderTest } from "./api-under-test.ts";

const documents: Readonly<Record<string, object>> = {
  "/meshes/default": { type: "Mesh", name: "default", labels: { team: "a" } },
  "/meshes/default/dataplanes/web-1": { type: "Dataplane", mesh: "default", name: "web-1", labels: { app: "web" }, networking: { address: "127.0.0.1", inbound: [{ port: 80 }] } },
  "/meshes/default/meshhealthchecks/check": { type: "MeshHealthCheck", mesh: "default", name: "check", spec: { to: [{ targetRef: { kind: "Mesh" }, default: { interval: "10s", tcp: {} } }] } },
};

describe("the forms of a resource", () => {
  let api: ApiUnderTest;
  before(async () => {
    api = apiUnderTest();
    for (const [url, document] of Object.entries(documents)) await api.put(url, document);
  });
  after(() => api.app.close());

  const get = async (url: string): Promise<Record<string, unknown>> => (await api.request("GET", url)).json();

  it("?format=kubernetes gives an object for kubectl", async () => {
    const { metadata, ...rest } = await get("/meshes/default/meshhealthchecks/check?format=kubernetes");
    assert.deepEqual(rest, {
      apiVersion: "kuma.io/v1alpha1",
      kind: "MeshHealthCheck",
      spec: { to: [{ targetRef: { kind: "Mesh" }, default: { interval: "10s", tcp: {} } }] },
    });
    const { creationTimestamp, ...named } = metadata as Record<string, unknown>;
    assert.deepEqual(named, { name: "check", namespace: "kuma-system", labels: { "kuma.io/mesh": "default" } });
    assert.match(String(creationTimestamp), /^\d{4}-/);
    assert.deepEqual(await get("/meshes/default/meshhealthchecks/check?format=k8s"), { ...rest, metadata });
  });

  it("takes a namespace, keeps the author's labels, and puts no Mesh into any", async () => {
    const dataplane = await get("/meshes/default/dataplanes/web-1?format=kubernetes&namespace=apps");
    const { namespace, labels } = dataplane["metadata"] as Record<string, unknown>;
    assert.deepEqual([dataplane["mesh"], namespace, labels], ["default", "apps", { app: "web", "kuma.io/mesh": "default", "kuma.io/proxy-type": "sidecar" }]);
    const { metadata } = await get("/meshes/default?format=kubernetes");
    const { name, namespace: none, labels: kept } = metadata as Record<string, unknown>;
    assert.deepEqual([name, none, kept], ["default", undefined, { team: "a" }]);
  });

  it("the Kubernetes form is taken back, under its name there", async () => {
    const object = await get("/meshes/default/meshhealthchecks/check?format=kubernetes");
    const answer = await api.put("/meshes/default/meshhealthchecks/check.kuma-system", object);
    assert.equal(answer.statusCode, 201, answer.body);
    const { spec } = await get("/meshes/default/meshhealthchecks/check.kuma-system");
    assert.deepEqual(spec, object["spec"]);
  });

  it("?format=universal is the form without it; another is refused", async () => {
    assert.deepEqual(await get("/meshes/default?format=universal"), await get("/meshes/default"));
    const answer = await api.request("GET", "/meshes/default?format=xml");
    assert.equal(answer.statusCode, 400);
    assert.equal(answer.json<{ invalid_parameters: { field: string }[] }>().invalid_parameters[0]?.field, "format");
  });

  it("a resource is found by its identifier", async () => {
    for (const [url, document] of Object.entries(documents)) {
      const { kri } = await get(url);
      const found = await get(`/_kri/${String(kri)}`);
      assert.equal(found["name"], (document as { name: string }).name);
    }
    assert.equal((await get("/_kri/kri_dp_default_default__web-1_80"))["type"], "Dataplane");
    for (const kri of ["kri_dp_default_default__nope_", "kri_x_default_default__web-1_", "kri_dp_other_default__web-1_"]) assert.equal((await api.request("GET", `/_kri/${kri}`)).statusCode, 404, kri);
    for (const kri of ["web-1", "kri_dp", "kri_"]) assert.equal((await api.request("GET", `/_kri/${kri}`)).statusCode, 400, kri);
  });

  it("a secret is not found by its identifier", async () => {
    assert.deepEqual((await api.put("/global-secrets/s", { type: "GlobalSecret", name: "s", data: "AAAA" })).json(), {});
    assert.equal((await get("/global-secrets/s"))["data"], "AAAA");
    for (const kri of ["kri_gsec____s_", "kri_gsec__default__s_"]) assert.equal((await api.request("GET", `/_kri/${kri}`)).statusCode, 404, kri);
  });
});
