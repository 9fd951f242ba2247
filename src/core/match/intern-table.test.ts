import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createIdentities, createInternTable } from "./intern-table.ts";

describe("intern table", () => {
  it("makes equal keys one object for as long as it is in use", () => {
    const table = createInternTable<{ readonly key: string }>();
    const first = table.intern("a", () => ({ key: "a" }));
    assert.equal(table.intern("a", () => ({ key: "a" })), first);
    assert.notEqual(table.intern("b", () => ({ key: "b" })), first);
  });

  it("does not grow with what nobody uses any more", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const table = createInternTable<{ readonly n: number }>();
    for (let n = 0; n < 20_000; n++) {
      table.intern(`key ${n}`, () => ({ n }));
      // What was looked at lives until the end of the turn.
      if (n % 1000 === 0) {
        await wait(0);
        collect();
      }
    }
    assert.ok(table.size < 5000, `${table.size} entries`);
  });

  it("numbers objects", () => {
    const identityOf = createIdentities();
    const [one, other] = [{}, {}];
    assert.notEqual(identityOf(one), identityOf(other));
    assert.equal(identityOf(one), identityOf(one));
  });
});
