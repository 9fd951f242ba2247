import assert from "node:assert/strict";
import { asObject } from "../base/json.ts";
import type { JsonObject } from "../base/json.ts";
import type { Dataplane } from "../model/dataplane.ts";
import { dataplane, inboundOf } from "../../../test/kit/resources.ts";
import { parseBootstrapRequest } from "./bootstrap-request.ts";
import type { BootstrapRequest } from "./bootstrap-request.ts";
import { readNodeMetadata } from "./node-metadata.ts";
import { identifyingService, proxyBootstrap } from "./proxy-bootstrap.ts";

const controlPlane = { host: "cp.example", port: 5678, caPem: "PEM" };
const web = dataplane("web-1", { inbound: [inboundOf("web")] });

function requestOf(fields: object = {}): BootstrapRequest {
  const parsed = parseBootstrapRequest({ mesh: "default", name: "web-1", ...fields });
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.request;
}

function dig(value: unknown, ...way: readonly (string | number)[]): unknown {
  return way.reduce((found, step) => (found as Record<string | number, unknown> | undefined)?.[step], value);
}

function bootstrapOf(fields: object = {}, options: { dataplane?: Dataplane; reloadableTokens?: boolean; caPem?: undefined } = {}): JsonObject {
  const address = "caPem" in options ? { host: "cp.example", port: 5678 } : controlPlane;
  return proxyBootstrap(requestOf(fields), options.dataplane ?? web, { controlPlane: address, reloadableTokens: options.reloadableTokens ?? false });
}

const service = ["dynamic_resources", "ads_config", "grpc_services", 0] as const;

