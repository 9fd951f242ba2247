import assert from "node:assert/strict";
import { applyOrder, deleteOrder } from "./apply-order.ts";
import type { ResourceKey } from "./resource.ts";

const keys: readonly ResourceKey[] = ["MeshHealthCheck/b", "Dataplane/w", "Mesh/m", "MeshHealthCheck/a", "Secret/s", "MeshService/v", "MeshRetry/r"].map((text) => {
  const [kind = "", name = ""] = text.split("/");
  return { kind, mesh: kind === "Mesh" ? "" : "m", name };
});
const names = (list: readonly ResourceKey[]): string => list.map(({ name }) => name).join(" ");

describe("the order of writing and deleting", () => {
  it("writes a mesh first, then what lives in it, policies last, equals as given", () => {
    assert.equal(names(applyOrder(keys, (key) => key)), "m s w v b a r");
  });

  it("deletes the other way round, equals as given", () => {
    assert.equal(names(deleteOrder(keys, (key) => key)), "b a r w v s m");
  });
});
