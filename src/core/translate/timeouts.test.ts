import assert from "node:assert/strict";
import { destinationPlan, inboundPlan, proxyPlan } from "../../../test/kit/plans.ts";
import { asArray, asObject, type JsonObject } from "../base/json.ts";
import type { InboundPlan, DestinationPlan } from "../model/plan.ts";
import type { RequestRetryPlan } from "../model/retry-plan.ts";
import type { TimeoutPlan } from "../model/timeout-plan.ts";
import { appRoutes, destinationRoutes } from "./routes.ts";
import { translate } from "./translate.ts";
import { typeUrls } from "./type-urls.ts";

const limits = { idleMs: 2000, maxStreamDurationMs: 5000, maxConnectionDurationMs: 6000 };
const common = { idleTimeout: "2s", maxConnectionDuration: "6s", maxStreamDuration: "5s" };

function options(cluster: JsonObject | undefined): unknown {
  const said = asObject(asObject(cluster?.["typedExtensionProtocolOptions"])?.["envoy.extensions.upstreams.http.v3.HttpProtocolOptions"]) ?? {};
  return Object.fromEntries(Object.entries(said).filter(([field]) => field !== "@type"));
}

function clusterOf(destination: Partial<DestinationPlan>): JsonObject | undefined {
  return translate(proxyPlan([destinationPlan(destination)]))[typeUrls.cluster]?.["backend"];
}

function localCluster(inbound: Partial<InboundPlan>): JsonObject | undefined {
  return translate(proxyPlan([], { inbounds: [inboundPlan(inbound)] }))[typeUrls.cluster]?.["localhost:8080"]
    ?? translate(proxyPlan([], { inbounds: [inboundPlan(inbound)] }))[typeUrls.cluster]?.["localhost:8080:http2"];
}

function filterOf(direction: "inbound" | "outbound", parts: { inbound?: Partial<InboundPlan>; destination?: Partial<DestinationPlan> }): JsonObject {
  const plan = proxyPlan(parts.destination === undefined ? [] : [destinationPlan(parts.destination)], parts.inbound === undefined ? {} : { inbounds: [inboundPlan(parts.inbound)] });
  const listener = Object.entries(translate(plan)[typeUrls.listener] ?? {}).find(([name]) => name.startsWith(`${direction}:`))?.[1];
  const [chain] = asArray(listener?.["filterChains"]) ?? [];
  const [filter] = asArray(asObject(chain)?.["filters"]) ?? [];
  return asObject(asObject(filter)?.["typedConfig"]) as JsonObject;
}

