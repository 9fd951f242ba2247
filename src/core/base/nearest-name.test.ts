import assert from "node:assert/strict";
import fc from "fast-check";
import { didYouMean, nearestName } from "./nearest-name.ts";

const fields = ["interval", "timeout", "unhealthyThreshold", "healthyThreshold", "http", "tcp", "grpc"];

describe("nearestName", () => {
  for (const [unknown, known] of [
    ["intervall", "interval"],
    ["Interval", "interval"],
    ["tiemout", "timeout"],
    ["unhealtyThreshhold", "unhealthyThreshold"],
    ["htp", "http"],
    ["zebra", undefined],
    ["x", undefined],
  ] as const) {
    it(`takes ${unknown} for ${known}`, () => assert.equal(nearestName(unknown, fields), known));
  }

  it("finds every known name by itself and by any one letter left out of a long one", () => {
    fc.assert(fc.property(fc.constantFrom(...fields), (name) => nearestName(name, fields) === name));
    fc.assert(fc.property(fc.nat(17), (at) => nearestName("unhealthyThreshold".slice(0, at) + "unhealthyThreshold".slice(at + 1), fields) === "unhealthyThreshold"));
  });

  it("takes any text without harm", () => {
    fc.assert(fc.property(fc.string(), (text) => [undefined, ...fields].includes(nearestName(text, fields))));
  });

  it("makes a question of it", () => {
    assert.equal(didYouMean("intervall", fields), "; did you mean interval?");
    assert.equal(didYouMean("zebra", fields), "");
  });
});
