import assert from "node:assert/strict";
import { nextChangeMs, needsSuccessor, signerOf, stateOf, trustedOf, withGeneration, type Authority, type Generation } from "./generations.ts";

const hourMs = 3_600_000;
const startMs = Date.parse("2030-01-01T00:00:00Z");
const announceMs = hourMs / 6;
const made: Omit<Generation, "serial" | "signsFromMs"> = {
  origin: "builtin/ca-1", certificates: "", privateKey: "", notBeforeMs: startMs, notAfterMs: startMs + 87_600 * hourMs, longestLeafMs: 24 * hourMs,
};

function grown(...atMs: readonly number[]): Authority {
  return atMs.reduce<Authority>((authority, nowMs) => withGeneration(authority, made, { nowMs, announceMs }), { generations: [] });
}

function states(authority: Authority, nowMs: number): readonly string[] {
  return authority.generations.map((generation) => `${generation.serial} ${stateOf(authority, generation, nowMs)}`);
}

describe("the authorities of a mesh", () => {
  it("has the first one sign at once", () => {
    assert.deepEqual(states(grown(startMs), startMs), ["1 signing"]);
    assert.equal(nextChangeMs(grown(startMs), startMs), undefined);
  });

  it("announces the next, has it sign, and lets the old one go when what it signed has ended", () => {
    const authority = grown(startMs, startMs + hourMs);
    const signsFromMs = startMs + hourMs + announceMs;
    assert.deepEqual(states(authority, startMs + hourMs), ["1 signing", "2 announced"]);
    assert.equal(nextChangeMs(authority, startMs + hourMs), signsFromMs);
    assert.deepEqual(states(authority, signsFromMs), ["1 retiring", "2 signing"]);
    assert.deepEqual(states(authority, signsFromMs + 24 * hourMs), ["1 retiring", "2 signing"], "clocks differ");
    assert.deepEqual(states(authority, signsFromMs + 25 * hourMs), ["1 retired", "2 signing"]);
    assert.deepEqual(trustedOf(authority, signsFromMs + 25 * hourMs).map(({ serial }) => serial), [2]);
  });

  it("trusts all of them when it is replaced twice in a minute", () => {
    const authority = grown(startMs, startMs + hourMs, startMs + hourMs + 30_000);
    assert.deepEqual(states(authority, startMs + hourMs + 30_000), ["1 signing", "2 announced", "3 announced"]);
    assert.deepEqual(states(authority, startMs + hourMs + announceMs), ["1 retiring", "2 signing", "3 announced"]);
    assert.deepEqual(states(authority, startMs + hourMs + announceMs + 30_000), ["1 retiring", "2 retiring", "3 signing"]);
    assert.equal(trustedOf(authority, startMs + 25 * hourMs).length, 3);
  });

  it("forgets with the next one what is over, and never gives a number twice", () => {
    const authority = grown(startMs, startMs + hourMs, startMs + 100 * hourMs);
    assert.deepEqual(states(authority, startMs + 100 * hourMs), ["2 signing", "3 announced"]);
  });

  it("has a new one sign at once when none can", () => {
    const ended = { ...made, notAfterMs: startMs + hourMs };
    const authority = withGeneration(withGeneration({ generations: [] }, ended, { nowMs: startMs, announceMs }), made, { nowMs: startMs + 2 * hourMs, announceMs });
    assert.equal(signerOf(authority, startMs + 2 * hourMs)?.serial, 2);
  });

  it("goes on with the oldest after a clock that went back", () => {
    const authority = grown(startMs, startMs + hourMs);
    assert.equal(signerOf(authority, startMs - 20 * hourMs)?.serial, 1);
    assert.deepEqual(states(authority, startMs - 20 * hourMs), ["1 signing", "2 announced"]);
  });

  it("wants a successor in the last fifth of its life", () => {
    assert.equal(needsSuccessor(grown(startMs), startMs + 70_000 * hourMs), false);
    assert.equal(needsSuccessor(grown(startMs), startMs + 70_100 * hourMs), true);
    assert.equal(needsSuccessor(grown(startMs, startMs + 70_100 * hourMs), startMs + 70_100 * hourMs), true, "that it has to be another certificate is the caller's");
  });
});
