import assert from "node:assert/strict";
import fc from "fast-check";
import { anyProxyPlan, destinationPlan, healthCheckPlan, inboundPlan, proxyPlan } from "../../../test/kit/plans.ts";
import { asObject, type JsonObject } from "../base/json.ts";
import type { DestinationPlan, ProxyPlan } from "../model/plan.ts";
import { decodeResource, encode } from "../snapshot/encode.ts";
import { inconsistencies } from "../snapshot/consistent.ts";
import { ClusterSchema } from "../proto/envoy/config/cluster/v3/cluster_pb.ts";
import { ClusterLoadAssignmentSchema } from "../proto/envoy/config/endpoint/v3/endpoint_pb.ts";
import { ListenerSchema } from "../proto/envoy/config/listener/v3/listener_pb.ts";
import { RouteConfigurationSchema } from "../proto/envoy/config/route/v3/route_pb.ts";
import { translate } from "./translate.ts";
import { typeUrls } from "./type-urls.ts";

const schemas = [ClusterSchema, ClusterLoadAssignmentSchema, ListenerSchema, RouteConfigurationSchema];

describe("translate: clusters", () => {
  it("discovers endpoints over ADS and speaks HTTP/2 to http, as between proxies", () => {
    assert.deepEqual(cluster(destinationPlan()), {
      name: "backend",
      type: "EDS",
      edsClusterConfig: { edsConfig: { ads: {}, resourceApiVersion: "V3" } },
      connectTimeout: "5s",
      typedExtensionProtocolOptions: {
        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
          "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
          explicitHttpConfig: { http2ProtocolOptions: {} },
        },
      },
    });
  });

  it("has no HTTP options for tcp", () => {
    const { name, endpoints, decidedBy } = destinationPlan();
    const plain = { name, displayName: name, protocol: "tcp", endpoints, decidedBy } as const;
    assert.equal(cluster(plain)["typedExtensionProtocolOptions"], undefined);
  });

  it("has one check, lets go of endpoints that are gone, and says first who the sender is", () => {
    const { healthChecks, ignoreHealthOnHostRemoval } = cluster(destinationPlan({ healthCheck: healthCheckPlan() }));
    assert.equal(ignoreHealthOnHostRemoval, true);
    assert.deepEqual((healthChecks as readonly JsonObject[]).map((check) => check["httpHealthCheck"]), [
      {
        path: "/",
        requestHeadersToAdd: [{ header: { key: "x-kuma-tags", value: "&kuma.io/service=web&" } }],
        codecClientType: "HTTP2",
        retriableStatuses: [{ start: "100", end: "600" }],
      },
    ]);
  });

  const panics: readonly (readonly [string, DestinationPlan["panic"] & object, JsonObject])[] = [
    ["no panic mode", { thresholdPercent: 0 }, { healthyPanicThreshold: {} }],
    ["a threshold", { thresholdPercent: 62.9 }, { healthyPanicThreshold: { value: 62.9 } }],
    ["failing traffic in panic", { failTraffic: true }, { zoneAwareLbConfig: { failTrafficOnPanic: true } }],
    ["not failing it", { failTraffic: false }, { zoneAwareLbConfig: {} }],
  ];
  for (const [what, panic, expected] of panics) {
    it(`sends panic settings without a check: ${what}`, () => {
      assert.deepEqual(cluster(destinationPlan({ panic }))["commonLbConfig"], expected);
    });
  }

  it("resolves endpoints that are names, in the cluster itself, since Envoy refuses names that it discovers", () => {
    const plan = proxyPlan([destinationPlan({ endpoints: { endpoints: [{ address: "backend.internal", port: 80 }] } })]);
    const resources = translate(plan);
    assert.equal(resources[typeUrls.cluster]?.["backend"]?.["type"], "STRICT_DNS");
    assert.deepEqual(resources[typeUrls.endpoints], {});
  });
});

