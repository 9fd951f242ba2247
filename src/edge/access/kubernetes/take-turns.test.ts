import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createTurns } from "./take-turns.ts";

describe("taking turns", () => {
  it("does so many at a time, all in the end, in their order", async () => {
    const turns = createTurns(3);
    let active = 0;
    let most = 0;
    const done: number[] = [];
    await Promise.all(Array.from({ length: 20 }, (_, i) => turns.take(async () => {
      most = Math.max(most, ++active);
      await nextTurn();
      active--;
      done.push(i);
    })));
    assert.equal(most, 3);
    assert.deepEqual(done, Array.from({ length: 20 }, (_, i) => i));
  });

  it("fails those who wait with the one that failed, and goes on with those who come later", async () => {
    const turns = createTurns(1);
    let asked = 0;
    const away = async (): Promise<never> => {
      asked++;
      await nextTurn();
      throw new Error("away");
    };
    const answers = await Promise.allSettled([turns.take(away), turns.take(away), turns.take(away)]);
    assert.deepEqual(answers.map(({ status }) => status), ["rejected", "rejected", "rejected"]);
    assert.equal(asked, 1);
    assert.equal(await turns.take(() => Promise.resolve("back")), "back");
  });
});
