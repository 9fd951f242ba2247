import assert from "node:assert/strict";
import { parseAppAddresses } from "./app-address.ts";

function addresses(text: string): readonly (string | undefined)[] | string {
  const parsed = parseAppAddresses(text);
  return parsed.ok ? [80, 8080].map(parsed.addressOf) : parsed.problem;
}

describe("where an app listens", () => {
  it("is localhost for all ports, or for some", () => {
    assert.deepEqual(addresses(""), [undefined, undefined]);
    assert.deepEqual(addresses("127.0.0.1"), ["127.0.0.1", "127.0.0.1"]);
    assert.deepEqual(addresses("localhost"), ["127.0.0.1", "127.0.0.1"]);
    assert.deepEqual(addresses(" 8080=127.0.0.1 "), [undefined, "127.0.0.1"]);
    assert.deepEqual(addresses("127.0.0.1, 8080=::1"), ["127.0.0.1", "::1"]);
  });

  it("is nowhere else", () => {
    for (const text of ["10.0.0.1", "8080", "0=127.0.0.1", "70000=127.0.0.1", "a=127.0.0.1", "8080=", "true"]) assert.match(String(addresses(text)), /^must be 127\.0\.0\.1 or ::1/, text);
  });
});
