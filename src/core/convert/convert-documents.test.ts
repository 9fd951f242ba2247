import assert from "node:assert/strict";
import fc from "fast-check";
import { convertDocuments, type Conversion } from "./convert-documents.ts";
import { externalName, readHost } from "./destination.ts";
import { convertRetryOn } from "./retry-conditions.ts";
import { defaultConvertSettings } from "./settings.ts";

function convert(kind: string, spec: unknown, metadata: unknown = { name: "x", namespace: "shop" }): Conversion {
  const group = kind === "PeerAuthentication" ? "security.istio.io" : "networking.istio.io";
  return convertDocuments([{ origin: "here", value: { apiVersion: `${group}/v1`, kind, metadata, spec } }], defaultConvertSettings);
}

describe("readHost", () => {
  const cases: readonly [host: string, means: object][] = [
    ["web", { kind: "service", name: "web", namespace: "shop" }],
    ["web.data.svc.cluster.local", { kind: "service", name: "web", namespace: "data" }],
    ["web.data.svc", { kind: "service", name: "web", namespace: "data" }],
    ["web.data.svc.example.org", { kind: "service", name: "web", namespace: "data" }],
    ["*", { kind: "mesh" }],
    ["*.local", { kind: "mesh" }],
    ["*.svc.cluster.local", { kind: "mesh" }],
    ["*.data.svc.cluster.local", { kind: "namespace", namespace: "data" }],
    ["web.data", { kind: "external", host: "web.data" }],
    ["api.example.com", { kind: "external", host: "api.example.com" }],
    ["*.example.com", { kind: "external", host: "*.example.com" }],
    ["", { kind: "external", host: "" }],
  ];
  for (const [host, means] of cases) it(`takes ${JSON.stringify(host)} for ${JSON.stringify(means)}`, () => { assert.deepEqual(readHost(host, "shop"), means); });

  it("gives services outside a name that a resource can have", () => {
    assert.deepEqual(["api.Example.com", "*.example.com", "10.0.0.1"].map(externalName), ["api-example-com", "example-com", "10-0-0-1"]);
  });
});

describe("convertRetryOn", () => {
  it("says that statuses alone are meant, where Kuma would add its default conditions", () => {
    assert.deepEqual(convertRetryOn("503"), { http: ["RetriableStatusCodes", "503"], grpc: [], left: [] });
    assert.deepEqual(convertRetryOn("retriable-status-codes,503,reset").http, ["Reset", "503"]);
  });

  it("tells of what Envoy does not know", () => {
    const { http, left } = convertRetryOn(" reset , Reset,,999,bogus");
    assert.deepEqual(http, ["Reset"]);
    assert.deepEqual(left.map(({ condition }) => condition), ["Reset", "999", "bogus"]);
  });
});

describe("convertDocuments", () => {
  const kinds = ["VirtualService", "DestinationRule", "PeerAuthentication", "Sidecar", "EnvoyFilter"];
  const names = [
    ...["hosts", "http", "retries", "attempts", "timeout", "route", "host", "trafficPolicy", "connectionPool", "tcp", "idleTimeout", "outlierDetection", "tls", "mode"],
    ...["mtls", "portLevelMtls", "selector", "matchLabels", "8080", "ingress", "port", "number", "defaultEndpoint", "configPatches", "applyTo", "match", "patch", "operation"],
    ...["value", "health_checks", "httpHealthCheck", "expected_statuses", "portLevelSettings", "exportTo", "workloadSelector", "labels", "constructor", "__proto__"],
  ];
  const leaf = fc.oneof(fc.constantFrom("web", "5s", "STRICT", "MERGE", "CLUSTER", "*", ".", "503,reset", "127.0.0.1:80"), fc.integer(), fc.boolean(), fc.constant(null), fc.string({ maxLength: 4 }));
  const { spec: anySpec } = fc.letrec((tie) => ({
    spec: fc.oneof({ depthSize: "medium", withCrossShrink: true }, { arbitrary: fc.dictionary(fc.constantFrom(...names), tie("value"), { maxKeys: 6 }), weight: 5 }, { arbitrary: leaf, weight: 1 }),
    value: fc.oneof({ depthSize: "medium" }, leaf, fc.array(tie("spec"), { maxLength: 3 }), tie("spec")),
  }));

  it("throws for nothing, and loses no field in silence", () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), anySpec, (kind, spec) => {
        const { sources, problems, mesh } = convert(kind, spec);
        const said = sources.flatMap(({ policies, remarks }) => [...policies, ...remarks]).length + problems.length;
        assert.ok(said > 0 || mesh !== undefined);
      }),
      { numRuns: 400 },
    );
  });

  it("tells of fields that Istio gets later, each by its path", () => {
    const spec = { host: "web", trafficPolicy: { brandNew: { a: 1 }, connectionPool: { tcp: { idleTimeout: "5s", another: 1 } } } };
    const [source] = convert("DestinationRule", spec).sources;
    assert.deepEqual(source?.remarks.map(({ path }) => path), ["spec.trafficPolicy.brandNew", "spec.trafficPolicy.connectionPool.tcp.another"]);
  });

  it("finds all that is wrong, with paths", () => {
    const spec = { host: 3, trafficPolicy: { connectionPool: { tcp: { idleTimeout: "5", maxConnections: -1 } }, outlierDetection: { interval: 10 }, portLevelSettings: [{}], tls: { mode: "STRICT" } } };
    assert.deepEqual(convert("DestinationRule", spec, { namespace: "shop" }).problems.map(({ path, message }) => `${path}: ${message}`), ["metadata.name: in body is required"]);
    assert.deepEqual(convert("DestinationRule", spec).problems.map(({ path }) => path), [
      "spec.host",
      "spec.trafficPolicy.tls.mode",
      "spec.trafficPolicy.connectionPool.tcp.idleTimeout",
      "spec.trafficPolicy.connectionPool.tcp.maxConnections",
      "spec.trafficPolicy.outlierDetection.interval",
      "spec.trafficPolicy.portLevelSettings[0].port",
    ]);
  });

  it("says which policy a source's own values make invalid", () => {
    const { problems } = convert("DestinationRule", { host: "web", trafficPolicy: { outlierDetection: { maxEjectionPercent: 101 } } });
    assert.match(problems[0]?.message ?? "", /^the MeshCircuitBreaker that comes of it is not valid: spec\.to\[0\]\.default\.outlierDetection\.maxEjectionPercent: /);
  });

  it("gives sources of one name different policies, also where they are converted one by one", () => {
    const documents = ["a", "b"].map((namespace) => ({
      origin: "here",
      value: { apiVersion: "networking.istio.io/v1", kind: "VirtualService", metadata: { name: "x", namespace }, spec: { hosts: ["web.data.svc.cluster.local"], http: [{ retries: { attempts: 1 } }] } },
    }));
    const namesOf = (conversion: Conversion): unknown[] => conversion.sources.flatMap(({ policies }) => policies.map(({ metadata }) => (metadata as { name: string }).name));
    assert.deepEqual(namesOf(convertDocuments(documents, defaultConvertSettings)), ["x-a", "x-b"]);
    assert.deepEqual(documents.flatMap((document) => namesOf(convertDocuments([document], defaultConvertSettings))), ["x-a", "x-b"]);
  });
});
