import assert from "node:assert/strict";
import { applyPatch, type Operation } from "rfc6902";
import { typeUrls } from "../../../src/core/snapshot/snapshot.ts";
import type { ConnectedProxy } from "../../../src/edge/pipeline/port.ts";
import { apiUnderTest, type ApiUnderTest } from "./api-under-test.ts";

const inMesh = "/meshes/default";

function dataplane(name: string, service: string, outbound: readonly object[] = [], more: object = {}): object {
  const inbound = [{ port: 8080, tags: { "kuma.io/service": service, "kuma.io/protocol": "http" } }];
  return { type: "Dataplane", mesh: "default", name, labels: { app: service }, networking: { address: "10.0.0.1", inbound, outbound, ...more } };
}

function check(name: string, targetRef: object, interval: string, labels: object = {}, top: object = { kind: "Mesh" }): object {
  return { type: "MeshHealthCheck", mesh: "default", name, labels, spec: { targetRef: top, to: [{ targetRef, default: { interval, http: { path: "/health" } } }] } };
}

const service = { type: "MeshService", mesh: "default", name: "shop", spec: { selector: { dataplaneTags: { "kuma.io/service": "shop" } }, ports: [{ port: 80, targetPort: 8080, name: "web", appProtocol: "http" }, { port: 90, targetPort: 8080, appProtocol: "http" }] } };

const documents: readonly (readonly [url: string, document: object])[] = [
  ["", { type: "Mesh", name: "default" }],
  ["/meshservices/shop", service],
  ["/meshexternalservices/pay", { type: "MeshExternalService", mesh: "default", name: "pay", spec: { match: { type: "HostnameGenerator", port: 443, protocol: "http" }, endpoints: [{ address: "pay.example.org", port: 443 }] } }],
  [
    "/dataplanes/web-1",
    dataplane("web-1", "web", [
      { port: 20001, tags: { "kuma.io/service": "backend" } },
      { port: 20002, backendRef: { kind: "MeshService", name: "shop", port: 80 } },
      { port: 20003, backendRef: { kind: "MeshService", name: "shop", port: 90 } },
      { port: 20004, backendRef: { kind: "MeshExternalService", name: "pay" } },
    ]),
  ],
  ["/dataplanes/backend-1", dataplane("backend-1", "backend")],
  ["/dataplanes/shop-1", dataplane("shop-1", "shop")],
  ["/dataplanes/edge-1", { type: "Dataplane", mesh: "default", name: "edge-1", networking: { address: "10.0.0.9", gateway: { type: "DELEGATED", tags: { "kuma.io/service": "edge" } } } }],
  ["/meshhealthchecks/all", check("all", { kind: "Mesh" }, "30s")],
  ["/meshhealthchecks/backend", check("backend", { kind: "MeshService", name: "backend" }, "20s")],
  ["/meshhealthchecks/shop-web", check("shop-web", { kind: "MeshService", name: "shop", sectionName: "web" }, "10s")],
  ["/meshhealthchecks/a-later", check("a-later", { kind: "Mesh" }, "1s", { "kuma.io/effect": "shadow" })],
  ["/meshhealthchecks/of-backend", check("of-backend", { kind: "Mesh" }, "5s", {}, { kind: "MeshSubset", tags: { "kuma.io/service": "backend" } })],
  ["/meshcircuitbreakers/limits", { type: "MeshCircuitBreaker", mesh: "default", name: "limits", spec: {
    targetRef: { kind: "Dataplane", labels: { "kuma.io/display-name": "backend-1" }, sectionName: "8080" },
    rules: [{ default: { connectionLimits: { maxConnections: 5 } } }],
  } }],
];

const stream = (name: string): ConnectedProxy => {
  const rejection = { typeUrl: typeUrls.cluster, resources: ["backend"], madeFrom: [], message: "unable to open file", nonce: "3", proxy: { mesh: "default", name }, since: "2026-01-01T00:00:00.000Z" };
  return {
    id: `stream-of-${name}`,
    proxy: { mesh: "default", name },
    connectedAt: "2026-01-01T00:00:00.000Z",
    isCurrent: true,
    metadata: { version: { envoy: { version: "1.40.0" } } },
    counts: new Map([[typeUrls.cluster, { sent: 3, acknowledged: 2, rejected: 1, awaiting: 0 }]]),
    rejections: [rejection],
    lastRejection: rejection,
  };
};

interface List {
  readonly total: number;
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly next?: string | null;
}

