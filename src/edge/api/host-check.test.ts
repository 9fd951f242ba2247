import assert from "node:assert/strict";
import { isOwnHost } from "./host-check.ts";

describe("isOwnHost", () => {
  const table: readonly [header: string, listenHost: string, own: boolean][] = [
    ["127.0.0.1:5681", "127.0.0.1", true],
    ["127.0.0.1", "127.0.0.1", true],
    ["127.9.9.9:1", "127.0.0.1", true],
    ["localhost:5681", "127.0.0.1", true],
    ["LOCALHOST", "127.0.0.1", true],
    ["[::1]:5681", "::1", true],
    ["evil.example:5681", "127.0.0.1", false],
    ["127.0.0.1.evil.example", "127.0.0.1", false],
    ["localhost.evil.example", "127.0.0.1", false],
    ["127.0.0.1@evil.example", "127.0.0.1", false],
    ["10.0.0.1:5681", "127.0.0.1", false],
    ["10.0.0.1:5681", "10.0.0.1", true],
    ["10.0.0.1:5681", "0.0.0.0", true],
    ["evil.example", "0.0.0.0", false],
    ["cp.example:5681", "cp.example", true],
    ["", "127.0.0.1", false],
  ];
  for (const [header, listenHost, own] of table) {
    it(`${JSON.stringify(header)} is ${own ? "" : "not "}ours when listening on ${listenHost}`, () => {
      assert.equal(isOwnHost(header, listenHost), own);
    });
  }

  it("knows the names of the certificate, wildcards for one part", () => {
    const names = ["cp.example.com", "*.mesh.example.com"];
    const table = { "cp.example.com:5682": true, "CP.Example.com": true, "a.mesh.example.com": true, "mesh.example.com": false, "a.b.mesh.example.com": false, "evil.example": false };
    for (const [header, own] of Object.entries(table)) assert.equal(isOwnHost(header, "127.0.0.1", names), own, header);
  });
});
