import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeBase64, encodeBase64, hexOf } from "./base64.ts";

describe("decodeBase64", () => {
  it("reads what every other encoder writes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        assert.deepEqual(decodeBase64(btoa(String.fromCharCode(...bytes))), bytes);
      }),
    );
  });

  for (const text of ["a", "ab", "abc", "PONG\n", "====", "ab=c", "ab c", "é===", "cGluZwo"]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(decodeBase64(text), undefined));
  }
});

describe("encodeBase64", () => {
  it("writes what every other encoder writes", () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => assert.equal(encodeBase64(bytes), btoa(String.fromCharCode(...bytes)))));
  });
});

describe("hexOf", () => {
  it("writes two lower-case digits a byte", () => assert.equal(hexOf(new Uint8Array([0, 10, 255])), "000aff"));
});