describe("inspection", () => {
  let api: ApiUnderTest;
  before(async () => {
    api = apiUnderTest();
    for (const [url, document] of documents) assert.equal((await api.put(`${inMesh}${url}`, document)).statusCode, 201, url);
    api.connected.push(stream("web-1"));
  });
  after(() => api.app.close());

  const get = async <T = List>(url: string): Promise<T> => {
    const answer = await api.request("GET", url);
    assert.equal(answer.statusCode, 200, answer.body);
    return answer.json<T>();
  };
  const namesIn = async (url: string): Promise<readonly unknown[]> => (await get(url)).items.map(({ name }) => name);

  it("lists overviews by name, label, tag, gateway and status", async () => {
    const overviews = `${inMesh}/dataplanes/_overview`;
    assert.deepEqual(await namesIn(overviews), ["backend-1", "edge-1", "shop-1", "web-1"]);
    assert.deepEqual(await namesIn("/dataplanes/_overview"), ["backend-1", "edge-1", "shop-1", "web-1"]);
    for (const [query, names] of [
      ["name=e", ["backend-1", "edge-1", "web-1"].filter((name) => name.includes("e"))],
      ["filter[labels.app]=web", ["web-1"]],
      ["tag=kuma.io/service:backend", ["backend-1"]],
      ["tag=app:shop&tag=kuma.io/mesh:default", ["shop-1"]],
      ["gateway=true", ["edge-1"]],
      ["gateway=delegated", ["edge-1"]],
      ["gateway=builtin", []],
      ["gateway=false&size=2", ["backend-1", "shop-1"]],
      ["filter[status]=online", ["web-1"]],
      ["filter[status]=Offline", ["backend-1", "edge-1", "shop-1"]],
    ] as const) {
      assert.deepEqual(await namesIn(`${overviews}?${query}`), names, query);
    }
    const next = (await get(`${overviews}?gateway=false&size=2`)).next ?? "";
    assert.deepEqual(await namesIn(next.replace("http://127.0.0.1:5681", "")), ["web-1"]);
    for (const query of ["gateway=maybe", "tag=x", "filter[status]=x", "filter[x]=y", "size=0"]) assert.equal((await api.request("GET", `${overviews}?${query}`)).statusCode, 400, query);
  });

  it("shows what a stream was sent, confirmed and refused, and Envoy's words", async () => {
    const { dataplaneInsight } = await get<{ dataplaneInsight: { subscriptions: [Record<string, unknown>] } }>(`${inMesh}/dataplanes/web-1/_overview`);
    const [{ status, version, lastRejection }] = dataplaneInsight.subscriptions;
    const counts = { responsesSent: "3", responsesAcknowledged: "2", responsesRejected: "1" };
    assert.deepEqual(status, { total: counts, cds: counts, eds: {}, lds: {}, rds: {} });
    assert.deepEqual(version, { envoy: { version: "1.40.0", kumaDpCompatible: true } });
    assert.equal((lastRejection as { message: string }).message, "unable to open file");
    assert.equal((await get<{ dataplaneInsight?: unknown }>(`${inMesh}/dataplanes/shop-1/_overview`)).dataplaneInsight, undefined);
  });

  it("tells the rules of a Dataplane: of the mesh, of services, of single ports, of what only tags name", async () => {
    const { rules } = await get<{ rules: readonly { toResourceRules: readonly Record<string, unknown>[]; toRules: readonly Record<string, unknown>[] }[] }>(`${inMesh}/dataplanes/web-1/_rules`);
    const [rule] = rules;
    assert.equal(rules.length, 1);
    const told = rule?.toResourceRules.map(({ resourceMeta, resourceSectionName, conf, origin }) => {
      const { interval } = (conf as readonly { interval: string }[])[0] ?? { interval: "" };
      return [(resourceMeta as { type: string }).type, resourceSectionName, interval, (origin as { resourceMeta: { name: string } }[]).map(({ resourceMeta: { name } }) => name)];
    });
    assert.deepEqual(told, [["MeshService", "web", "10s", ["all", "shop-web"]], ["Mesh", "", "30s", ["all"]]]);
    assert.deepEqual(
      rule?.toRules.map(({ matchers, conf }) => [matchers, (conf as { interval: string }).interval]),
      [[[{ key: "kuma.io/service", not: false, value: "backend" }], "20s"]],
    );
  });

  it("tells what policies say of an inbound, and to whom a policy for one inbound is attached", async () => {
    const { rules } = await get<{ rules: readonly { type: string; inboundRules: readonly Record<string, unknown>[] }[] }>(`${inMesh}/dataplanes/backend-1/_rules`);
    const [told] = rules.find(({ type }) => type === "MeshCircuitBreaker")?.inboundRules ?? [];
    const [rule] = told?.["rules"] as readonly { conf: unknown; origin: readonly { list: string; ruleIndex: number; resourceMeta: { name: string } }[] }[];
    assert.equal((told?.["inbound"] as { port: number }).port, 8080);
    assert.deepEqual(rule?.conf, [{ connectionLimits: { maxConnections: 5 } }]);
    assert.deepEqual(rule.origin.map(({ list, ruleIndex, resourceMeta: { name } }) => [name, list, ruleIndex]), [["limits", "rules", 0]]);
    const { policies } = await get<{ policies: readonly unknown[] }>(`${inMesh}/dataplanes/backend-1/_inbounds/kri_dp_default_default__backend-1_8080/_policies`);
    assert.deepEqual(policies, [{ kind: "MeshCircuitBreaker", conf: rule.conf, origins: [{ kri: "kri_mcb_default_default__limits_" }] }]);
    assert.deepEqual((await get(`${inMesh}/meshcircuitbreakers/limits/_resources/dataplanes`)).items.map(({ name }) => name), ["backend-1"]);
  });

  it("tells the layout, and the policies of each outbound by whatever name the layout gives", async () => {
    const { inbounds, outbounds } = await get<Record<"inbounds" | "outbounds", readonly { kri: string; port: number; protocol: string; proxyResourceName: string }[]>>(`${inMesh}/dataplanes/web-1/_layout`);
    assert.deepEqual(inbounds, [{ kri: "kri_dp_default_default__web-1_8080", port: 8080, protocol: "http", proxyResourceName: "inbound:10.0.0.1:8080" }]);
    assert.deepEqual(outbounds.map(({ kri, port }) => [kri, port]), [["backend", 20001], ["kri_msvc_default_default__shop_web", 80], ["kri_msvc_default_default__shop_90", 90], ["kri_extsvc_default_default__pay_", 443]]);
    const expected = [["all", "backend"], ["all", "shop-web"], ["all"], ["all"]];
    for (const [i, { kri, proxyResourceName }] of outbounds.entries()) {
      for (const name of [kri, proxyResourceName]) {
        const { policies } = await get<{ policies: readonly { origins: readonly { kri: string }[] }[] }>(`${inMesh}/dataplanes/web-1/_outbounds/${name}/_policies`);
        assert.deepEqual(policies[0]?.origins.map((origin) => origin.kri.split("_")[5]), expected[i]);
      }
    }
    assert.deepEqual(await get(`${inMesh}/dataplanes/web-1/_inbounds/${inbounds[0]?.kri ?? ""}/_policies`), { policies: [] });
    for (const path of ["_outbounds/nope", "_inbounds/kri_dp_default_default__web-1_9", "_outbounds/kri_msvc_default_default__shop_91"]) {
      assert.equal((await api.request("GET", `${inMesh}/dataplanes/web-1/${path}/_policies`)).statusCode, 404, path);
    }
  });

  it("agrees in all of that with the configuration that the proxy gets", async () => {
    const { xds } = await get<{ xds: Record<string, Record<string, { healthChecks?: [{ interval: string }] }>> }>(`${inMesh}/dataplanes/web-1/_config`);
    const clusters = xds[typeUrls.cluster] ?? {};
    const intervals = ["backend", "kri_msvc_default_default__shop_web", "kri_msvc_default_default__shop_90"].map((name) => clusters[name]?.healthChecks?.[0].interval);
    assert.deepEqual(intervals, ["20s", "10s", "30s"]);
  });

  it("tells what a shadow policy would change, as a patch that makes it so", async () => {
    const now = await get<{ xds: object }>(`${inMesh}/dataplanes/web-1/_config`);
    const { xds, diff } = await get<{ xds: object; diff: Operation[] }>(`${inMesh}/dataplanes/web-1/_config?shadow=true&include=diff`);
    assert.ok(diff.length > 0);
    assert.ok(diff.every(({ path }) => path.includes("/healthChecks/0/interval")), JSON.stringify(diff));
    assert.deepEqual(applyPatch(now.xds, diff), diff.map(() => null));
    assert.deepEqual(now.xds, xds);
    assert.deepEqual((await get<{ diff: unknown }>(`${inMesh}/dataplanes/shop-1/_config?shadow=true&include=diff`)).diff, []);
    for (const query of ["shadow=maybe", "include=x"]) assert.equal((await api.request("GET", `${inMesh}/dataplanes/web-1/_config?${query}`)).statusCode, 400, query);
  });

  it("tells whom a policy selects, in each form, and who is behind a MeshService", async () => {
    assert.deepEqual(await namesIn(`${inMesh}/meshhealthchecks/of-backend/_resources/dataplanes`), ["backend-1"]);
    assert.deepEqual(await namesIn(`${inMesh}/meshhealthchecks/all/-resources/dataplanes?size=2`), ["backend-1", "edge-1"]);
    assert.deepEqual(await namesIn(`${inMesh}/meshhealthchecks/all/_resources/dataplanes?name=web`), ["web-1"]);
    assert.deepEqual((await get(`${inMesh}/meshhealthchecks/of-backend/dataplanes`)).items.map((item) => item["dataplane"]), [{ mesh: "default", name: "backend-1" }]);
    assert.deepEqual(await namesIn(`${inMesh}/meshservices/shop/_resources/dataplanes`), ["shop-1"]);
    for (const url of ["meshhealthchecks/nope/_resources/dataplanes", "meshservices/nope/_resources/dataplanes"]) assert.equal((await api.request("GET", `${inMesh}/${url}`)).statusCode, 404);
    assert.equal((await api.request("GET", "/meshes/nope/meshhealthchecks/all/dataplanes")).statusCode, 404);
  });

  it("tells older kumactls which policies select a proxy", async () => {
    const { kind, total, items } = await get<List & { kind: string }>(`${inMesh}/dataplanes/backend-1/policies`);
    assert.deepEqual([kind, total], ["SidecarDataplane", 1]);
    const matched = items[0]?.["matchedPolicies"] as Record<string, readonly { name: string }[]>;
    assert.deepEqual(matched["MeshHealthCheck"]?.map(({ name }) => name).sort(), ["all", "backend", "of-backend", "shop-web"]);
  });

  it("counts", async () => {
    const tally = { total: 3, online: 1, partiallyDegraded: 0, offline: 2 };
    const insight = await get<Record<string, unknown>>("/mesh-insights/default");
    assert.deepEqual(insight["dataplanesByType"], { standard: tally, gateway: { total: 1, online: 0, partiallyDegraded: 0, offline: 1 } });
    assert.deepEqual(insight["policies"], { MeshCircuitBreaker: { total: 1 }, MeshHealthCheck: { total: 5 } });
    assert.deepEqual(insight["services"], { total: 5, internal: 4, external: 1 });
    assert.equal((await get("/mesh-insights")).total, 1);
    const { dataplanes, policies } = await get<{ dataplanes: { standard: unknown }; policies: unknown }>("/global-insight");
    assert.deepEqual([dataplanes.standard, policies], [tally, { total: 6 }]);
    assert.equal((await api.request("GET", "/mesh-insights/nope")).statusCode, 404);
  });

  it("says for a missing Dataplane that it is missing", async () => {
    for (const path of ["_config", "_overview", "_rules", "_policies", "_layout", "_inbounds/x/_policies", "_outbounds/x/_policies", "policies"]) {
      const answer = await api.request("GET", `${inMesh}/dataplanes/nope/${path}`);
      assert.deepEqual([answer.statusCode, answer.json<{ title: string }>().title], [404, "Could not retrieve Dataplane"], path);
    }
  });
});

