import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { formatPolicyReference, formatResourceReference } from "./describe-kinds.ts";

async function committed(page: string): Promise<string> {
  return await readFile(new URL(`../../../docs/reference/${page}`, import.meta.url), "utf8");
}

describe("the reference pages in docs/reference", () => {
  it("policies.md is what the schemas say (npm run generate)", async () => assert.equal(await committed("policies.md"), formatPolicyReference()));
  it("resources.md is what the schemas say (npm run generate)", async () => assert.equal(await committed("resources.md"), formatResourceReference()));

  it("name every field, with its type and default", () => {
    const page = formatPolicyReference();
    assert.match(page, /\| `spec\.to\[\]\.default\.interval` \| duration \| .*Default: 1m\. \|/);
    assert.match(page, /\| `spec\.to\[\]\.default\.http\.requestHeadersToAdd\.set\[\]\.name` \| string \|/);
    assert.match(page, /\| `spec\.to\[\]\.targetRef\.kind` \| string \| .*Required\. \|/);
    assert.match(formatResourceReference(), /\| `networking\.inbound\[\]\.port` \| integer \| .*Required\. \|/);
  });
});
