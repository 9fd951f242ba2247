import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { waitUntil } from "../../../test/kit/wait-until.ts";
import { createPacer } from "./pacer.ts";
import { repeat } from "./repeat.ts";
import { createStatusQueue } from "./status-queue.ts";

describe("what is done again and again", () => {
  it("is never done twice at once, and once more when it was woken meanwhile", async () => {
    let [now, most, turns] = [0, 0, 0];
    const repeated = repeat(async () => {
      turns++;
      most = Math.max(most, ++now);
      await sleep(20);
      now--;
      return {};
    });
    for (let i = 0; i < 5; i++) repeated.wake();
    await waitUntil("the second turn", () => turns === 2, { everyMs: 5 });
    await sleep(60);
    assert.deepEqual([turns, most], [2, 1]);
    repeated.wake();
    await repeated.close();
    repeated.wake();
    assert.equal(now, 0);
  });

  it("comes again after its time, but rests first even when woken", async () => {
    const atMs: number[] = [];
    const repeated = repeat(() => {
      atMs.push(performance.now());
      return Promise.resolve({ againMs: 60, restMs: 40 });
    });
    const waking = setInterval(() => repeated.wake(), 1);
    await waitUntil("three turns", () => atMs.length >= 3, { everyMs: 5 });
    clearInterval(waking);
    await repeated.close();
    const gaps = atMs.slice(1).map((ms, i) => ms - (atMs[i] ?? 0));
    assert.ok(gaps.every((gap) => gap >= 39), gaps.join(" "));
  });

  it("takes no more than its share of the time", async () => {
    const atMs: number[] = [];
    const pacer = createPacer(() => {
      atMs.push(performance.now());
      const endMs = performance.now() + 10;
      while (performance.now() < endMs);
      pacer.in(0);
    }, { share: 0.2, onError: () => undefined });
    pacer.in(0);
    pacer.in(1_000_000);
    await waitUntil("three turns", () => atMs.length >= 3, { everyMs: 5 });
    pacer.close();
    const gaps = atMs.slice(1).map((ms, i) => ms - (atMs[i] ?? 0));
    assert.ok(gaps.every((gap) => gap >= 49), gaps.join(" "));
  });

  it("goes on after a turn that failed", async () => {
    const errors: unknown[] = [];
    let turns = 0;
    const pacer = createPacer(() => {
      turns++;
      pacer.in(0);
      if (turns === 1) throw new Error("once");
    }, { share: 1, onError: (error) => errors.push(error) });
    pacer.in(0);
    await waitUntil("another turn", () => turns > 1, { everyMs: 5 });
    pacer.close();
    assert.equal(errors.length, 1);
  });
});

describe("the queue of objects to write", () => {
  it("has each once, at the earliest time that was asked for, and gives only what is due", () => {
    const queue = createStatusQueue();
    queue.put("a", 50);
    queue.put("b", 10);
    queue.put("a", 20);
    queue.put("b", 90);
    assert.deepEqual([queue.size, queue.nextMs, queue.take(5), queue.take(10), queue.take(10), queue.take(20), queue.nextMs], [2, 10, undefined, "b", undefined, "a", undefined]);
    queue.put("c", 1);
    queue.delete("c");
    assert.equal(queue.take(100), undefined);
  });
});
