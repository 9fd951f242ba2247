import assert from "node:assert/strict";
import fc from "fast-check";
import { NonceSequence } from "./nonce-sequence.ts";

describe("nonces", () => {
  it("are the version, for a client that answers each response", () => {
    const nonces = new NonceSequence();
    for (const version of ["a", "b", "a", "b", "c"]) {
      assert.equal(nonces.next(version), version);
      nonces.answered(version);
    }
  });

  it("tell responses of one version apart, and are the same ones again after that", () => {
    const nonces = new NonceSequence();
    assert.deepEqual([nonces.next("a"), nonces.next("a"), nonces.next("a")], ["a", "a.1", "a.2"]);
    nonces.answered("a.1");
    assert.equal(nonces.next("a"), "a");
    assert.equal(nonces.next("a"), "a.3");
  });

  it("are never empty", () => assert.equal(new NonceSequence().next(""), "empty"));

  it("are plain again once a client has caught up that had answered nothing for long", () => {
    const nonces = new NonceSequence();
    const sent = Array.from({ length: 100 }, () => nonces.next("a"));
    assert.equal(new Set(sent).size, 100);
    nonces.answered(sent.at(-1) ?? "");
    assert.equal(nonces.next("a"), "a");
  });

  it("never are one that a request of the client may still carry", () => {
    const acts = fc.array(fc.oneof(fc.constantFrom("a", "b", "c"), fc.constantFrom("receive", "receive and answer", "take answer")), { maxLength: 300 });
    fc.assert(
      fc.property(acts, (script) => {
        const nonces = new NonceSequence();
        const toClient: string[] = [];
        const toServer: string[] = [];
        let received = "";
        for (const act of script) {
          if (act === "take answer") {
            nonces.answered(toServer.shift() ?? "");
          } else if (act.startsWith("receive")) {
            received = toClient.shift() ?? received;
            toServer.push(...(act === "receive" || received === "" ? [] : [received]));
          } else {
            const nonce = nonces.next(act);
            assert.ok(![received, ...toClient, ...toServer].includes(nonce), `${nonce} is used again`);
            toClient.push(nonce);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});
