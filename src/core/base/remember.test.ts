import assert from "node:assert/strict";
import { rememberPairs } from "./remember.ts";

describe("rememberPairs", () => {
  it("asks once for each pair, in its order", () => {
    const asked: string[] = [];
    const join = rememberPairs((a: { readonly text: string }, b: { readonly text: string }) => {
      asked.push(a.text + b.text);
      return asked.length;
    });
    const [x, y] = [{ text: "x" }, { text: "y" }];
    assert.deepEqual([join(x, y), join(y, x), join(x, x), join(x, y), join(y, x)], [1, 2, 3, 1, 2]);
    assert.deepEqual(asked, ["xy", "yx", "xx"]);
  });
});
