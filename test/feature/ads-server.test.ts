import assert from "node:assert/strict";
import { connect } from "node:http2";
import { createServer } from "node:net";
import { status } from "@grpc/grpc-js";
import { createAdsServer } from "../../src/edge/serve/ads-server.ts";
import { createDataplaneServer } from "../../src/edge/serve/dataplane-server.ts";
import { noAdsMetrics } from "../../src/edge/serve/ads-metrics.ts";
import type { AdsResponse, Variant } from "../kit/ads-client.ts";
import { createFakeProxies, startServer } from "../kit/fake-proxies.ts";
import type { ServerUnderTest } from "../kit/fake-proxies.ts";
import { fakeSnapshot } from "../kit/fake-snapshot.ts";
import { silentLog } from "../kit/silent-log.ts";

const one = { cds: { a: 1, b: 1 }, eds: { a: 1, b: 1 }, lds: { l: 1 }, rds: { r: 1 } };

/** `a@1` for each resource; the fake resources have their name and version in their bytes. */
function said(response: AdsResponse): string[] {
  return [...response.resources.map(({ bytes }) => new TextDecoder().decode(bytes)), ...response.removed.map((name) => `-${name}`)];
}

for (const variant of ["sotw", "delta"] as const satisfies readonly Variant[]) {
  describe(`the ADS server, ${variant}`, () => {
    let s: ServerUnderTest;
    beforeEach(async () => {
      s = await startServer();
      s.proxies.set("web", fakeSnapshot(one));
    });
    afterEach(() => s.stop());

    it("serves what is asked for, then what changes", async () => {
      const client = s.open(variant);
      client.request("cds");
      assert.deepEqual(said(await client.next("cds")), ["a@1", "b@1"]);
      client.ack("cds");
      client.request("eds", { names: ["a", "b"] });
      assert.deepEqual(said(await client.next("eds")), ["a@1", "b@1"]);
      s.proxies.set("web", fakeSnapshot({ ...one, cds: { a: 2, b: 1 } }));
      assert.deepEqual(said(await client.next()), variant === "sotw" ? ["a@2", "b@1"] : ["a@2"]);
      const endpoints = await client.next();
      assert.equal(endpoints.type, "eds");
      assert.deepEqual(said(endpoints), ["a@1"]);
    });

    it("pushes nothing when nothing changed", async () => {
      const client = s.open(variant);
      client.request("cds");
      await client.next();
      s.proxies.set("web", fakeSnapshot(one));
      assert.deepEqual(await client.drain(), []);
    });

    it("tells an unknown proxy which Dataplane is missing", async () => {
      const client = s.open(variant, "default.nobody");
      client.request("cds");
      const { code, details } = await client.ended;
      assert.equal(code, status.NOT_FOUND);
      assert.equal(details, 'no Dataplane "nobody" in mesh "default"');
    });

    it("ends the stream of a proxy whose Dataplane is deleted", async () => {
      const client = s.open(variant);
      client.request("cds");
      await client.next();
      s.proxies.set("web", undefined);
      assert.equal((await client.ended).code, status.NOT_FOUND);
      assert.deepEqual(s.proxies.connected(), []);
    });

    for (const [what, node] of [["malformed", "web"], ["absent", ""]] as const) {
      it(`refuses a node id that is ${what}`, async () => {
        const client = s.open(variant, node);
        client.request("cds");
        const { code, details } = await client.ended;
        assert.equal(code, status.INVALID_ARGUMENT);
        assert.match(details, /node\.id/);
      });
    }

    it("refuses a node id that changes in mid-stream, and takes one that is repeated", async () => {
      const client = s.open(variant);
      client.request("cds");
      await client.next();
      client.request("lds", { node: "default.web" });
      await client.next("lds");
      client.request("eds", { node: "default.other", names: ["a"] });
      assert.equal((await client.ended).code, status.INVALID_ARGUMENT);
    });

    it("refuses a request without a type", async () => {
      const client = s.open(variant);
      client.request("");
      assert.equal((await client.ended).code, status.INVALID_ARGUMENT);
    });

    it("goes on after a request for a type that it does not know", async () => {
      const client = s.open(variant);
      client.request("type.googleapis.com/some.Thing", { names: ["x"] });
      client.request("lds");
      const types = [(await client.next()).type];
      if (types[0] !== "lds") {
        types.push((await client.next()).type);
      }
      assert.deepEqual(types, variant === "sotw" ? ["lds"] : ["type.googleapis.com/some.Thing", "lds"]);
    });

    it("refuses bytes that are no request, and serves others meanwhile", async () => {
      const [good, bad] = [s.open(variant), s.open(variant)];
      good.request("cds");
      await good.next();
      bad.sendBytes(new Uint8Array([0x0a, 0xff, 0xff, 0xff]));
      assert.equal((await bad.ended).code, status.INVALID_ARGUMENT);
      s.proxies.set("web", fakeSnapshot({ ...one, cds: { a: 2 } }));
      await good.next();
    });

    it("survives a truncated frame", async () => {
      const method = variant === "sotw" ? "StreamAggregatedResources" : "DeltaAggregatedResources";
      const session = connect(`http://127.0.0.1:${String(s.port)}`);
      const stream = session.request({
        ":method": "POST", ":path": `/envoy.service.discovery.v3.AggregatedDiscoveryService/${method}`, "content-type": "application/grpc", te: "trailers",
      });
      stream.end(Buffer.from([0, 0, 0, 1, 0, 1, 2, 3]));
      stream.resume();
      await new Promise((resolve) => stream.on("close", resolve));
      session.close();
      const client = s.open(variant);
      client.request("cds");
      await client.next();
    });

    it("serves the others when one proxy's configuration cannot be made", async () => {
      s.proxies.fail("broken", new Error("boom"));
      const [broken, web] = [s.open(variant, "default.broken"), s.open(variant)];
      broken.request("cds");
      web.request("cds");
      assert.equal((await broken.ended).code, status.INTERNAL);
      await web.next();
    });

    it("tells what a client refuses, serves the last good version, and forgets it when a newer one is taken", async () => {
      const client = s.open(variant);
      client.request("cds");
      await client.next();
      client.ack("cds");
      s.proxies.set("web", fakeSnapshot({ ...one, cds: { a: 2, b: 1 } }));
      await client.next("cds");
      client.nack("cds", "Error adding/updating cluster(s) a: no such folder");
      if (variant === "sotw") {
        assert.deepEqual(said(await client.next("cds")), ["a@1", "b@1"]);
        client.ack("cds");
      }
      assert.deepEqual(await client.drain(), []);
      const [rejection] = s.proxies.rejections("web");
      assert.deepEqual(rejection?.resources, ["a"]);
      assert.deepEqual(rejection.madeFrom.map(({ name }) => name), ["policy-of-a"]);
      s.proxies.set("web", fakeSnapshot({ ...one, cds: { a: 3, b: 1 } }));
      await client.next("cds");
      client.ack("cds");
      await client.drain();
      assert.deepEqual(s.proxies.rejections("web"), []);
    });

    it("sends a client that comes back what it does not have", async () => {
      const client = s.open(variant);
      client.request("cds", variant === "sotw" ? { version: "old" } : { initialVersions: { a: "1", b: "0", z: "1" } });
      if (variant === "sotw") {
        assert.deepEqual(said(await client.next()), ["a@1", "b@1"]);
      } else {
        assert.deepEqual((await client.drain()).map(said), [["b@1"], ["-z"]]);
      }
    });

    it("does not wait for confirmations, and a client that gives none gets only the newest", async () => {
      const client = s.open(variant);
      client.request("cds");
      for (let version = 2; version <= 200; version++) {
        s.proxies.set("web", fakeSnapshot({ ...one, cds: { a: version } }));
        await new Promise((resolve) => setImmediate(resolve));
      }
      const responses = await client.drain();
      assert.ok(said(responses.at(-1) ?? assert.fail("nothing came")).includes("a@200"));
    });

    it("holds a flooding client and goes on with it afterwards", async () => {
      const flooded = await startServer({ maxRequestsPerSecond: 20 });
      flooded.proxies.set("web", fakeSnapshot(one));
      const client = flooded.open(variant);
      for (let i = 0; i < 30; i++) {
        client.request("cds", { nonce: "x" });
      }
      client.request("lds");
      await client.next("lds");
      await flooded.stop();
    });

    it("refuses a stream too many", async () => {
      const small = await startServer({ maxStreams: 1 });
      small.proxies.set("web", fakeSnapshot(one));
      const first = small.open(variant);
      first.request("cds");
      await first.next();
      const second = small.open(variant);
      second.request("cds");
      assert.equal((await second.ended).code, status.RESOURCE_EXHAUSTED);
      await small.stop();
    });

    it("ends every stream when it closes, within the time given", async () => {
      const [idle, stuck] = [s.open(variant), s.open(variant)];
      idle.request("cds");
      await idle.next();
      stuck.pause();
      stuck.request("cds");
      await idle.drain();
      await s.server.close(300);
      assert.equal((await idle.ended).code, status.UNAVAILABLE);
    });

    it("ends many streams a few at a time, and serves those whose turn has not come", async () => {
      const many = Array.from({ length: 100 }, () => s.open(variant));
      for (const client of many) {
        client.request("cds");
        await client.next();
        client.ack("cds");
      }
      const last = many.at(-1)!;
      let isOver = false;
      void last.ended.then(() => (isOver = true));
      const closing = s.server.close(5_000);
      await many[0]!.ended;
      assert.ok(!isOver, "the last ended with the first");
      s.proxies.set("web", fakeSnapshot({ ...one, cds: { a: 2, b: 1 } }));
      assert.ok(said(await last.next()).includes("a@2"));
      await closing;
      assert.equal((await last.ended).code, status.UNAVAILABLE);
    });
  });

  describe(`the ADS server before the first World, ${variant}`, () => {
    it("serves and refuses nobody, then everybody", async () => {
      const s = await startServer({}, false);
      const [web, nobody] = [s.open(variant), s.open(variant, "default.nobody")];
      web.request("cds");
      nobody.request("cds");
      assert.deepEqual(await web.drain(), []);
      s.proxies.set("web", fakeSnapshot(one));
      assert.deepEqual(await web.drain(), []);
      s.proxies.setReady();
      assert.deepEqual(said(await web.next()), ["a@1", "b@1"]);
      assert.equal((await nobody.ended).code, status.NOT_FOUND);
      await s.stop();
    });
  });
}

describe("the ADS server's port", () => {
  it("in use is an error that says so", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = typeof address === "object" ? address?.port : 0;
    const ads = createAdsServer({ snapshots: createFakeProxies(), logger: silentLog, metrics: noAdsMetrics });
    const server = createDataplaneServer({ ads, logger: silentLog });
    await assert.rejects(server.listen({ host: "127.0.0.1", port: Number(port) }), /EADDRINUSE/);
    await server.close(0);
    other.close();
  });
});
