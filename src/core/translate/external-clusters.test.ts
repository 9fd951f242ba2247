import assert from "node:assert/strict";
import { destinationPlan, healthCheckPlan, httpCheck, proxyPlan } from "../../../test/kit/plans.ts";
import type { DestinationPlan, EndpointPlan, TlsPlan } from "../model/plan.ts";
import type { ClusterJson } from "../proto/envoy/config/cluster/v3/cluster_pb.ts";
import type { LbEndpointJson } from "../proto/envoy/config/endpoint/v3/endpoint_components_pb.ts";
import type { UpstreamTlsContextJson } from "../proto/envoy/extensions/transport_sockets/tls/v3/tls_pb.ts";
import { translate } from "./translate.ts";
import { typeUrls } from "./type-urls.ts";

const tls: TlsPlan = { minVersion: "1.2", maxVersion: "1.3", allowRenegotiation: false, verify: "ca-and-name", trustedCa: "the CA" };
const named = { address: "api.example.com", port: 443 };
const numbered = { address: "192.0.2.1", port: 443 };

function outside(endpoints: readonly EndpointPlan[], over: Partial<DestinationPlan> = {}): ClusterJson {
  const destination = destinationPlan({ name: "api", httpVersion: 1, external: { service: "api" }, endpoints: { endpoints }, ...over });
  return translate(proxyPlan([destination]))[typeUrls.cluster]?.["api"] as ClusterJson;
}

function hostsOf(cluster: ClusterJson): readonly LbEndpointJson[] {
  return (cluster.loadAssignment?.endpoints ?? []).flatMap(({ lbEndpoints }) => lbEndpoints ?? []);
}

function tlsOf(cluster: ClusterJson): UpstreamTlsContextJson {
  return cluster.transportSocket?.typedConfig as UpstreamTlsContextJson;
}

