import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { annotationTable } from "./annotation-table.ts";
import { formatAnnotationsReference, undescribedAnnotations } from "./describe-annotations.ts";

describe("describing labels and annotations", () => {
  it("keeps the reference page as the table has it (npm run generate)", async () => {
    assert.equal(await readFile(new URL("../../../docs/reference/annotations.md", import.meta.url), "utf8"), formatAnnotationsReference());
  });

  it("leaves none out, and has each once", () => {
    assert.deepEqual(undescribedAnnotations(), []);
    const page = formatAnnotationsReference();
    for (const { name } of Object.values(annotationTable)) assert.equal(page.split(`\n| \`${name}\` |`).length, 2, name);
  });
});
