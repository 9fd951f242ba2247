import assert from "node:assert/strict";
import fc from "fast-check";
import { formatGoDuration, normalDuration, parseDuration, toProtoDuration } from "./duration.ts";

function msOf(text: string): number {
  const parsed = parseDuration(text);
  assert.ok(parsed.ok, text);
  return parsed.ms;
}

function errorOf(text: string): string {
  const parsed = parseDuration(text);
  assert.ok(!parsed.ok, text);
  return parsed.error;
}

describe("parseDuration", () => {
  for (const [text, ms] of [
    ["0", 0],
    ["0s", 0],
    ["10s", 10_000],
    ["1m30s", 90_000],
    ["500ms", 500],
    ["1.5h", 5_400_000],
    ["100us", 0.1],
    ["100\u00b5s", 0.1],
    ["100\u03bcs", 0.1],
    ["1ns", 0.000001],
    [".5s", 500],
    ["1.s", 1000],
    ["-2s", -2000],
    ["+2s", 2000],
    ["1h2m3s4ms", 3_723_004],
    ["2562047h", 9_223_369_200_000],
  ] as const) {
    it(`reads ${text}`, () => assert.equal(msOf(text), ms));
  }

  for (const [text, error] of [
    ["", 'time: invalid duration ""'],
    ["x", 'time: invalid duration "x"'],
    ["-", 'time: invalid duration "-"'],
    [".s", 'time: invalid duration ".s"'],
    ["10", 'time: missing unit in duration "10"'],
    ["1d", 'time: unknown unit "d" in duration "1d"'],
    ["5 parsecs", 'time: unknown unit " parsecs" in duration "5 parsecs"'],
    ["3000000h", 'time: invalid duration "3000000h"'],
    ["99999999999999999999s", 'time: invalid duration "99999999999999999999s"'],
  ] as const) {
    it(`refuses ${JSON.stringify(text)} in Go's words`, () => assert.equal(errorOf(text), error));
  }

  it("answers quickly for absurd input", () => {
    assert.ok(!parseDuration("9".repeat(100_000) + "s").ok);
    assert.equal(msOf("1." + "0".repeat(100_000) + "s"), 1000);
  });
});

describe("formatGoDuration", () => {
  for (const [ms, text] of [
    [0, "0s"],
    [60_000, "1m0s"],
    [90_000, "1m30s"],
    [3_600_000, "1h0m0s"],
    [1.5, "1.5ms"],
    [0.1, "100\u00b5s"],
    [0.000001, "1ns"],
    [1500, "1.5s"],
    [-2000, "-2s"],
  ] as const) {
    it(`prints ${ms} ms as ${text}`, () => assert.equal(formatGoDuration(ms), text));
  }

  it("prints what parseDuration reads back", () => {
    fc.assert(fc.property(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), (us) => msOf(formatGoDuration(us / 1000)) === us / 1000));
  });

  it("is reached by normalDuration from any spelling, exactly and once and for all", () => {
    assert.equal(normalDuration("60s"), "1m0s");
    assert.equal(normalDuration("2562047h47m16.854775807s"), "2562047h47m16.854775807s");
    assert.equal(normalDuration("soon"), undefined);
    const parts = fc.array(fc.tuple(fc.nat(9999), fc.constantFrom("ns", "us", "ms", "s", "m", "h")), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(parts, (list) => {
        const once = normalDuration(list.map(([n, unit]) => `${n}${unit}`).join(""));
        return once !== undefined && normalDuration(once) === once;
      }),
    );
  });
});

describe("toProtoDuration", () => {
  for (const [ms, text] of [
    [10_000, "10s"],
    [500, "0.500s"],
    [0, "0s"],
    [0.1, "0.000100s"],
    [0.000001, "0.000000001s"],
    [-1500, "-1.500s"],
    [61_001, "61.001s"],
  ] as const) {
    it(`prints ${ms} ms as ${text}`, () => assert.equal(toProtoDuration(ms), text));
  }
});
