import assert from "node:assert/strict";
import fc from "fast-check";
import { parseCidrs } from "./address-ranges.ts";
import { formatPorts, parsePorts } from "./port-ranges.ts";

describe("a list of ports", () => {
  const read: readonly (readonly [string, string])[] = [
    ["", ""],
    ["  ", ""],
    ["8080", "8080"],
    [" 8080 , 9000 - 9010 ", "8080,9000-9010"],
    ["443,80,80", "80,443"],
    ["8005-8010,8000-8006,8011", "8000-8011"],
    ["1-65535", "1-65535"],
  ];
  for (const [text, meant] of read) {
    it(`${JSON.stringify(text)} means ${JSON.stringify(meant)}`, () => {
      const parsed = parsePorts(text);
      assert.ok(parsed.ok);
      assert.equal(formatPorts(parsed.ports), meant);
    });
  }

  it("tells all that is wrong with it at once", () => {
    assert.deepEqual(parsePorts("http,0,80,70000,90-80,1-2-3,"), {
      ok: false,
      problems: [
        '"http" is no port and no range of ports, such as 8080 or 8000-8010',
        '"0": a port is from 1 to 65535',
        '"70000": a port is from 1 to 65535',
        '"90-80": a range goes from the lower port to the higher',
        '"1-2-3" is no port and no range of ports, such as 8080 or 8000-8010',
        '"" is no port and no range of ports, such as 8080 or 8000-8010',
      ],
    });
  });

  it("has the same ports however it is written, and no two ranges that touch", () => {
    const port = fc.integer({ min: 1, max: 300 });
    fc.assert(fc.property(fc.array(fc.tuple(port, fc.integer({ min: 0, max: 20 })), { minLength: 1, maxLength: 20 }), (entries) => {
      const parsed = parsePorts(entries.map(([from, more]) => `${from}-${from + more}`).join(","));
      assert.ok(parsed.ok);
      const wanted = new Set(entries.flatMap(([from, more]) => Array.from({ length: more + 1 }, (_, i) => from + i)));
      const got = parsed.ports.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
      assert.deepEqual(got, [...wanted].toSorted((a, b) => a - b));
      parsed.ports.slice(1).forEach(({ from }, i) => { assert.ok(from > parsed.ports[i]!.to + 1); });
      assert.deepEqual(parsePorts(formatPorts(parsed.ports)), parsed);
    }));
  });
});

describe("a list of address ranges", () => {
  it("has both families, and an address alone is itself", () => {
    assert.deepEqual(parseCidrs("10.0.0.0/8, fd00::/8,169.254.169.254,fd00::1,10.0.0.0/8"), { ok: true, cidrs: ["10.0.0.0/8", "fd00::/8", "169.254.169.254/32", "fd00::1/128"] });
    assert.deepEqual(parseCidrs(""), { ok: true, cidrs: [] });
  });

  it("tells all that is wrong with it at once", () => {
    const parsed = parseCidrs("10.0.0.0/33,fd00::/129,example.com,10.0.0/8,10.0.0.0/,10.0.0.0/8/8,10.1.1.1/08");
    assert.ok(!parsed.ok);
    assert.equal(parsed.problems.length, 7);
    assert.equal(parsed.problems[0], '"10.0.0.0/33" is no range of addresses, such as 10.0.0.0/8 or fd00::/8');
  });
});
