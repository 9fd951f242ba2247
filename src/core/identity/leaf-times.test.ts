import assert from "node:assert/strict";
import { leafTimes } from "./leaf-times.ts";

const hourMs = 3_600_000;
const nowMs = Date.parse("2030-01-01T00:00:00Z");
const signer = { notBeforeMs: nowMs - 100 * hourMs, notAfterMs: nowMs + 1000 * hourMs };

describe("times of a proxy's certificate", () => {
  it("bears a clock that is ten minutes off, and renews between seven and eight tenths", () => {
    const first = leafTimes(24 * hourMs, signer, { nowMs, random: 0 });
    assert.ok(first.notBeforeMs <= nowMs - 10 * 60_000);
    assert.equal(first.notAfterMs, nowMs + 24 * hourMs);
    assert.equal(first.renewAtMs, nowMs + 24 * hourMs * 0.8);
    assert.equal(Math.round(leafTimes(24 * hourMs, signer, { nowMs, random: 1 }).renewAtMs), nowMs + 24 * hourMs * 0.7);
  });

  it("never goes beyond what signs it", () => {
    const young = leafTimes(24 * hourMs, { notBeforeMs: nowMs - 1, notAfterMs: nowMs + hourMs }, { nowMs, random: 0 });
    assert.deepEqual(young, { notBeforeMs: nowMs - 1, notAfterMs: nowMs + hourMs, renewAtMs: nowMs + 0.8 * hourMs });
  });

  it("does not renew without a pause, however short it lives", () => {
    assert.equal(leafTimes(1, signer, { nowMs, random: 0 }).renewAtMs, nowMs + 1_000);
    assert.equal(leafTimes(hourMs, { ...signer, notAfterMs: nowMs - 1 }, { nowMs, random: 0 }).renewAtMs, nowMs + 1_000);
  });
});
