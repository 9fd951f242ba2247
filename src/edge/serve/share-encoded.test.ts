import assert from "node:assert/strict";
import { fakeResource } from "../../../test/kit/fake-snapshot.ts";
import type { SessionMessage } from "../../core/session/session.ts";
import { shareEncoded } from "./share-encoded.ts";

const resources = [fakeResource("a", 1), fakeResource("b", 1)];
/** All that makes a difference, as bytes. */
function write(message: SessionMessage): Buffer {
  const { versionInfo, nonce, removed } = message;
  return Buffer.from(JSON.stringify([versionInfo, nonce, removed, message.resources.map(({ name, version }) => [name, version])]));
}

const message: SessionMessage = { typeUrl: "type", versionInfo: "1", nonce: "1", resources, removed: [] };

describe("responses that many clients get", () => {
  it("are encoded for the first, then once for all others", () => {
    let encoded = 0;
    const encode = shareEncoded((each) => {
      encoded++;
      return write(each);
    });
    const all = Array.from({ length: 100 }, () => encode({ ...message }));
    assert.equal(encoded, 2);
    assert.equal(new Set(all.slice(1)).size, 1);
    assert.deepEqual(all[0], all[1]);
  });

  it("are their own bytes wherever anything differs", () => {
    const encode = shareEncoded(write);
    const others: readonly SessionMessage[] = [
      message,
      { ...message, nonce: "2" },
      { ...message, nonce: "3" },
      { ...message, versionInfo: "2" },
      { ...message, nonce: "4" },
      { ...message, nonce: "5" },
      { ...message, removed: ["c"] },
      { ...message, resources: [] },
      { ...message, resources: [fakeResource("a", 1), fakeResource("b", 2)] },
    ];
    for (const other of [...others, ...others, ...others.toReversed()]) {
      assert.deepEqual(encode(other), write(other));
    }
  });
});
