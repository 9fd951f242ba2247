import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { fakeSnapshot, shortTypes } from "../../../test/kit/fake-snapshot.ts";
import { deltaScript, sotwScript } from "../../../test/kit/session-script.ts";

const edits = 200;

for (const [variant, script] of [["state of the world", sotwScript], ["delta", deltaScript]] as const) {
  describe(`a client that acknowledges nothing, ${variant}`, () => {
    it("does not keep alive what it was sent, and each response has a nonce of its own", async () => {
      setFlagsFromString("--expose-gc");
      const collect = runInNewContext("gc") as () => void;
      const client = script();
      client.snapshot({ cds: { a: 0 } });
      client.want("cds");
      const sent: WeakRef<object>[] = [];
      const nonces = new Set<string>();
      for (let version = 1; version <= edits; version++) {
        const snapshot = fakeSnapshot({ cds: { a: version % 3 } });
        sent.push(new WeakRef(snapshot.types.get(shortTypes.cds)?.resources ?? snapshot));
        client.session.step({ type: "snapshot", snapshot }).forEach(({ nonce }) => nonces.add(nonce));
      }
      // What was looked at lives until the end of the turn.
      await wait(0);
      collect();
      const alive = sent.filter((each) => each.deref() !== undefined).length;
      assert.ok(alive <= 10, `${String(alive)} of ${String(edits)} snapshots`);
      assert.equal(nonces.size, edits);
    });

    it("is served as any other once it acknowledges", () => {
      const client = script();
      client.snapshot({ cds: { a: 0 } });
      client.want("cds");
      for (let version = 1; version <= edits; version++) {
        client.snapshot({ cds: { a: version } });
      }
      client.ack("cds");
      assert.equal(client.session.counts.get(shortTypes.cds)?.acknowledged, 1);
      assert.deepEqual(client.snapshot({ cds: { a: edits } }), []);
      assert.deepEqual(client.snapshot({ cds: { a: 1 } }), ["cds a@1"]);
      client.nack("cds", "Error adding/updating cluster(s) a: x");
      assert.deepEqual(client.session.rejections[0]?.resources, ["a"]);
    });
  });
}
