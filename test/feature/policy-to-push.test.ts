import assert from "node:assert/strict";
import { status } from "@grpc/grpc-js";
import type { JsonObject } from "../../src/core/base/json.ts";
import { resourceJson } from "../kit/ads-client.ts";
import type { AdsResponse, Variant } from "../kit/ads-client.ts";
import { startControlPlane, subscribeLikeEnvoy } from "../kit/control-plane.ts";
import type { ControlPlane } from "../kit/control-plane.ts";
import { dataplane, healthCheck, provider, smallWorld } from "../kit/small-world.ts";

const check = { interval: "10s", timeout: "2s", unhealthyThreshold: 3, healthyThreshold: 1, http: {}, tcp: {}, grpc: {} };

function checkIn(response: AdsResponse, cluster: string): JsonObject | undefined {
  return (resourceJson(response, cluster)["healthChecks"] as JsonObject[] | undefined)?.[0];
}

for (const variant of ["sotw", "delta"] as const satisfies readonly Variant[]) {
  describe(`from the store to the proxy, ${variant}`, () => {
    let plane: ControlPlane;
    beforeEach(async () => {
      plane = await startControlPlane([...smallWorld(), healthCheck("all", check)]);
    });
    afterEach(() => plane.stop());

    it("a policy is pushed when it is stored, then its endpoints, and nothing of listeners and routes", async () => {
      const client = plane.open(variant);
      await subscribeLikeEnvoy(client);
      await plane.store.put(healthCheck("all", { ...check, interval: "1s" }));
      const clusters = await client.next();
      assert.equal(clusters.type, "cds");
      for (const name of ["backend", "cache", "payment"]) {
        assert.equal(checkIn(clusters, name)?.["interval"], "1s");
      }
      const endpoints = await client.next();
      assert.equal(endpoints.type, "eds");
      assert.deepEqual(endpoints.resources.map(({ name }) => name).sort(), ["backend", "cache", "payment"]);
      assert.deepEqual(await client.drain(), []);
    });

    it("deleting the policy takes the check away", async () => {
      const client = plane.open(variant);
      await subscribeLikeEnvoy(client);
      await plane.store.delete({ kind: "MeshHealthCheck", mesh: "default", name: "all" });
      assert.equal(checkIn(await client.next("cds"), "backend"), undefined);
    });

    it("a write that changes nothing pushes nothing, nor does one that concerns nobody who is connected", async () => {
      const client = plane.open(variant);
      await subscribeLikeEnvoy(client);
      await plane.store.put(healthCheck("all", check));
      await plane.store.put(dataplane("alone", { outbound: [] }));
      await plane.store.put(healthCheck("other", check, { targetRef: { kind: "MeshSubset", tags: { team: "nobody" } } }));
      assert.deepEqual(await client.drain(), []);
    });

    it("a new replica is pushed as endpoints alone", async () => {
      const client = plane.open(variant);
      await subscribeLikeEnvoy(client);
      await plane.store.put(provider("backend-3", "backend", "http", "10.0.1.3"));
      const [response, ...more] = await client.drain();
      assert.equal(response?.type, "eds");
      assert.deepEqual(response.resources.map(({ name }) => name), ["backend"]);
      assert.match(JSON.stringify(resourceJson(response, "backend")), /10\.0\.1\.3/);
      assert.deepEqual(more, []);
    });

    it("an outbound that goes is removed last", async () => {
      const client = plane.open(variant);
      await subscribeLikeEnvoy(client);
      const outbound = ["cache", "payment"].map((service, at) => ({ port: 20_001 + at, tags: { "kuma.io/service": service } }));
      await plane.store.put(dataplane("web", { inbound: [{ port: 8080, tags: { "kuma.io/service": "web", "kuma.io/protocol": "http" } }], outbound }));
      const responses = await client.drain();
      const last = responses.at(-1);
      assert.equal(last?.type, "cds");
      assert.ok(responses.findIndex(({ type }) => type === "lds") < responses.length - 1);
      if (variant === "sotw") {
        assert.ok(!last.resources.some(({ name }) => name === "backend"));
      } else {
        assert.deepEqual(last.removed, ["backend"]);
      }
    });

    it("many writes at once become few pushes, and the last one counts", async () => {
      const client = plane.open(variant);
      await subscribeLikeEnvoy(client);
      await Promise.all(Array.from({ length: 60 }, (_, i) => plane.store.put(healthCheck("all", { ...check, interval: `${String(i + 20)}s` }))));
      // Between two pushes lies the maximum delay, and whatever else the machine does.
      const clusters = [await client.next(), ...(await client.drain(300))].filter(({ type }) => type === "cds");
      assert.ok(clusters.length <= 3, `${String(clusters.length)} pushes`);
      assert.equal(checkIn(clusters.at(-1) ?? assert.fail(), "backend")?.["interval"], "79s");
    });

    it("a proxy whose Dataplane comes later is served when it tries again; one whose Dataplane goes is told so", async () => {
      const early = plane.open(variant, "default.late");
      early.request("cds");
      assert.equal((await early.ended).code, status.NOT_FOUND);
      await plane.store.put(dataplane("late", { outbound: [] }));
      const client = plane.open(variant, "default.late");
      client.request("cds");
      await client.next("cds");
      await plane.store.delete({ kind: "Dataplane", mesh: "default", name: "late" });
      const { code, details } = await client.ended;
      assert.equal(code, status.NOT_FOUND);
      assert.equal(details, 'no Dataplane "late" in mesh "default"');
    });

    it("a proxy whose Dataplane was stored a moment ago waits until it has arrived; one that still has none is refused then", async () => {
      const busy = await startControlPlane(smallWorld(), { quietMs: 300, maxDelayMs: 600 });
      try {
        await busy.store.put(dataplane("first", { outbound: [] }));
        await busy.store.put(dataplane("late", { outbound: [] }));
        assert.equal(busy.pipeline.world().meshes.get("default")?.dataplanes.has("late"), false);
        const [nobody, client] = [busy.open(variant, "default.nobody"), busy.open(variant, "default.late")];
        nobody.request("cds");
        client.request("cds");
        await client.next("cds");
        assert.equal((await nobody.ended).code, status.NOT_FOUND);
      } finally {
        await busy.stop();
      }
    });

    it("a rejection stands on the policy and in the log until the policy is mended", async () => {
      const client = plane.open(variant);
      await subscribeLikeEnvoy(client);
      const policy = { kind: "MeshHealthCheck", mesh: "default", name: "log" };
      const withLog = (path: string) => healthCheck("log", { ...check, eventLogPath: path }, { to: [{ targetRef: { kind: "MeshService", name: "backend" }, default: { ...check, eventLogPath: path } }] });
      await plane.store.put(withLog("/no/such/folder/log"));
      await client.next("cds");
      client.nack("cds", 'Error adding/updating cluster(s) backend: Unable to open file "/no/such/folder/log": No such file or directory');
      await client.drain();
      client.ack("cds");
      await client.drain();
      const [standing] = plane.pipeline.rejectionsOf(policy);
      assert.deepEqual(standing?.proxy, { mesh: "default", name: "web" });
      assert.deepEqual(standing.resources, ["backend"]);
      assert.match(standing.message, /no\/such\/folder/);
      assert.equal(plane.log.lines.filter(({ message }) => message === "proxy rejects resources").length, 1);
      assert.equal(plane.pipeline.connected().find(({ proxy }) => proxy.name === "web")?.rejections.length, 1);

      await plane.store.put(provider("cache-2", "cache", "tcp", "10.0.2.2"));
      assert.deepEqual((await client.drain()).map(({ type }) => type), ["eds"], "the others go on");

      await plane.store.put(withLog("/tmp/log"));
      await client.next("cds");
      client.ack("cds");
      await client.drain();
      assert.deepEqual(plane.pipeline.rejectionsOf(policy), []);
      assert.equal(plane.log.lines.filter(({ message }) => message === "rejection is over").length, 1);
    });

    it("a rejection is over when the proxy leaves", async () => {
      const client = plane.open(variant);
      client.request("cds");
      await client.next();
      client.nack("cds", "Error adding/updating cluster(s) backend: no");
      await client.drain();
      const policy = { kind: "MeshHealthCheck", mesh: "default", name: "all" };
      assert.equal(plane.pipeline.rejectionsOf(policy).length, 1);
      client.close();
      await client.ended;
      await client.drain();
      assert.deepEqual(plane.pipeline.rejectionsOf(policy), []);
      assert.deepEqual(plane.pipeline.connected(), []);
    });
  });
}
