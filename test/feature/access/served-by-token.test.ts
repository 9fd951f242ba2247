import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { status } from "@grpc/grpc-js";
import { decodeJwt } from "jose";
import { makeSigningKey } from "../../../src/edge/access/signing-key.ts";
import { openAdsClient, type AdsClient, type Variant } from "../../kit/ads-client.ts";
import { ApiClient } from "../../kit/api-client.ts";
import { startWholeControlPlane, type WholeControlPlane } from "../../kit/whole-control-plane.ts";

const dataplane = (name: string, service: string) => ({
  type: "Dataplane", mesh: "default", name,
  networking: { address: "127.0.0.1", inbound: [{ port: 8080, tags: { "kuma.io/service": service, "kuma.io/protocol": "http" } }] },
});

for (const variant of ["sotw", "delta"] as const) {
  describe(`a proxy shows its token, ${variant}`, () => {
    let whole: WholeControlPlane;
    let api: ApiClient;
    let ca: string;
    const clients: AdsClient[] = [];

    before(async () => {
      whole = await startWholeControlPlane(["--store", "memory"]);
      api = new ApiClient(whole.api);
      ca = await readFile(path.join(whole.dataDir, "tls", "ca.crt"), "utf8");
      for (const [name, service] of [["web-1", "web"], ["web-2", "web"], ["bank-1", "bank"]] as const) await api.put(dataplane(name, service));
      await api.put({ type: "Mesh", name: "other" });
      await api.put({ ...dataplane("web-1", "web"), mesh: "other" });
    });
    afterEach(() => clients.splice(0).forEach((client) => client.close()));
    after(async () => whole.stop());

    function open(authorization: string | undefined, node = "default.web-1", which: Variant = variant): AdsClient {
      const client = openAdsClient(whole.xdsPort, which, node, { ca, ...(authorization === undefined ? {} : { authorization }) });
      clients.push(client);
      return client;
    }

    async function served(client: AdsClient): Promise<AdsClient> {
      client.request("cds");
      assert.ok((await client.next("cds")).resources.length > 0);
      client.ack("cds");
      return client;
    }

    async function refused(client: AdsClient, details: string): Promise<void> {
      client.request("cds");
      const ended = await client.ended;
      assert.deepEqual([ended.code, ended.details], [status.UNAUTHENTICATED, details]);
      assert.equal(client.received.responses, 0);
    }

    const token = (claims: { name?: string; mesh?: string; tags?: object; validFor?: string } = {}): Promise<string> => api.dataplaneToken({ mesh: "default", ...claims });

    it("and is served, with Bearer before it or not", async () => {
      await served(open(await token({ name: "web-1" })));
      await served(open(`Bearer ${await token()}`));
      await served(open(await token({ tags: { "kuma.io/service": ["web"] } })));
    });

    it("and is refused with one that is missing, malformed, of another mesh, of another name or for other tags", async () => {
      await refused(open(undefined), "a token is needed");
      await refused(open("x.y.z"), "the token is not valid");
      await refused(open(await token({ mesh: "other" })), "the token is not for this mesh");
      await refused(open(await token({ name: "web-2" })), "the token is not for this proxy");
      await refused(open(await token({ tags: { "kuma.io/service": ["web"] } }), "default.bank-1"), "the token is not for this proxy");
      await refused(open(await token({ tags: { team: ["a"] } })), "the token is not for this proxy");
    });

    it("and learns nothing of what there is with one of another mesh or name", async () => {
      for (const node of ["default.web-2", "default.nobody"]) await refused(open(await token({ name: "web-1" }), node), "the token is not for this proxy");
      for (const node of ["other.web-1", "other.nobody", "nowhere.web-1"]) await refused(open(await token({ name: "web-1" }), node), "the token is not for this mesh");
    });

    it("and cannot become another after the first message", async () => {
      for (const node of ["default.web-2", "other.web-1", "default.bank-1"]) {
        const client = await served(open(await token()));
        client.request("lds", { node });
        const ended = await client.ended;
        assert.equal(ended.code, status.INVALID_ARGUMENT);
        assert.match(ended.details, /node.id changed/);
      }
    });

    it("and is ended at once when its token is revoked, also while it asks for nothing; others go on", async () => {
      const [bad, good] = [await token({ name: "web-1" }), await token({ name: "web-1" })];
      const [revoked, other] = [await served(open(bad)), await served(open(good))];
      await api.put({ type: "Secret", mesh: "default", name: "dataplane-token-revocations-default", data: Buffer.from(decodeJwt(bad).jti ?? "").toString("base64") });
      const ended = await revoked.ended;
      assert.deepEqual([ended.code, ended.details], [status.UNAUTHENTICATED, "the token is revoked"]);
      await refused(open(bad), "the token is revoked");
      other.request("lds");
      await other.next("lds");
    });

    it("and is ended when its token expires, by the next request at the latest", async () => {
      const short = await token({ name: "web-1", validFor: "1s" });
      const client = await served(open(short));
      const ended = await client.ended;
      assert.deepEqual([ended.code, ended.details], [status.UNAUTHENTICATED, "the token is expired"]);
      await refused(open(short), "the token is expired");
    });

    it("and is ended before the next push when its Dataplane no longer has the tags that the token wants", async () => {
      const client = await served(open(await token({ tags: { "kuma.io/service": ["web"] } }), "default.web-2"));
      await api.put(dataplane("web-2", "changed"));
      const ended = await client.ended;
      assert.deepEqual([ended.code, ended.details], [status.UNAUTHENTICATED, "the token is not for this proxy"]);
      await api.put(dataplane("web-2", "web"));
    });

    it("and goes on when keys are rotated, until the old key is deleted", async () => {
      const old = await token({ name: "web-1" });
      const client = await served(open(old));
      const key = await api.ask("GET", "/meshes/default/secrets/dataplane-token-signing-key-default-1");
      await api.put({ type: "Secret", mesh: "default", name: "dataplane-token-signing-key-default-2", data: Buffer.from(await makeSigningKey()).toString("base64") });
      await served(open(old));
      await served(open(await token({ name: "web-1" })));
      client.request("lds");
      await client.next("lds");
      await api.ask("DELETE", "/meshes/default/secrets/dataplane-token-signing-key-default-1");
      assert.equal((await client.ended).details, "the token is not valid");
      await api.ask("PUT", "/meshes/default/secrets/dataplane-token-signing-key-default-1", key.body);
      await served(open(old));
    });

    it("and nothing of any token or key is logged", async () => {
      const { data } = (await api.ask("GET", "/meshes/default/secrets/dataplane-token-signing-key-default-1")).body as { data: string };
      const pem = Buffer.from(data, "base64").toString("utf8").split("\n");
      const shown = await token({ name: "web-1" });
      await served(open(shown));
      const log = whole.log.join("\n");
      assert.ok(log.includes("stream refused"));
      for (const text of [data.slice(40, 120), pem[3] ?? "", shown, shown.split(".")[2] ?? ""]) {
        assert.ok(text.length > 30);
        assert.equal(log.includes(text), false);
      }
    });
  });
}
