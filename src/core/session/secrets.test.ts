import assert from "node:assert/strict";
import { deltaScript, sotwScript } from "../../../test/kit/session-script.ts";

for (const [variant, script] of [["state of the world", sotwScript], ["delta", deltaScript]] as const) {
  describe(`secrets in ${variant}`, () => {
    it("come when they are made: until then a client is told nothing, and waits", () => {
      const client = script();
      client.snapshot({});
      assert.deepEqual(client.want("sds", ["identity", "ca"]), []);
      assert.deepEqual(client.snapshot({ sds: { ca: 1 } }), ["sds ca@1"]);
      client.ack("sds");
      assert.deepEqual(client.snapshot({ sds: { ca: 1, identity: 1 } }), ["sds identity@1"]);
      client.ack("sds");
      assert.deepEqual(client.snapshot({ sds: { ca: 1, identity: 2 } }), ["sds identity@2"]);
    });

    it("are never taken away: what refers to them goes first", () => {
      const client = script();
      client.snapshot({ sds: { ca: 1, identity: 1 } });
      client.want("sds", ["identity", "ca"]);
      client.ack("sds");
      assert.deepEqual(client.snapshot({}), []);
      assert.deepEqual(client.snapshot({ sds: { ca: 1, identity: 2 } }).length, 1);
    });
  });
}

describe("secrets of a client that comes back", () => {
  it("stay what they are until there are new ones", () => {
    const client = deltaScript();
    client.snapshot({ sds: { ca: 1 } });
    assert.deepEqual(client.want("sds", ["identity", "ca"], { initialVersions: { identity: "7", ca: "1" } }), []);
    assert.deepEqual(client.snapshot({ sds: { ca: 1, identity: 8 } }), ["sds identity@8"]);
  });
});
