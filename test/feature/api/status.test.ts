import assert from "node:assert/strict";
import type { ConnectedProxy } from "../../../src/edge/pipeline/port.ts";
import { typeUrls } from "../../../src/core/snapshot/snapshot.ts";
import { apiUnderTest, type ApiUnderTest } from "./api-under-test.ts";

const policyUrl = "/meshes/demo/meshhealthchecks/hc";
const policy = { type: "MeshHealthCheck", mesh: "demo", name: "hc", spec: { to: [{ targetRef: { kind: "Mesh" }, default: { tcp: {} } }] } };
const key = { kind: "MeshHealthCheck", mesh: "demo", name: "hc" };

function stream(name: string, isCurrent: boolean): ConnectedProxy {
  return { id: name, proxy: { mesh: "demo", name }, connectedAt: "2026-11-21T10:00:00Z", metadata: {}, counts: new Map(), isCurrent, rejections: [] };
}

describe("the status of policies and Dataplanes", () => {
  let api: ApiUnderTest;
  beforeEach(async () => {
    api = apiUnderTest();
    await api.put("/meshes/demo", { type: "Mesh", name: "demo" });
    for (const name of ["a", "b", "c", "d"]) {
      await api.put(`/meshes/demo/dataplanes/${name}`, { type: "Dataplane", mesh: "demo", name, networking: { address: "127.0.0.1" } });
    }
    await api.put(policyUrl, policy);
  });
  afterEach(() => api.app.close());

  const proxies = async (url = policyUrl): Promise<unknown> => (await api.request("GET", `${url}?include=status`)).json<{ status: { proxies: unknown } }>().status.proxies;

  it("counts who is selected, connected, up to date, asked, and refuses", async () => {
    assert.deepEqual(await proxies(), { selected: 4, connected: 0, programmed: 0, pending: 0, rejecting: 0 });
    api.connected.push(stream("a", true), stream("b", false), stream("c", true), stream("elsewhere", true));
    const rejection = { typeUrl: typeUrls.cluster, resources: ["x"], madeFrom: [key], message: "no", nonce: "1", since: "2026-11-21T10:00:00Z" };
    api.rejections.set("MeshHealthCheck/demo/hc", [{ ...rejection, proxy: { mesh: "demo", name: "c" } }]);
    assert.deepEqual(await proxies(), { selected: 4, connected: 3, programmed: 1, pending: 1, rejecting: 1 });
  });

  it("takes a proxy with two streams for up to date when both are", async () => {
    api.connected.push(stream("a", true), stream("a", false));
    assert.deepEqual(await proxies(), { selected: 4, connected: 1, programmed: 0, pending: 1, rejecting: 0 });
  });

  it("says of a shadow policy that nobody runs with it", async () => {
    api.connected.push(stream("a", true));
    await api.put(policyUrl, { ...policy, labels: { "kuma.io/effect": "shadow" } });
    assert.deepEqual(await proxies(), { selected: 4, connected: 1, programmed: 0, pending: 0, rejecting: 0 });
  });

  it("counts a Dataplane for itself", async () => {
    api.connected.push(stream("a", true));
    assert.deepEqual(await proxies("/meshes/demo/dataplanes/a"), { selected: 1, connected: 1, programmed: 1, pending: 0, rejecting: 0 });
    assert.equal(await proxies("/meshes/demo"), undefined);
  });

  it("is in lists on request, and nowhere else, so that an untroubled resource looks as in Kuma", async () => {
    interface List {
      readonly items: readonly { readonly status?: { readonly proxies: unknown } }[];
    }
    const list = async (query: string): Promise<List> => (await api.request("GET", `/meshes/demo/dataplanes${query}`)).json<List>();
    assert.ok((await list("?include=status")).items.every(({ status }) => status?.proxies !== undefined));
    assert.ok((await list("")).items.every(({ status }) => status === undefined));
    assert.equal((await api.request("GET", `${policyUrl}?include=stauts`)).statusCode, 400);
  });
});
