import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { parseNodeId } from "./node-id.ts";
import { createPushQueue } from "./push-queue.ts";
import { createRequestLimit } from "./request-limit.ts";

describe("a node id", () => {
  const table: [string, unknown][] = [
    ["default.web-1", { mesh: "default", name: "web-1" }],
    ["default.web.ns", { mesh: "default", name: "web.ns" }],
    ["web", undefined],
    ["", undefined],
    [".web", undefined],
    ["default.", undefined],
  ];
  for (const [id, key] of table) {
    it(`${JSON.stringify(id)} is ${key === undefined ? "refused" : JSON.stringify(key)}`, () => assert.deepEqual(parseNodeId(id), key));
  }
});

describe("the push queue", () => {
  it("never runs a push at once, and runs them in order", async () => {
    const queue = createPushQueue();
    const ran: number[] = [];
    queue.add(() => ran.push(1));
    queue.add(() => ran.push(2));
    assert.deepEqual(ran, []);
    await nextTurn();
    assert.deepEqual(ran, [1, 2]);
  });

  it("lets other work run between slices", async () => {
    const queue = createPushQueue(1);
    let ran = 0;
    for (let i = 0; i < 10; i++) {
      queue.add(() => {
        const until = performance.now() + 2;
        while (performance.now() < until);
        ran++;
      });
    }
    await nextTurn();
    assert.ok(ran >= 1 && ran < 10, `${String(ran)} ran before other work did`);
    while (ran < 10) {
      await nextTurn();
    }
  });
});

describe("the request limit", () => {
  it("holds a flooding client until the second is over, and closes one that goes on for half a minute", () => {
    let now = 0;
    const limit = createRequestLimit(10, () => now);
    for (let i = 0; i < 9; i++) {
      assert.equal(limit().verdict, "take");
    }
    assert.deepEqual(limit(), { verdict: "pause", forMs: 1000 });
    let verdict = "";
    for (let second = 1; second <= 31; second++) {
      now = second * 1000;
      for (let i = 0; i < 10; i++) {
        verdict = limit().verdict;
      }
    }
    assert.equal(verdict, "close");
  });

  it("has nothing against a burst now and then", () => {
    let now = 0;
    const limit = createRequestLimit(10, () => now);
    for (let burst = 0; burst < 100; burst++) {
      now += 3000;
      for (let i = 0; i < 10; i++) {
        assert.notEqual(limit().verdict, "close");
      }
    }
  });
});