describe("translate: timeouts", () => {
  it("puts connecting on the cluster, in both directions", () => {
    assert.equal(clusterOf({ timeouts: { connectMs: 250 } })?.["connectTimeout"], "0.250s");
    assert.equal(localCluster({ timeouts: { connectMs: 250 } })?.["connectTimeout"], "0.250s");
    assert.equal(clusterOf({})?.["connectTimeout"], "5s");
  });

  it("puts idle times and lifetimes on clusters of every HTTP, gRPC included, beside the version that they speak", () => {
    const [one, two] = [{ httpProtocolOptions: {} }, { http2ProtocolOptions: {} }];
    for (const protocol of ["http", "http2", "grpc"] as const) {
      assert.deepEqual(options(clusterOf({ protocol, httpVersion: 2, timeouts: limits })), { commonHttpProtocolOptions: common, explicitHttpConfig: two });
      assert.deepEqual(options(localCluster({ protocol, timeouts: limits })), { commonHttpProtocolOptions: common, explicitHttpConfig: protocol === "http" ? one : two });
    }
    assert.deepEqual(options(clusterOf({ httpVersion: 1, timeouts: { idleMs: 0 } })), { commonHttpProtocolOptions: { idleTimeout: "0s" }, explicitHttpConfig: one });
  });

  it("says nothing that Envoy does by itself, and nothing of HTTP where there is none", () => {
    assert.deepEqual(options(localCluster({ timeouts: { idleMs: 3_600_000 } })), {});
    assert.deepEqual(options(localCluster({ protocol: "tcp", timeouts: limits })), {});
    assert.equal(filterOf("inbound", { inbound: { protocol: "tcp", timeouts: { idleMs: 3_600_000 } } })["idleTimeout"], undefined);
  });

  it("puts an idle TCP connection's time, and that of headers, into the listener: Envoy has them nowhere else", () => {
    assert.equal(filterOf("inbound", { inbound: { protocol: "tcp", timeouts: limits } })["idleTimeout"], "2s");
    const tcp: Partial<DestinationPlan> = { protocol: "tcp", timeouts: { idleMs: 0 }, retry: { connectAttempts: 3 } };
    const filter = filterOf("outbound", { destination: tcp });
    assert.deepEqual([filter["idleTimeout"], filter["maxConnectAttempts"]], ["0s", 3]);
    const headers: TimeoutPlan = { requestHeadersMs: 500 };
    assert.equal(filterOf("inbound", { inbound: { timeouts: headers } })["requestHeadersTimeout"], "0.500s");
    assert.equal(filterOf("outbound", { destination: { timeouts: headers } })["requestHeadersTimeout"], "0.500s");
  });

  it("changes no listener by any other timeout of HTTP", () => {
    const listeners = (timeouts: TimeoutPlan) => translate(proxyPlan([destinationPlan({ timeouts })], { inbounds: [inboundPlan({ timeouts })] }))[typeUrls.listener];
    const other: TimeoutPlan = { connectMs: 1, ...limits, requestMs: 3, streamIdleMs: 4, byCaller: [{ spiffeId: { match: "exact", value: "spiffe://default/a" }, requestMs: 5 }] };
    assert.deepEqual(listeners(other), listeners({}));
  });

  it("puts times of requests on routes; towards the app there is none unless somebody says so", () => {
    const route = (routes: ReturnType<typeof destinationRoutes>) => routes.virtualHosts?.[0]?.routes?.[0]?.route;
    assert.deepEqual(route(destinationRoutes(destinationPlan({ timeouts: { requestMs: 3000, streamIdleMs: 0 } }))), { cluster: "backend", timeout: "3s", idleTimeout: "0s" });
    assert.deepEqual(route(appRoutes(inboundPlan(), [])), { cluster: "localhost:8080", timeout: "0s" });
  });

  it("asks for callers first, by what their certificate says, each character for itself", () => {
    const byCaller: TimeoutPlan["byCaller"] = [
      { spiffeId: { match: "exact", value: "spiffe://default/web.x" }, requestMs: 1000, streamIdleMs: 2000 },
      { spiffeId: { match: "prefix", value: "spiffe://default/team-" }, requestMs: 0, streamIdleMs: 0 },
    ];
    const routes = appRoutes(inboundPlan({ timeouts: { requestMs: 9000, byCaller } }), []).virtualHosts?.[0]?.routes ?? [];
    assert.deepEqual(routes.map(({ route }) => route?.timeout), ["1s", "0s", "9s"]);
    const patterns = routes.flatMap(({ match }) => match?.headers ?? []).map(({ stringMatch }) => new RegExp(`^(${stringMatch?.safeRegex?.regex ?? ""})$`));
    const says = (header: string) => patterns.map((pattern) => pattern.test(header));
    assert.deepEqual(says("By=spiffe://default/backend;URI=spiffe://default/web.x"), [true, false]);
    assert.deepEqual(says("URI=spiffe://default/web.x;URI=spiffe://default/team-a"), [true, true]);
    assert.deepEqual(says("URI=spiffe://default/webxx"), [false, false]);
    assert.deepEqual(says("By=spiffe://default/web.x;URI=spiffe://default/web.x2"), [false, false]);
  });

  it("gives tries the time that they are given, where nobody limits the request", () => {
    const rule = (perTryTimeoutMs: number): RequestRetryPlan => ({ conditions: ["reset"], statuses: [], retries: 2, perTryTimeoutMs, avoidPreviousHosts: false });
    const timeout = (perTryTimeoutMs: number, timeouts: TimeoutPlan) => {
      const { virtualHosts } = destinationRoutes(destinationPlan({ timeouts, retry: { requests: [rule(perTryTimeoutMs)] } }));
      return virtualHosts?.[0]?.routes?.[0]?.route?.timeout;
    };
    assert.equal(timeout(16_000, { requestMs: 15_000, requestIsDefault: true }), "48.500s");
    assert.equal(timeout(16_000, { requestMs: 15_000 }), "15s");
    assert.equal(timeout(6_000, { requestMs: 15_000, requestIsDefault: true }), "15s");
  });
});