describe("a proxy's bootstrap", () => {
  it("has Kuma's node id, the service as its cluster, and one aggregated stream", () => {
    const config = bootstrapOf();
    assert.equal(dig(config, "node", "id"), "default.web-1");
    assert.equal(dig(config, "node", "cluster"), "web");
    assert.equal(dig(config, "dynamic_resources", "cds_config", "initial_fetch_timeout"), "0s");
    assert.equal(dig(config, "dynamic_resources", "ads_config", "set_node_on_first_message_only"), true);
  });

  it("speaks delta to who has the feature, else state of the world", () => {
    const api = (features: readonly string[]): unknown => dig(bootstrapOf({ features }), "dynamic_resources", "ads_config", "api_type");
    assert.equal(api(["feature-delta-grpc"]), "DELTA_GRPC");
    assert.equal(api([]), "GRPC");
  });

  it("trusts one CA for one name, and sends the name only where it is none of numbers", () => {
    const config = bootstrapOf();
    const secret = dig(config, "static_resources", "secrets", 0, "validation_context");
    assert.deepEqual(dig(secret, "match_typed_subject_alt_names"), [{ san_type: "DNS", matcher: { exact: "cp.example" } }]);
    const byIp = proxyBootstrap(requestOf(), web, { controlPlane: { ...controlPlane, host: "10.0.0.1" }, reloadableTokens: false });
    assert.deepEqual(dig(byIp, "static_resources", "secrets", 0, "validation_context", "match_typed_subject_alt_names"), [
      { san_type: "IP_ADDRESS", matcher: { exact: "10.0.0.1" } },
    ]);
    const cluster = asObject(dig(byIp, "static_resources", "clusters", 0));
    assert.equal(cluster?.["type"], "STATIC");
    assert.equal(dig(cluster, "transport_socket", "typed_config", "sni"), undefined);
    assert.equal(dig(config, "static_resources", "clusters", 0, "transport_socket", "typed_config", "sni"), "cp.example");
  });

  const credentials: readonly [title: string, fields: object, options: { reloadableTokens?: boolean; caPem?: undefined }, found: "inline" | "google" | "secret" | "none"][] = [
    ["a token", { dataplaneToken: "T" }, {}, "inline"],
    ["a token and its file", { dataplaneToken: "T", dataplaneTokenPath: "/t" }, {}, "inline"],
    ["a token and its file, where tokens are reloadable", { dataplaneToken: "T", dataplaneTokenPath: "/t" }, { reloadableTokens: true }, "google"],
    ["only a file", { dataplaneTokenPath: "/t" }, {}, "google"],
    ["a token and its file, without TLS", { dataplaneToken: "T", dataplaneTokenPath: "/t" }, { reloadableTokens: true, caPem: undefined }, "inline"],
    ["a secret's file", { dataplaneToken: "T", dataplaneTokenSecretPath: "/s/t.json" }, {}, "secret"],
    ["nothing", {}, {}, "none"],
  ];
  for (const [title, fields, options, expected] of credentials) {
    it(`made of ${title} sends the token: ${expected}`, () => {
      const config = bootstrapOf(fields, options);
      const found = {
        inline: dig(config, ...service, "initial_metadata") !== undefined,
        google: dig(config, ...service, "google_grpc") !== undefined,
        secret: JSON.stringify(config).includes("credential_injector"),
      };
      assert.deepEqual(Object.entries(found).flatMap(([name, there]) => (there ? [name] : [])), expected === "none" ? [] : [expected]);
      if (expected !== "inline") assert.doesNotMatch(JSON.stringify(config), /"T"/);
    });
  }

  const admin9912: Dataplane = { ...web, spec: { networking: { ...web.spec.networking, admin: { port: 9912 } } } };
  const onLoopback: Dataplane = { ...admin9912, spec: { networking: { ...admin9912.spec.networking, address: "127.0.0.1" } } };

  it("has its admin interface where the agent says, else where the Dataplane says, else on Kuma's port", () => {
    const address = (config: JsonObject): unknown => dig(config, "admin", "address");
    assert.deepEqual(address(bootstrapOf({ adminSocketPath: "/a.sock" }, { dataplane: admin9912 })), { pipe: { path: "/a.sock", mode: 0o600 } });
    assert.deepEqual(address(bootstrapOf({}, { dataplane: admin9912 })), { socket_address: { address: "127.0.0.1", port_value: 9912 } });
    assert.deepEqual(address(bootstrapOf()), { socket_address: { address: "127.0.0.1", port_value: 9901 } });
  });

  const doors: readonly [title: string, dataplane: Dataplane, fields: object, door: string | undefined][] = [
    ["a port that is stated", admin9912, {}, "10.0.0.1:9912"],
    ["a port that is stated, the admin interface on a socket", onLoopback, { adminSocketPath: "/a" }, "127.0.0.1:9912"],
    ["no port, the admin interface on Kuma's", web, {}, "10.0.0.1:9901"],
    ["no port, the admin interface on a socket", web, { adminSocketPath: "/a" }, undefined],
    ["a port at which the admin interface listens itself", onLoopback, {}, undefined],
  ];
  for (const [title, dataplaneOfProxy, fields, expected] of doors) {
    it(`has ${expected === undefined ? "no" : "a"} door for the control plane with ${title}`, () => {
      const adminCertificates = { caPem: "CA", certPem: "CERT", keyPem: "KEY" };
      const config = proxyBootstrap(requestOf(fields), dataplaneOfProxy, { controlPlane, reloadableTokens: false, adminCertificates });
      const address = dig(config, "static_resources", "listeners", 0, "address", "socket_address");
      assert.equal(address === undefined ? undefined : `${String(dig(address, "address"))}:${String(dig(address, "port_value"))}`, expected);
      assert.equal(JSON.stringify(config).includes("KEY"), expected !== undefined);
    });
  }

  it("lets the kubelet and Prometheus in where its agent is a sidecar's, each to one path", () => {
    const listenersOf = (fields: object): unknown => dig(bootstrapOf({ adminSocketPath: "/a", ...fields }), "static_resources", "listeners");
    const ports = { statusPort: 15_020, healthPort: 15_021, prometheusPort: 15_090 };
    const served = (listener: unknown): unknown => {
      const route = dig(listener, "filter_chains", 0, "filters", 0, "typed_config", "route_config", "virtual_hosts", 0, "routes", 0);
      return [dig(listener, "address", "socket_address"), dig(route, "match", "path"), dig(route, "route", "cluster")];
    };
    assert.deepEqual((listenersOf(ports) as unknown[]).map(served), [
      [{ address: "0.0.0.0", port_value: 15_021 }, "/healthz/ready", "agent"],
      [{ address: "0.0.0.0", port_value: 15_090 }, "/stats/prometheus", "kuma:envoy:admin"],
    ]);
    assert.deepEqual(dig(listenersOf({ ...ports, ipv6Enabled: true }), 0, "address", "socket_address"), { address: "::", port_value: 15_021, ipv4_compat: true });
    assert.equal((listenersOf({ statusPort: 15_020, healthPort: 15_021 }) as unknown[]).length, 1);
    assert.deepEqual((listenersOf({ healthPort: 15_021, prometheusPort: 15_090 }) as unknown[]).map((each) => dig(each, "name")), ["sidecar:stats"], "without an agent there is nobody to ask");
    assert.equal(listenersOf({ healthPort: 15_021 }), undefined);
    const clusters = dig(bootstrapOf({ adminSocketPath: "/a", ...ports }), "static_resources", "clusters") as unknown[];
    assert.deepEqual(clusters.map((cluster) => dig(cluster, "name")), ["ads_cluster", "kuma:envoy:admin", "agent"]);
    assert.deepEqual(dig(clusters[2], "load_assignment", "endpoints", 0, "lb_endpoints", 0, "endpoint", "address", "socket_address"), { address: "127.0.0.1", port_value: 15_020 });
  });

  it("trusts for services outside the mesh what the agent found on the machine, else what most machines have", () => {
    const secret = (fields?: object) => dig(bootstrapOf(fields), "static_resources", "secrets", 1);
    const trusting = (filename: string) => ({ name: "machine_ca", validation_context: { trusted_ca: { filename } } });
    assert.deepEqual(secret(), trusting("/etc/ssl/certs/ca-certificates.crt"));
    assert.deepEqual(secret({ systemCaPath: "/etc/pki/tls/certs/ca-bundle.crt" }), trusting("/etc/pki/tls/certs/ca-bundle.crt"));
  });

  it("says in the node's metadata, under Kuma's keys, what is read of it again", () => {
    const resource = "type: Dataplane\n";
    const version = { kumaDp: { version: "2.14.0" }, envoy: { version: "1.40.0", kumaDpCompatible: true } };
    const fields = { dataplaneResource: resource, dnsPort: 15053, readinessPort: 9902, appProbeProxyDisabled: true, dynamicMetadata: { a: "b" }, version, workdir: "/w" };
    const metadata = dig(bootstrapOf(fields), "node", "metadata") as JsonObject;
    assert.deepEqual(metadata, {
      "dataplane.admin.address": "127.0.0.1",
      "dataplane.admin.port": "9901",
      "dataplane.dns.port": "15053",
      "dataplane.readinessReporter.port": "9902",
      "dataplane.appProbeProxy.enabled": "true",
      "dataplane.proxyType": "dataplane",
      "dataplane.resource": resource,
      dynamicMetadata: { a: "b" },
      features: [],
      metricsCertPath: "",
      metricsKeyPath: "",
      systemCaPath: "",
      version,
      workdir: "/w",
    });
    assert.deepEqual(readNodeMetadata(metadata), { dataplaneResource: resource, admin: { address: "127.0.0.1", port: 9901 } });
    assert.deepEqual(readNodeMetadata(dig(bootstrapOf({ adminSocketPath: "/a" }), "node", "metadata") as JsonObject), { admin: { socketPath: "/a" } });
  });

  it("names the service of the gateway, else of the first inbound, else the workload", () => {
    assert.equal(identifyingService(dataplane("g", { gateway: { "kuma.io/service": "edge" } })), "edge");
    assert.equal(identifyingService(dataplane("w", { labels: { "kuma.io/workload": "job" } })), "job");
    assert.equal(identifyingService(dataplane("x")), "unknown");
  });
});

describe("a bootstrap request", () => {
  const refused: readonly [title: string, body: unknown, paths: readonly string[]][] = [
    ["no object", [], [""]],
    ["without names", {}, ["mesh", "name"]],
    ["names that are none", { mesh: "a.b", name: "../etc" }, ["name", "mesh"]],
    ["wrong types, all of them", { mesh: 1, name: "web", features: {}, dnsPort: 1e9, version: "2" }, ["mesh", "features", "dnsPort", "version"]],
    ["a zone proxy", { mesh: "default", name: "z", proxyType: "ingress" }, ["proxyType"]],
  ];
  for (const [title, body, paths] of refused) {
    it(`is refused with ${title}`, () => {
      const parsed = parseBootstrapRequest(body);
      assert.ok(!parsed.ok);
      assert.deepEqual(parsed.violations.map(({ path }) => path).sort(), [...paths].sort());
    });
  }

  it("takes null for absent, and passes unknown fields over", () => {
    assert.equal(requestOf({ features: null, otelEnv: { a: 1 }, caCert: null }).caCert, "");
  });
});
