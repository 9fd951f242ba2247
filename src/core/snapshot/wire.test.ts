import assert from "node:assert/strict";
import { concatBytes, lengthDelimitedTag, varintLength, writeVarint } from "./wire.ts";

describe("wire", () => {
  // Values and bytes of the protobuf encoding guide, and the edges of each length.
  const varints: readonly (readonly [number, readonly number[]])[] = [
    [0, [0]],
    [127, [0x7f]],
    [128, [0x80, 0x01]],
    [150, [0x96, 0x01]],
    [16_383, [0xff, 0x7f]],
    [16_384, [0x80, 0x80, 0x01]],
    [2 ** 32, [0x80, 0x80, 0x80, 0x80, 0x10]],
  ];
  for (const [value, bytes] of varints) {
    it(`writes ${String(value)} in ${String(bytes.length)} bytes`, () => {
      const target = new Uint8Array(8);
      assert.equal(writeVarint(value, target, 1), 1 + bytes.length);
      assert.deepEqual([...target.subarray(1, 1 + bytes.length)], bytes);
      assert.equal(varintLength(value), bytes.length);
    });
  }

  it("tags a field that has a length", () => {
    assert.deepEqual([...lengthDelimitedTag(8)], [0x42]);
    assert.deepEqual([...lengthDelimitedTag(36)], [0xa2, 0x02]);
  });

  it("joins parts in order", () => {
    assert.deepEqual([...concatBytes(Uint8Array.of(1), new Uint8Array(), Uint8Array.of(2, 3))], [1, 2, 3]);
  });
});
