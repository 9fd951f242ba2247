import assert from "node:assert/strict";
import { openAdsClient } from "../../kit/ads-client.ts";
import { startWholeControlPlane, type WholeControlPlane } from "../../kit/whole-control-plane.ts";
import { subscribeLikeEnvoy } from "../../kit/control-plane.ts";
import { waitUntil } from "../../kit/wait-until.ts";

const dataplane = { type: "Dataplane", mesh: "default", name: "web-1", networking: { address: "127.0.0.1", inbound: [{ port: 8080, tags: { "kuma.io/service": "web", "kuma.io/protocol": "http" } }], outbound: [{ port: 9000, tags: { "kuma.io/service": "web" } }] } };
const policy = { type: "MeshHealthCheck", mesh: "default", name: "check", spec: { to: [{ targetRef: { kind: "Mesh" }, default: { interval: "10s", tcp: {} } }] } };
const cds = "type.googleapis.com/envoy.config.cluster.v3.Cluster";

/** Each line of the page by its name and labels. */
async function scrape({ diagnostics }: WholeControlPlane): Promise<ReadonlyMap<string, number>> {
  const answer = await fetch(`${diagnostics}/metrics`);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
  const lines = (await answer.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]));
}

describe("the metrics of a control plane", () => {
  let controlPlane: WholeControlPlane;
  beforeEach(async () => {
    controlPlane = await startWholeControlPlane(["--insecure-xds-plaintext", "--insecure-no-dataplane-tokens"]);
  });
  afterEach(() => controlPlane.stop());

  async function put(path: string, body: object): Promise<number> {
    return (await fetch(`${controlPlane.api}${path}`, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(body) })).status;
  }

  it("tell of the API, the store, proxies and resources what happened, under the names that dashboards for Kuma use", async () => {
    assert.equal(await put("/meshes/default/dataplanes/web-1", dataplane), 201);
    assert.equal(await put("/meshes/default/meshhealthchecks/check", policy), 201);
    assert.equal((await fetch(`${controlPlane.api}/meshes/default/meshhealthchecks/none`)).status, 404);
    assert.equal((await fetch(`${controlPlane.api}/no/such/path/made-up`)).status, 404);
    // Else the proxy would get the policy as an edit of its own.
    const policies = 'resources_count{resource_type="MeshHealthCheck",mesh="default"}';
    await waitUntil("the policy is in the World", async () => (await scrape(controlPlane)).get(policies) === 1);
    const client = openAdsClient(controlPlane.xdsPort, "delta", "default.web-1");
    await subscribeLikeEnvoy(client);
    const metrics = await waitUntil("the proxy is counted as current", async () => {
      const found = await scrape(controlPlane);
      return found.get("probeplane_current_proxies") === 1 ? found : undefined;
    });
    const request = (handler: string, method: string, code: number) => metrics.get(`api_server_http_request_duration_seconds_count{service="",handler="${handler}",method="${method}",code="${code}"}`);
    assert.equal(request("/meshes/:mesh/dataplanes/:name", "PUT", 201), 1);
    assert.equal(request("/meshes/:mesh/meshhealthchecks/:name", "GET", 404), 1);
    assert.equal(request("unknown", "GET", 404), 1);
    const expected: Readonly<Record<string, number>> = {
      'api_server_http_requests_inflight{service=""}': 0,
      'store_count{operation="create",resource_type="Dataplane"}': 1,
      'probeplane_store_writes_total{outcome="created"}': 2,
      'resources_count{resource_type="Dataplane",mesh="default"}': 1,
      [policies]: 1,
      'resources_count{resource_type="Mesh",mesh=""}': 1,
      xds_streams_active: 1,
      probeplane_connected_proxies: 1,
      probeplane_ready: 1,
      [`xds_requests_received{confirmation="ACK",type_url="${cds}"}`]: 1,
      [`xds_responses_sent{type_url="${cds}"}`]: 1,
    };
    for (const [name, value] of Object.entries(expected)) assert.equal(metrics.get(name), value, name);
    assert.ok((metrics.get("xds_generation_count") ?? 0) > 0);
    assert.ok(![...metrics.keys()].some((name) => name.includes("made-up")), "a path that somebody made up is a label");
    client.close();
  });

  it("tell when certificates end, before they do", async () => {
    const endS = (await scrape(controlPlane)).get('probeplane_certificate_end_timestamp_seconds{server="api"}') ?? 0;
    const days = (endS - Date.now() / 1000) / 86_400;
    assert.ok(days > 360 && days < 370, `${days}`);
  });

  it("count refused tokens by their reason", async () => {
    for (const authorization of ["Bearer nonsense", "Basic abc"]) {
      assert.equal((await fetch(`${controlPlane.api}/meshes`, { headers: { authorization } })).status, 401);
    }
    assert.equal((await scrape(controlPlane)).get('probeplane_token_refusals_total{server="api",reason="not valid"}'), 2);
  });
});
