import assert from "node:assert/strict";
import { waitVerdict, type WaitCondition } from "./wait-verdict.ts";

function verdict(condition: WaitCondition, counts?: readonly [selected: number, connected: number, programmed: number, pending: number, rejecting: number], rejections: readonly object[] = []): string {
  if (counts === undefined) return verdictText(condition, undefined);
  const [selected, connected, programmed, pending, rejecting] = counts;
  return verdictText(condition, { type: "MeshHealthCheck", status: { proxies: { selected, connected, programmed, pending, rejecting }, rejections: rejections as never } });
}

function verdictText(condition: WaitCondition, item: Parameters<typeof waitVerdict>[1]): string {
  const { state, text } = waitVerdict(condition, item);
  return `${state}: ${text}`;
}

describe("waitVerdict", () => {
  it("of programmed", () => {
    assert.equal(verdict("programmed"), "pending: it is not there");
    assert.equal(verdict("programmed", [3, 3, 1, 2, 0]), "pending: 1 of 3 connected proxies run with it, 2 have to answer yet");
    assert.equal(verdict("programmed", [3, 3, 3, 0, 0]), "met: is programmed in 3 of 3 proxies");
    assert.equal(verdict("programmed", [3, 2, 2, 0, 0]), "met: is programmed in 2 of 3 proxies; 1 are not connected");
    assert.equal(verdict("programmed", [0, 0, 0, 0, 0]), "met: is programmed in 0 of 0 proxies");
    assert.match(verdict("programmed", [3, 3, 0, 0, 0]), /^failed: .*shadow/);
  });

  it("does not take an old refusal for an answer to the newest version", () => {
    assert.match(verdict("programmed", [1, 1, 0, 1, 1]), /^pending/);
    assert.equal(verdict("programmed", [1, 1, 0, 0, 1], [{ proxy: { name: "web-1" }, message: "no folder" }]), "failed: 1 of 1 connected proxies refuse it\n  web-1: no folder");
  });

  it("of connected, created and deleted", () => {
    assert.match(verdict("connected", [1, 0, 0, 0, 0]), /^pending/);
    assert.match(verdict("connected", [1, 1, 0, 1, 0]), /^met/);
    assert.match(verdict("created"), /^pending/);
    assert.match(verdictText("created", { type: "Mesh" }), /^met/);
    assert.match(verdict("deleted"), /^met/);
    assert.match(verdictText("deleted", { type: "Mesh" }), /^pending/);
  });

  it("says when nobody tells", () => {
    assert.match(verdictText("programmed", { type: "MeshService" }), /^failed: the control plane does not say who runs with a MeshService/);
  });
});
