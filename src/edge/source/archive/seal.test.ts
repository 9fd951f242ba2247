import assert from "node:assert/strict";
import { isSealed, SealBroken, sealTexts, unsealTexts } from "./seal.ts";

describe("sealing secrets", () => {
  const passphrase = "correct horse battery";
  const texts = ["the first", "", "the third, with ümlauts"];
  let sealed: Awaited<ReturnType<typeof sealTexts>>;
  before(async () => {
    sealed = await sealTexts(texts, passphrase);
  });

  it("gives back what was sealed, in whatever order the documents come, and shows nothing of it", async () => {
    assert.deepEqual(await unsealTexts([...sealed].reverse(), passphrase), texts);
    assert.ok(sealed.every(isSealed));
    assert.ok(!JSON.stringify(sealed).includes(Buffer.from("the first").toString("base64").slice(0, 10)));
  });

  it("seals the same differently each time", async () => {
    const [again] = await sealTexts(texts, passphrase);
    assert.notDeepEqual(again?.["salt"], sealed[0]?.["salt"]);
    assert.notDeepEqual(again?.["sealed"], sealed[0]?.["sealed"]);
  });

  it("opens with nothing but the passphrase", async () => {
    await assert.rejects(unsealTexts(sealed, `${passphrase} `), SealBroken);
    await assert.rejects(unsealTexts(sealed, ""), /passphrase is wrong/);
  });

  it("finds out when a document is missing, doubled, taken from elsewhere, renumbered or changed in one bit", async () => {
    const [first = {}, second = {}, third = {}] = sealed;
    const [other = {}] = await sealTexts(texts, passphrase);
    const flipped = Buffer.from(JSON.stringify(second["sealed"]).slice(1, -1), "base64");
    flipped[0] = (flipped[0] ?? 0) ^ 1;
    for (const documents of [
      [first, third],
      [first, second, second],
      [other, second, third],
      [first, { ...second, part: 3 }, { ...third, part: 2 }],
      [{ ...first, of: 2 }, { ...second, of: 2 }],
      [first, { ...second, sealed: flipped.toString("base64") }, third],
      [first, { ...second, sealed: "" }, third],
      [first, { ...second, nonce: "AAAA" }, third],
    ]) {
      await assert.rejects(unsealTexts(documents, passphrase), SealBroken);
    }
    await assert.rejects(unsealTexts([{ ...first, format: 2 }], passphrase), /format 2, and this release knows 1/);
  });
});
