import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/core/base/json.ts";
import { startControlPlane, type ControlPlane } from "../../kit/control-plane.ts";
import { healthCheck, smallWorld } from "../../kit/small-world.ts";
import { waitUntil } from "../../kit/wait-until.ts";
import { apiUnderTest, type ApiUnderTest } from "./api-under-test.ts";

interface Subscription {
  readonly id: string;
  readonly connectTime: string;
  readonly status: { readonly lastUpdateTime?: string; readonly total: JsonObject; readonly cds: JsonObject; readonly eds: JsonObject };
  readonly version?: JsonObject;
  readonly rejections?: readonly { readonly message: string; readonly resources: readonly string[] }[];
  readonly lastRejection?: { readonly message: string };
}

interface Overview {
  readonly dataplaneInsight?: { readonly subscriptions: readonly Subscription[]; readonly metadata: JsonObject };
}

const check = { interval: "10s", http: {}, tcp: {}, grpc: {} };

for (const variant of ["sotw", "delta"] as const) {
  describe(`the overview of a proxy with a stream, ${variant}`, () => {
    let plane: ControlPlane;
    let api: ApiUnderTest;
    beforeEach(async () => {
      plane = await startControlPlane([...smallWorld(), healthCheck("all", check)]);
      api = apiUnderTest(() => ({ resources: plane.store, writer: plane.store, view: plane.pipeline }));
    });
    afterEach(async () => {
      await api.app.close();
      await plane.stop();
    });

    const insight = async (): Promise<Overview["dataplaneInsight"]> => (await api.request("GET", "/meshes/default/dataplanes/web/_overview")).json<Overview>().dataplaneInsight;

    it("shows what was sent, confirmed and refused, in Envoy's words, also when it is over", async () => {
      assert.equal(await insight(), undefined);
      const client = plane.open(variant);
      client.request("cds");
      await client.next("cds");
      client.nack("cds", "Error adding/updating cluster(s) backend: unable to open file");
      await waitUntil("the refusal is shown", async () => (await insight())?.subscriptions[0]?.status.cds["responsesRejected"] === "1");
      const [refusing] = (await insight())?.subscriptions ?? [];
      assert.ok(refusing !== undefined && Number(refusing.status.cds["responsesSent"]) >= 1);
      assert.match(refusing.rejections?.[0]?.message ?? "", /unable to open file/);
      await plane.store.put(healthCheck("all", { ...check, interval: "20s" }));
      await client.drain();
      client.ack("cds");
      await waitUntil("the refusal is over", async () => {
        const [subscription] = (await insight())?.subscriptions ?? [];
        return subscription !== undefined && subscription.rejections === undefined;
      });
      const [content] = (await insight())?.subscriptions ?? [];
      assert.ok(Number(content?.status.cds["responsesAcknowledged"]) >= 1);
      assert.match(content?.lastRejection?.message ?? "", /unable to open file/);
      assert.equal(content?.id, refusing.id);
      assert.ok((content.status.lastUpdateTime ?? "") >= content.connectTime);
    });

    it("shows versions and what else the node says, but neither a token nor a whole Dataplane", async () => {
      const metadata = { "dataplane.resource": "type: Dataplane", dataplaneToken: "secret", version: { kumaDp: { version: "2.14.0" }, envoy: { version: "1.40.0" } }, features: ["a"] };
      const client = plane.open(variant);
      client.request("cds", { metadata });
      await client.next("cds");
      const { subscriptions, metadata: shown } = (await insight()) ?? { subscriptions: [], metadata: {} };
      assert.deepEqual(shown, { version: metadata.version, features: ["a"] });
      assert.deepEqual(subscriptions[0]?.version, { kumaDp: { version: "2.14.0", kumaCpCompatible: true }, envoy: { version: "1.40.0", kumaDpCompatible: true } });
    });

    it("is not misled by metadata of odd shapes", async () => {
      const client = plane.open(variant);
      client.request("cds", { metadata: { version: ["x"], features: null } });
      await client.next("cds");
      assert.equal((await insight())?.subscriptions[0]?.version, undefined);
    });

    it("is over with the stream", async () => {
      const client = plane.open(variant);
      client.request("cds");
      await client.next("cds");
      assert.equal((await insight())?.subscriptions.length, 1);
      client.close();
      await waitUntil("nothing is shown", async () => (await insight()) === undefined);
    });
  });
}
