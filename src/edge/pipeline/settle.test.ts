import assert from "node:assert/strict";
import { TestScheduler } from "rxjs/testing";
import { map } from "rxjs";
import { settle } from "./settle.ts";

/** Marble diagrams in milliseconds: quiet time 3, maximum delay 10; lists are joined to one text. */
function expectSettled(values: string, expected: string, lists: Record<string, string>): void {
  const scheduler = new TestScheduler((actual, wanted) => assert.deepEqual(actual, wanted));
  scheduler.run(({ cold, expectObservable }) => {
    const settled = cold(values).pipe(
      settle<string>({ quietMs: 3, maxDelayMs: 10, scheduler }),
      map((list) => list.join("")),
    );
    expectObservable(settled).toBe(expected, lists);
  });
}

describe("settle", () => {
  it("passes on at once what comes alone", () => {
    expectSettled("a-----b-----|", "a-----b-----|", { a: "a", b: "b" });
  });

  it("gathers what follows until it is quiet", () => {
    expectSettled("abc---------|", "a----b------|", { a: "a", b: "bc" });
  });

  it("does not wait longer than the maximum delay", () => {
    expectSettled("abcdefghijklmnop----|", "a----------x------y-|", { a: "a", x: "bcdefghijkl", y: "mnop" });
  });

  it("loses nothing at the end, nor before an error", () => {
    expectSettled("ab|", "a-(x|)", { a: "a", x: "b" });
    expectSettled("ab#", "a-(x#)", { a: "a", x: "b" });
  });
});
