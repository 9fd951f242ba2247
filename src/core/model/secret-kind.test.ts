import assert from "node:assert/strict";
import { formatResource, parseResource } from "../policy/parse-resource.ts";
import { applyChanges, changesTo, emptyWorld, findResource } from "./apply-changes.ts";
import type { Resource } from "./resource.ts";
import { withStoreLabels } from "./store-labels.ts";

function parsed(document: object): Resource {
  const result = parseResource(document);
  assert.ok(result.ok, JSON.stringify(result));
  return result.resource;
}

const inMesh = { type: "Secret", mesh: "default", name: "key", data: "c2VjcmV0" };
const ofNoMesh = { type: "GlobalSecret", name: "admin-user-token", data: "c2VjcmV0" };

describe("secrets", () => {
  it("have their value at the top, and no identifier, as in Kuma", () => {
    for (const document of [inMesh, ofNoMesh]) {
      const { labels, ...rest } = formatResource(withStoreLabels(parsed(document)));
      assert.deepEqual(rest, document);
      assert.equal((labels as Record<string, string>)["kuma.io/mesh"], "mesh" in document ? "default" : undefined);
    }
  });

  it("have to be Base64, and the message cites no part of them", () => {
    for (const data of ["hunter2!", 7, null, undefined, { data: "hunter2" }]) {
      const result = parseResource({ ...inMesh, data });
      assert.ok(!result.ok);
      assert.equal(result.violations.length, 1);
      assert.equal(JSON.stringify(result).includes("hunter2"), false);
    }
  });

  it("never enter a World", () => {
    const secrets = [parsed(inMesh), parsed(ofNoMesh)];
    assert.deepEqual(changesTo(emptyWorld, secrets), []);
    const world = applyChanges(emptyWorld, secrets.map((after) => ({ key: after, after })));
    assert.equal(world, emptyWorld);
    for (const secret of secrets) assert.equal(findResource(world, secret), undefined);
  });
});