describe("Envoy's own words", () => {
  const url = `${inMesh}/dataplanes/web-1`;
  const asked: string[] = [];

  async function prepared(askEnvoy?: Parameters<typeof apiUnderTest>[0]): Promise<ApiUnderTest> {
    const api = apiUnderTest(askEnvoy);
    await api.put("/meshes/default", { type: "Mesh", name: "default" });
    await api.put(url, dataplane("web-1", "web"));
    return api;
  }

  it("are passed on", async () => {
    const api = await prepared(() => ({
      askEnvoy: (mesh, name, path) => {
        asked.push(`${mesh}/${name}${path}`);
        const isJson = path.startsWith("/config_dump") || path.endsWith("json");
        return Promise.resolve({ status: 200, contentType: isJson ? "application/json" : "text/plain", body: Buffer.from(isJson ? "{}" : "text") });
      },
    }));
    for (const path of ["xds", "xds?include_eds=true", "clusters", "stats", "stats?format=json"]) assert.equal((await api.request("GET", `${url}/${path}`)).statusCode, 200, path);
    assert.deepEqual(asked, ["/config_dump", "/config_dump?include_eds", "/clusters", "/stats", "/stats?format=json"].map((path) => `default/web-1${path}`));
    for (const path of ["stats?format=xml", "xds?include_eds=x"]) assert.equal((await api.request("GET", `${url}/${path}`)).statusCode, 400, path);
    assert.equal((await api.request("GET", `${inMesh}/dataplanes/nope/xds`)).statusCode, 404);
    await api.app.close();
  });

  it("are not to be had of a proxy that cannot be asked, and the answer says why", async () => {
    const api = await prepared();
    const apart = await api.request("GET", `${url}/stats`);
    assert.equal(apart.statusCode, 503);
    assert.match(apart.body, /"title": "Could not execute admin operation"[^]*not connected to this control plane/);
    api.connected.push(stream("web-1"));
    assert.match((await api.request("GET", `${url}/stats`)).body, /cannot be reached from here/);
    await api.app.close();
    const failing = await prepared(() => ({ askEnvoy: () => Promise.resolve({ status: 500, contentType: "text/plain", body: Buffer.from("secret") }) }));
    const answer = await failing.request("GET", `${url}/clusters`);
    assert.equal(answer.statusCode, 502);
    assert.ok(!answer.body.includes("secret"));
    await failing.app.close();
  });
});