describe("clusters of destinations outside the mesh", () => {
  it("carry addresses as they are, and names to be resolved, IPv4 first", () => {
    assert.deepEqual([outside([numbered]).type, outside([numbered]).dnsLookupFamily], ["STATIC", undefined]);
    assert.deepEqual([outside([named, numbered]).type, outside([named]).dnsLookupFamily], ["STRICT_DNS", "V4_PREFERRED"]);
    assert.deepEqual(outside([]).loadAssignment, { clusterName: "api" });
    const [host] = hostsOf(outside([{ address: "localhost", port: 80 }]));
    assert.deepEqual(host?.endpoint?.address?.socketAddress, { address: "localhost", portValue: 80 });
  });

  it("do not tell the outside who the sender is", () => {
    const inside = translate(proxyPlan([destinationPlan({ healthCheck: healthCheckPlan() })]))[typeUrls.cluster]?.["backend"];
    assert.match(JSON.stringify(inside), /x-kuma-tags/);
    assert.doesNotMatch(JSON.stringify(outside([named], { healthCheck: healthCheckPlan() })), /x-kuma-tags/);
  });

  it("are called by their own name in checks, unless the policy gives another", () => {
    const hosts = (check: DestinationPlan["healthCheck"] & object) => {
      const ipv6 = { address: "2001:db8::1", port: 443 };
      return hostsOf(outside([numbered, ipv6, named], { healthCheck: check })).map(({ endpoint }) => endpoint?.healthCheckConfig?.hostname);
    };
    const own = ["192.0.2.1", "[2001:db8::1]", "api.example.com"];
    const none = [undefined, undefined, undefined];
    const grpc = (authority: string) => healthCheckPlan({ check: { kind: "grpc", serviceName: "", authority } });
    assert.deepEqual(hosts(healthCheckPlan()), own);
    assert.deepEqual(hosts(grpc("")), own);
    assert.deepEqual(hosts(grpc("payment.mesh")), none);
    assert.deepEqual(hosts(healthCheckPlan({ check: httpCheck({ setHeaders: [{ name: "host", value: "other" }] }) })), none);
    assert.deepEqual(hosts(healthCheckPlan({ check: { kind: "tcp", receiveHex: [] } })), none);
  });

  it("ask for, and verify, the name of the server or else of the endpoint", () => {
    const verified = (context: UpstreamTlsContextJson) => context.commonTlsContext?.validationContext?.matchTypedSubjectAltNames;
    const byName = tlsOf(outside([named], { external: { service: "api", tls } }));
    assert.deepEqual([byName.sni, verified(byName)], ["api.example.com", [{ sanType: "DNS", matcher: { exact: "api.example.com" } }]]);
    const byAddress = tlsOf(outside([numbered], { external: { service: "api", tls } }));
    assert.deepEqual([byAddress.sni, verified(byAddress)], [undefined, [{ sanType: "IP_ADDRESS", matcher: { exact: "192.0.2.1" } }]]);
    const told = outside([numbered, named], { external: { service: "api", tls: { ...tls, serverName: "told.example.com" } } });
    assert.deepEqual([tlsOf(told).sni, verified(tlsOf(told))], ["told.example.com", [{ sanType: "DNS", matcher: { exact: "told.example.com" } }]]);
    assert.deepEqual(hostsOf(told).map(({ endpoint }) => endpoint?.hostname), ["told.example.com", undefined]);
  });

  it("have TLS of its own for each name", () => {
    const cluster = outside([named, { address: "us.example.com", port: 443 }], { external: { service: "api", tls } });
    assert.equal(cluster.transportSocket, undefined);
    const names = (cluster.transportSocketMatches ?? []).map(({ match, transportSocket }) => [match, (transportSocket?.typedConfig as UpstreamTlsContextJson).sni]);
    assert.deepEqual(names, [[{ address: "api.example.com" }, "api.example.com"], [{ address: "us.example.com" }, "us.example.com"]]);
    const metadata = hostsOf(cluster).map((host) => host.metadata?.filterMetadata?.["envoy.transport_socket_match"]);
    assert.deepEqual(metadata, [{ address: "api.example.com" }, { address: "us.example.com" }]);
  });

  it("trust the CA that is given, else what the proxy's machine trusts, and verify as much as they are told", () => {
    const contextOf = (over: Partial<TlsPlan>) => {
      const { trustedCa, ...machine } = tls;
      const given = { ...machine, ...(over.trustedCa === "" ? {} : { trustedCa: trustedCa ?? "" }), ...over };
      const { trustedCa: ca = "", ...rest } = given;
      const { tlsParams, alpnProtocols, ...verification } = tlsOf(outside([named], { external: { service: "api", tls: ca === "" ? rest : given } })).commonTlsContext ?? {};
      assert.deepEqual([tlsParams, alpnProtocols], [{ tlsMinimumProtocolVersion: "TLSv1_2", tlsMaximumProtocolVersion: "TLSv1_3" }, ["http/1.1"]]);
      return verification;
    };
    const matchTypedSubjectAltNames = [{ sanType: "DNS", matcher: { exact: "api.example.com" } }];
    const secret = { name: "machine_ca" };
    assert.deepEqual(contextOf({}), { validationContext: { trustedCa: { inlineString: "the CA" }, matchTypedSubjectAltNames } });
    assert.deepEqual(contextOf({ verify: "ca" }), { validationContext: { trustedCa: { inlineString: "the CA" } } });
    assert.deepEqual(contextOf({ verify: "ca", trustedCa: "" }), { validationContextSdsSecretConfig: secret });
    assert.deepEqual(contextOf({ trustedCa: "" }), {
      combinedValidationContext: { defaultValidationContext: { matchTypedSubjectAltNames }, validationContextSdsSecretConfig: secret },
    });
    assert.deepEqual(contextOf({ verify: "nothing", trustedCa: "" }), {});
    const names = [{ match: "prefix", value: "spiffe://example.com/" }, { match: "prefix", value: "10.0." }, { match: "exact", value: "::1" }] as const;
    assert.deepEqual(contextOf({ names }).validationContext?.matchTypedSubjectAltNames?.map(({ sanType }) => sanType), ["URI", "IP_ADDRESS", "IP_ADDRESS"]);
  });

  it("offer in the handshake the HTTP version that they speak", () => {
    const offered = (protocol: DestinationPlan["protocol"]) => tlsOf(outside([named], { protocol, external: { service: "api", tls } })).commonTlsContext?.alpnProtocols;
    assert.deepEqual([offered("http"), offered("http2"), offered("grpc"), offered("tcp")], [["http/1.1"], ["h2"], ["h2"], undefined]);
  });
});
