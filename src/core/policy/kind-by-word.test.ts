import assert from "node:assert/strict";
import { kindByWord, unknownKindText, wordsOf } from "./kind-by-word.ts";
import { resourceKinds } from "./registry.ts";

describe("kinds by the words of a command", () => {
  for (const word of ["MeshHealthCheck", "meshhealthcheck", "meshhealthchecks", "mesh-health-checks", "mhc", "MHC"]) {
    it(`knows ${word}`, () => assert.equal(kindByWord(word)?.kind, "MeshHealthCheck"));
  }

  it("has no word that means two kinds", () => {
    const words = resourceKinds.flatMap(wordsOf);
    assert.ok(words.length > 8);
    for (const kind of resourceKinds) for (const word of wordsOf(kind)) assert.equal(kindByWord(word)?.kind, kind.kind, word);
  });

  it("names the nearest known word for an unknown one", () => {
    assert.equal(kindByWord("meshhealthchek"), undefined);
    assert.match(unknownKindText("meshhealthchek"), /^there is no kind of resource "meshhealthchek"; did you mean meshhealthcheck\? Known are .*dataplanes \(dp\)/);
  });
});