describe("translate: listeners", () => {
  it("leads http to routes over ADS and tcp to the cluster", () => {
    const tcp = destinationPlan({ name: "cache", protocol: "tcp" });
    const resources = translate(proxyPlan([destinationPlan(), tcp]));
    assert.deepEqual(Object.keys(resources[typeUrls.listener] ?? {}), ["inbound:192.168.0.1:80", "outbound:127.0.0.1:10001", "outbound:127.0.0.1:10002"]);
    assert.deepEqual(filter(resources[typeUrls.listener]?.["outbound:127.0.0.1:10001"])["rds"], {
      configSource: { ads: {}, resourceApiVersion: "V3" },
      routeConfigName: "outbound:backend",
    });
    assert.equal(filter(resources[typeUrls.listener]?.["outbound:127.0.0.1:10002"])["cluster"], "cache");
    assert.equal(asObject(filter(resources[typeUrls.listener]?.["inbound:192.168.0.1:80"])["rds"])?.["routeConfigName"], "inbound:localhost:8080");
    assert.deepEqual(Object.keys(resources[typeUrls.route] ?? {}), ["inbound:localhost:8080", "outbound:backend"]);
  });

  it("keeps an HTTP/2 app and an HTTP/1.1 app on one port apart", () => {
    const inbounds = [inboundPlan(), inboundPlan({ listenPort: 81, protocol: "grpc" })];
    const clusters = translate(proxyPlan([], { inbounds }))[typeUrls.cluster] ?? {};
    assert.deepEqual(Object.keys(clusters), ["localhost:8080", "localhost:8080:http2"]);
  });

  it("gives each inbound that leads to one app a cluster and routes of its own, whatever their order", () => {
    const inbounds = [inboundPlan({ listenPort: 90 }), inboundPlan(), inboundPlan({ listenPort: 81, protocol: "tcp" })];
    for (const some of [inbounds, inbounds.toReversed()]) {
      const resources = translate(proxyPlan([], { inbounds: some }));
      const names = ["localhost:8080", "localhost:8080@192.168.0.1:81", "localhost:8080@192.168.0.1:90"];
      assert.deepEqual(Object.keys(resources[typeUrls.cluster] ?? {}), names);
      assert.deepEqual(Object.keys(resources[typeUrls.route] ?? {}), [names[0], names[2]].map((name) => `inbound:${name}`));
    }
  });

  it("binds names to what Envoy takes", () => {
    const inbounds = [inboundPlan({ listenAddress: "web.internal" })];
    const listener = translate(proxyPlan([], { inbounds }))[typeUrls.listener]?.["inbound:web.internal:80"];
    assert.deepEqual(listener?.["address"], { socketAddress: { address: "0.0.0.0", portValue: 80 } });
  });

  it("keeps checks out of the inbound access log, and keeps what explains a failure in every log", () => {
    const { accessLog } = filter(translate(proxyPlan([]))[typeUrls.listener]?.["inbound:192.168.0.1:80"]);
    const text = JSON.stringify(accessLog);
    for (const part of ["Envoy/HC", "%RESPONSE_FLAGS%", "%RESPONSE_CODE_DETAILS%", "%UPSTREAM_HOST%", "%CONNECTION_TERMINATION_DETAILS%"]) {
      assert.ok(text.includes(part), part);
    }
  });
});

describe("translate: any plan", () => {
  it("gives canonical JSON that encodes and decodes to itself", () => {
    fc.assert(fc.property(anyProxyPlan, (plan) => {
      for (const [typeUrl, named] of Object.entries(translate(plan))) {
        for (const resource of Object.values(named)) {
          const schema = schemas.find(({ typeName }) => typeUrl.endsWith(`/${typeName}`));
          assert.ok(schema);
          assert.deepEqual(decodeResource(typeUrl, encode(schema, resource)), resource);
        }
      }
    }));
  });

  it("gives resources that fit together", () => {
    fc.assert(fc.property(anyProxyPlan, (plan) => { assert.deepEqual(inconsistencies(translate(plan)), []); }));
  });

  it("gives listeners and routes that no check and no panic setting changes", () => {
    fc.assert(fc.property(anyProxyPlan, (plan) => {
      const [withChecks, without] = [translate(plan), translate(withoutPolicies(plan))];
      for (const type of [typeUrls.listener, typeUrls.route, typeUrls.endpoints]) assert.deepEqual(withChecks[type], without[type]);
    }));
  });
});

function cluster(destination: DestinationPlan): JsonObject {
  const made = translate(proxyPlan([destination]))[typeUrls.cluster]?.[destination.name];
  assert.ok(made);
  return made;
}

function filter(listener: JsonObject | undefined): JsonObject {
  const [chain] = (listener?.["filterChains"] ?? []) as unknown as { filters: { typedConfig: JsonObject }[] }[];
  assert.ok(chain?.filters[0]);
  return chain.filters[0].typedConfig;
}

function withoutPolicies(plan: ProxyPlan): ProxyPlan {
  const bare = new Map(plan.destinations.map((destination) => {
    const { name, displayName, protocol, httpVersion, external, endpoints } = destination;
    const http = httpVersion === undefined ? {} : { httpVersion };
    return [destination, { name, displayName, protocol, endpoints, decidedBy: {}, ...http, ...(external !== undefined && { external }) }];
  }));
  const outbounds = plan.outbounds.map((outbound) => ({ ...outbound, destination: bare.get(outbound.destination) ?? outbound.destination }));
  return { ...plan, destinations: [...bare.values()], outbounds };
}
