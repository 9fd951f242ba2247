import assert from "node:assert/strict";
import type { AdsClient } from "../../kit/ads-client.ts";
import { subscribeLikeEnvoy } from "../../kit/control-plane.ts";
import { dataplane, provider } from "../../kit/small-world.ts";
import { waitUntil } from "../../kit/wait-until.ts";
import { dig } from "./dig.ts";
import { serveControlPlane, type ServedControlPlane } from "./served-control-plane.ts";

const policy = (path: string): string => JSON.stringify({
  type: "MeshHealthCheck", mesh: "default", name: "hc",
  spec: { to: [{ targetRef: { kind: "MeshService", name: "backend" }, default: { interval: "10s", http: { path } } }] },
});
const web = (name: string): ReturnType<typeof dataplane> =>
  dataplane(name, { inbound: [{ port: 8080, tags: { "kuma.io/service": "web", "kuma.io/protocol": "http" } }], outbound: [{ port: 20_000, tags: { "kuma.io/service": "backend" } }] });

describe("diff, wait and inspect", () => {
  let served: ServedControlPlane;
  beforeEach(async () => {
    served = await serveControlPlane();
    for (const one of [web("web-1"), web("web-2"), provider("backend-1", "backend", "http", "10.0.1.1")]) await served.plane.store.put(one);
    // Else a proxy that connects at once would get the last of them as an edit.
    await waitUntil("everything is in the World", () => served.plane.pipeline.world().meshes.get("default")?.dataplanes.size === 3);
  });
  afterEach(() => served.stop());
  const run = (...args: readonly string[]): ReturnType<ServedControlPlane["run"]> => served.run(args);
  const diff = (text: string, ...args: readonly string[]): ReturnType<ServedControlPlane["run"]> => served.run(["diff", "-f", "-", ...args], text);

  /** A proxy that has taken everything there is so far, and answers nothing from then on. */
  async function connected(name: string): Promise<AdsClient> {
    const client = served.plane.open("delta", `default.${name}`);
    await subscribeLikeEnvoy(client);
    client.ack("lds");
    return client;
  }

  describe("diff", () => {
    it("tells what changes in the store and for whom, with status 1, and changes nothing", async () => {
      await served.run(["apply", "-f", "-"], policy("/a"));
      const { status, out, err } = await diff(policy("/b"));
      assert.equal(status, 1, err);
      assert.match(out, /^in the store: 1 resource\n {2}~ MeshHealthCheck default\/hc\n/);
      assert.match(out, /\/a" → "\/b"/);
      assert.match(out, /in the configuration of: 2 proxies\n {2}2 proxies: default\/web-1, default\/web-2\n {4}~ cluster backend\n {8}healthChecks\[0\].httpHealthCheck.path: "\/a" → "\/b"\n/);
      assert.equal((await diff(policy("/b"))).status, 1);
    });

    it("says nothing, with status 0, when nothing differs", async () => {
      await served.run(["apply", "-f", "-"], policy("/a"));
      assert.deepEqual([await diff(policy("/a"))].map(({ status, out }) => [status, out]), [[0, ""]]);
    });

    it("shows one proxy in full, deletions, and JSON for programs", async () => {
      await served.run(["apply", "-f", "-"], policy("/a"));
      const one = await diff(policy("/b"), "--proxy", "web-2", "-m", "default");
      assert.match(one.out, /1 proxy: default\/web-2/);
      assert.match((await diff(policy("/a"), "--delete")).out, /- MeshHealthCheck default\/hc deleted\n.*2 proxies\n/);
      assert.equal(dig(JSON.parse((await diff(policy("/b"), "-o", "json")).out), "proxies", "total"), 2);
    });

    it("ends with a status above 1 for what is not valid or refused", async () => {
      assert.equal((await diff(policy("/a").replace("10s", "ten"))).status, 2);
      const refused = await diff(policy("/a").replace('"mesh":"default"', '"mesh":"none"'));
      assert.equal(refused.status, 2);
      assert.match(refused.err, /\* resources\[0\].mesh: there is no Mesh "none"/);
      assert.equal((await diff(policy("/a"), "--address", "http://127.0.0.1:1")).status, 69);
    });
  });

  describe("wait", () => {
    it("ends when every connected proxy has confirmed the policy, not before", async () => {
      const client = await connected("web-1");
      await served.run(["apply", "-f", "-"], policy("/a"));
      const early = await run("wait", "mhc/hc", "--timeout", "300ms");
      assert.equal(early.status, 1);
      assert.match(early.err, /not programmed in time: 0 of 1 connected proxies run with it, 1 have to answer yet/);
      await client.next("cds");
      client.ack("cds");
      await client.next("eds");
      client.ack("eds");
      const { status, out, err } = await run("wait", "mhc/hc", "--timeout", "20s");
      assert.equal(status, 0, err);
      assert.equal(out, "MeshHealthCheck default/hc is programmed in 1 of 3 proxies; 2 are not connected\n");
      assert.match((await run("get", "mhc")).out, / 1\/3 +0 /);
    });

    it("ends at once, with Envoy's own text, when a proxy refuses", async () => {
      const client = await connected("web-1");
      await served.run(["apply", "-f", "-"], policy("/a"));
      await client.next("cds");
      client.nack("cds", "Error adding/updating cluster(s) backend: no such folder");
      await client.next("eds");
      client.ack("eds");
      const { status, err } = await run("wait", "mhc/hc", "--timeout", "20s");
      assert.equal(status, 1);
      assert.match(err, /1 of 1 connected proxies refuse it\n {2}web-1: .*no such folder/);
      assert.match((await run("get", "mhc")).out, / 0\/3 +1 /);
      assert.match((await run("inspect", "mhc", "hc")).out, /Refused by:\n\n {2}web-1: .*no such folder/);
      assert.match((await run("inspect", "dataplanes")).out, /web-1 .* Online .*refuses: .*no such folder/);
    });

    it("waits for proxies to connect and for resources to come and go", async () => {
      assert.equal((await run("wait", "dp", "web-1", "--for", "connected", "--timeout", "200ms")).status, 1);
      await connected("web-1");
      assert.equal((await run("wait", "dp", "web-1", "--for=connected", "--timeout", "20s")).status, 0);
      assert.equal((await run("wait", "dp/web-1", "--timeout", "20s")).out, "Dataplane default/web-1 is programmed in 1 of 1 proxies\n");
      const coming = run("wait", "mhc", "hc", "--for=created", "--timeout", "20s");
      await served.run(["apply", "-f", "-"], policy("/a"));
      assert.equal((await coming).status, 0);
      const going = run("wait", "mhc", "hc", "--for=deleted", "--timeout", "20s");
      await run("delete", "mhc", "hc");
      assert.equal((await going).status, 0);
    });

    it("is refused where it makes no sense", async () => {
      assert.equal((await run("wait", "mhc/hc", "--for=connected")).status, 64);
      assert.equal((await run("wait", "mhc")).status, 64);
      assert.match((await run("wait", "mesh", "default", "--timeout", "1s")).err, /does not say who runs with a Mesh/);
    });
  });

  describe("inspect", () => {
    beforeEach(() => served.run(["apply", "-f", "-"], policy("/a")));

    it("lists whom a policy selects, in kumactl's words, and what may surprise", async () => {
      const { status, out } = await run("inspect", "meshhealthcheck", "hc");
      assert.equal(status, 0);
      assert.ok(out.startsWith("Affected data plane proxies:\n\n  backend-1\n  web-1\n  web-2\n\nNotices:\n\n  spec.to[0]."), out);
      assert.equal((await run("inspect", "mhc", "nosuch")).status, 1);
    });

    it("tells what the policies say to a proxy, each setting, and which policy", async () => {
      const { out } = await run("inspect", "dataplane", "web-1");
      assert.equal(out, "MeshHealthCheck:\n  to kuma.io/service=backend, by hc\n    interval: 10s\n    http.path: /a\n");
    });

    it("prints what a proxy is sent as JSON, and as YAML on request", async () => {
      const cluster = dig(JSON.parse((await run("inspect", "dp", "web-1", "--type", "config")).out), "xds", "type.googleapis.com/envoy.config.cluster.v3.Cluster", "backend");
      assert.equal(dig(cluster, "healthChecks", 0, "httpHealthCheck", "path"), "/a");
      assert.match((await run("inspect", "dp", "web-1", "--type", "config", "-o", "yaml")).out, /^xds:\n/);
    });

    it("shows all proxies and how they are", async () => {
      await connected("web-2");
      const { out } = await run("inspect", "dataplanes");
      assert.match(out, /^MESH +NAME +TAGS +STATUS +LAST CONNECTED AGO /);
      assert.match(out, /\ndefault +backend-1 .* Offline +never +never +0 +0 /);
      assert.match(out, /\ndefault +web-2 .* Online +\d+s +\d+s +[1-9]\d* +0 /);
    });

    it("says what is not there and what cannot be inspected", async () => {
      assert.equal((await run("inspect", "dataplane", "nosuch")).err, "Could not retrieve Dataplane (Not found)\n");
      assert.match((await run("inspect", "mesh", "default")).err, /Mesh cannot be inspected; dataplanes, meshservices, meshhealthchecks, .*meshtrafficpermissions can/);
    });
  });
});
