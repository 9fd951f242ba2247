import assert from "node:assert/strict";
import { dataplane, healthCheck, toMesh, worldOf } from "../../../test/kit/resources.ts";
import { countResources } from "./count-resources.ts";

describe("counting resources", () => {
  it("tells how many of each kind each mesh has, and which meshes nobody made are no meshes", () => {
    const world = worldOf(dataplane("a"), dataplane("b"), dataplane("c", { mesh: "other" }), healthCheck("h", undefined, [toMesh({})]));
    const counts = countResources(world).filter(({ count }) => count > 0);
    assert.deepEqual(counts, [
      { kind: "Mesh", mesh: "", count: 1 },
      { kind: "Dataplane", mesh: "default", count: 2 },
      { kind: "MeshHealthCheck", mesh: "default", count: 1 },
      { kind: "Dataplane", mesh: "other", count: 1 },
    ]);
  });
});
