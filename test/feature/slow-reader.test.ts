import assert from "node:assert/strict";
import type { Snapshot } from "../../src/core/snapshot/snapshot.ts";
import type { AdsResponse, Variant } from "../kit/ads-client.ts";
import { fakeSnapshot, shortTypes } from "../kit/fake-snapshot.ts";
import { startServer } from "../kit/fake-proxies.ts";

const mebibyte = 1024 * 1024;

/** One cluster of 1 MiB whose first byte pair is not a name; its version counts. */
function largeSnapshot(version: number): Snapshot {
  const types = new Map(fakeSnapshot({}).types);
  const resource = {
    name: "large", version: String(version), byteLength: mebibyte, madeFrom: [],
    writeTo: (target: Uint8Array, offset: number) => {
      target.fill(0, offset, offset + mebibyte);
      new DataView(target.buffer, target.byteOffset).setUint32(offset + 4, version);
    },
  };
  types.set(shortTypes.cds, { version: String(version), resources: new Map([["large", resource]]) });
  return { types };
}

function versionIn(response: AdsResponse | undefined): number {
  const bytes = response?.resources[0]?.bytes ?? assert.fail("no resource");
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(4);
}

for (const variant of ["sotw", "delta"] as const satisfies readonly Variant[]) {
  describe(`a client that does not read, ${variant}`, () => {
    it("has nothing pulled for it, holds back nobody, and gets the newest when it reads again", async () => {
      const s = await startServer();
      const [slow, quick] = [s.open(variant, "default.slow"), s.open(variant, "default.quick")];
      for (const name of ["slow", "quick"]) {
        s.proxies.set(name, largeSnapshot(1));
      }
      quick.request("cds");
      await quick.next();
      slow.request("cds");
      await slow.next();
      slow.pause();
      for (let version = 2; version <= 100; version++) {
        s.proxies.set("slow", largeSnapshot(version));
        s.proxies.set("quick", largeSnapshot(version));
        assert.equal(versionIn(await quick.next()), version);
      }
      // The client's own library reads 16 messages ahead.
      assert.ok(s.proxies.pulls("slow") < 25, `${String(s.proxies.pulls("slow"))} snapshots were pulled for a client that does not read`);
      slow.resume();
      const responses = await slow.drain(200);
      assert.equal(versionIn(responses.at(-1)), 100);
      assert.ok(responses.length < 25, `${String(responses.length)} responses`);
      await s.stop();
    });

    it("but goes on asking is not read either", async () => {
      const s = await startServer({ maxRequestsPerSecond: 1_000_000 });
      s.proxies.set("web", largeSnapshot(1));
      const client = s.open(variant);
      client.request("cds");
      await client.next();
      client.pause();
      const before = process.memoryUsage().rss;
      for (let i = 0; i < 3_000; i++) {
        const everything = i % 2 === 0 ? ["large"] : ["*"];
        client.request("cds", variant === "sotw" ? { names: everything } : { names: ["large"] });
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
      const grownMiB = (process.memoryUsage().rss - before) / mebibyte;
      assert.ok(grownMiB < 300, `memory grew by ${grownMiB.toFixed(0)} MiB for 3,000 answers of 1 MiB`);
      await s.stop();
    });
  });
}
