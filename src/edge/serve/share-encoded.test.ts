import assert from "node:assert/strict";
import { fakeResource } from "../../../test/kit/fake-snapshot.ts";
import type { SessionMessage } from "../../core/session/session.ts";
import { isShared, sharedList } from "../../core/snapshot/shared-list.ts";
import { shareEncoded } from "./share-encoded.ts";

const [a, b] = [fakeResource("a", 1), fakeResource("b", 1)];
/** A list that two clients were sent. */
const resources = [sharedList([a, b]), sharedList([a, b])][1] ?? [];
/** All that makes a difference, as bytes. */
function write(message: SessionMessage): Buffer {
  const { versionInfo, nonce, removed } = message;
  return Buffer.from(JSON.stringify([versionInfo, nonce, removed, message.resources.map(({ name, version }) => [name, version])]));
}

const message: SessionMessage = { typeUrl: "type", versionInfo: "1", nonce: "1", resources, removed: [] };

describe("responses that many clients get", () => {
  it("are encoded once", () => {
    assert.ok(isShared(resources));
    let encoded = 0;
    const encode = shareEncoded((each) => {
      encoded++;
      return write(each);
    });
    const all = Array.from({ length: 100 }, () => encode({ ...message }));
    assert.equal(encoded, 1);
    assert.equal(new Set(all).size, 1);
  });

  it("are not kept as long as one client gets them", () => {
    const encode = shareEncoded(write);
    const own = { ...message, resources: sharedList([b, a]) };
    assert.notEqual(encode(own), encode(own));
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
