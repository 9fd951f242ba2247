import assert from "node:assert/strict";
import { apiUnderTest, type ApiUnderTest } from "./api-under-test.ts";

interface List {
  readonly total: number;
  readonly items: readonly { readonly mesh: string; readonly name: string }[];
  readonly next: string | null;
}

describe("lists", () => {
  let api: ApiUnderTest;
  before(async () => {
    api = apiUnderTest();
    for (const mesh of ["a", "b"]) {
      await api.put(`/meshes/${mesh}`, { type: "Mesh", name: mesh });
      for (const name of ["web-2", "web-1", "api-1"]) {
        const document = { type: "Dataplane", mesh, name, labels: { app: name.slice(0, 3) }, networking: { address: "127.0.0.1" } };
        assert.equal((await api.put(`/meshes/${mesh}/dataplanes/${name}`, document)).statusCode, 201);
      }
    }
  });
  after(() => api.app.close());

  const list = async (url: string): Promise<List> => (await api.request("GET", url)).json<List>();

  it("are sorted by mesh and name", async () => {
    const { total, items } = await list("/dataplanes");
    assert.equal(total, 6);
    assert.deepEqual(items.map(({ mesh, name }) => `${mesh}/${name}`), ["a/api-1", "a/web-1", "a/web-2", "b/api-1", "b/web-1", "b/web-2"]);
  });

  it("come in pages that, followed to the end, give everything once", async () => {
    const seen: string[] = [];
    let url: string | null = "/dataplanes?size=4";
    while (url !== null) {
      const page: List = await list(url);
      seen.push(...page.items.map(({ mesh, name }) => `${mesh}/${name}`));
      url = page.next === null ? null : page.next.replace("http://127.0.0.1:5681", "");
    }
    assert.equal(new Set(seen).size, 6);
    assert.equal(seen.length, 6);
  });

  it("are filtered by a part of the name and by labels, and the next page keeps the filter", async () => {
    const { total, next } = await list("/dataplanes?name=web&filter[labels.app]=web&size=1");
    assert.equal(total, 4);
    assert.ok(next !== null);
    assert.equal((await list(next.replace("http://127.0.0.1:5681", ""))).total, 4);
    assert.equal((await list("/meshes/a/dataplanes?filter%5Blabels.app%5D=api")).total, 1);
    assert.equal((await list("/meshes/a/dataplanes?filter[labels.nope]=x")).total, 0);
  });

  const refused: readonly [query: string, field: string, reason: RegExp][] = [
    ["size=0", "size", /invalid format/],
    ["size=-1", "size", /invalid format/],
    ["size=1e2", "size", /invalid format/],
    ["size=2000", "size", /invalid page size of 2000. Maximum page size is 1000/],
    ["offset=x", "offset", /invalid format/],
    ["offset=99999999999999999999", "offset", /invalid format/],
    ["filter[tags]=x", "filter[tags]", /unknown filter/],
  ];
  for (const [query, field, reason] of refused) {
    it(`refuse ?${query}`, async () => {
      const answer = await api.request("GET", `/dataplanes?${query}`);
      assert.equal(answer.statusCode, 400);
      const [invalid] = answer.json<{ invalid_parameters: { field: string; reason: string }[] }>().invalid_parameters;
      assert.equal(invalid?.field, field);
      assert.match(invalid.reason, reason);
    });
  }

  it("past the end are empty", async () => {
    assert.deepEqual(await list("/dataplanes?offset=100"), { total: 6, items: [], next: null });
  });
});
