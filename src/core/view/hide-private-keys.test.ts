import assert from "node:assert/strict";
import { hideChangedKeys, hidePrivateKeys } from "./hide-private-keys.ts";

describe("hiding private keys", () => {
  it("replaces every text of one, however deep it stands, and leaves everything else", () => {
    const value = { a: [{ tlsCertificates: [{ certificateChain: { inlineString: "chain" }, privateKey: { inlineString: "KEY" } }] }], clientKey: { insecureInline: { value: "KEY" } } };
    assert.deepEqual(hidePrivateKeys(value), {
      a: [{ tlsCertificates: [{ certificateChain: { inlineString: "chain" }, privateKey: { inlineString: "(not shown)" } }] }],
      clientKey: { insecureInline: { value: "(not shown)" } },
    });
    assert.equal(value.clientKey.insecureInline.value, "KEY", "the value itself was changed");
  });

  it("gives back the very same value where there is none", () => {
    const value = { a: [1, "two", { three: null }], b: true };
    assert.equal(hidePrivateKeys(value), value);
  });

  it("tells that a key changed, but not how, also where the difference is the key itself or what it stands in", () => {
    const hidden = (path: string) => hideChangedKeys({ path, before: "OLD", after: "NEW" });
    assert.deepEqual(hidden("tlsCertificates[0].privateKey.inlineString"), { path: "tlsCertificates[0].privateKey.inlineString", before: "(not shown)", after: "(not shown)" });
    assert.deepEqual(hidden("sni"), { path: "sni", before: "OLD", after: "NEW" });
    assert.deepEqual(hideChangedKeys({ path: "tls", after: { clientKey: { inlineString: "NEW" } } }), { path: "tls", after: { clientKey: { inlineString: "(not shown)" } } });
  });
});
