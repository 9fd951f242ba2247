import assert from "node:assert/strict";
import { directDataplane, violationsText } from "./direct-dataplane.ts";

const proxy = { mesh: "default", name: "web-1" };
const good = { type: "Dataplane", mesh: "default", name: "web-1", networking: { address: "10.0.0.1", inbound: [{ port: 80, tags: { "kuma.io/service": "web" } }] } };

function read(...values: readonly unknown[]): string {
  const result = directDataplane(values.map((value) => ({ ok: true, value })), proxy);
  return result.ok ? `${result.dataplane.mesh}/${result.dataplane.name}` : violationsText(result.violations);
}

describe("a Dataplane that a proxy brings along", () => {
  it("is the proxy's own", () => {
    assert.equal(read(good), "default/web-1");
    assert.equal(read({ ...good, mesh: undefined, name: undefined }), "default/web-1");
  });

  const table: readonly [values: readonly unknown[], message: RegExp][] = [
    [[], /^has to be one document, and is 0$/],
    [[good, good], /^has to be one document, and is 2$/],
    [[{ ...good, name: "web-2" }], /^name: is "web-2", and the proxy's is "web-1"$/],
    [[{ ...good, mesh: "other", networking: {} }], /networking.address.*; mesh: is "other"/],
    [[{ type: "Mesh", name: "web-1" }], /^type: has to be Dataplane, is Mesh/],
    [["text"], /must be of type object/],
  ];
  for (const [values, message] of table) {
    it(`${JSON.stringify(values).slice(0, 60)} is refused`, () => assert.match(read(...values), message));
  }

  it("that cannot be read is refused with the reader's words", () => {
    const result = directDataplane([{ ok: false, violations: [{ path: "", message: "line 1: no YAML" }] }], proxy);
    assert.ok(!result.ok);
    assert.equal(violationsText(result.violations), "line 1: no YAML");
  });
});
