import assert from "node:assert/strict";
import { formatResource, parseResource } from "./parse-resource.ts";
import type { PolicySpec } from "../model/target-ref.ts";
import type { ParseResult } from "./parse-resource.ts";
import { resourceKinds } from "./registry.ts";

const conf = { interval: "10s", timeout: "2s", unhealthyThreshold: 3, healthyThreshold: 1, http: { path: "/health", expectedStatuses: [200, 201] } };
const spec = {
  targetRef: { kind: "MeshService", name: "web" },
  to: [{ targetRef: { kind: "MeshService", name: "backend" }, default: conf }],
};
const universal = { type: "MeshHealthCheck", mesh: "default", name: "web-to-backend-check", spec };

function kubernetes(namespace: string, more: object = {}, withSpec: object = spec): object {
  return { apiVersion: "kuma.io/v1alpha1", kind: "MeshHealthCheck", metadata: { name: "web-to-backend-check", namespace, ...more }, spec: withSpec };
}

function accepted(document: unknown): ParseResult & { readonly ok: true } {
  const result = parseResource(document);
  if (!result.ok) assert.fail(JSON.stringify(result));
  return result;
}

function refused(document: unknown): string[] {
  const result = parseResource(document);
  assert.ok(!result.ok);
  return result.violations.map(({ path, message }) => `${path}: ${message}`);
}

describe("parseResource, Universal form", () => {
  it("reads the documented policy, frozen all the way down", () => {
    const { resource, notices } = accepted(universal);
    assert.deepEqual(resource, { kind: "MeshHealthCheck", mesh: "default", name: "web-to-backend-check", labels: {}, spec });
    assert.deepEqual(notices, []);
    assert.ok(Object.isFrozen(((resource.spec as PolicySpec).to?.[0]?.default as typeof conf | undefined)?.http.expectedStatuses));
  });

  it("takes the mesh `default` where none is written", () => {
    assert.equal(accepted({ ...universal, mesh: undefined }).resource.mesh, "default");
  });

  it("ignores without a word what kumactl sends along", () => {
    const { resource, notices } = accepted({
      ...universal,
      creationTime: "0001-01-01T00:00:00Z",
      modificationTime: "0001-01-01T00:00:00Z",
      kri: "kri_mhc_demo___x_",
      status: {},
      snis: [],
    });
    assert.deepEqual(notices, []);
    assert.equal(resource.creationTime, undefined);
  });

  it("takes a Mesh and a Dataplane with their fields at the top, Kuma's other fields kept and not talked about", () => {
    const mesh = accepted({ type: "Mesh", name: "demo", mtls: { backends: [] }, skipCreatingInitialPolicies: ["*"] });
    assert.deepEqual(mesh.resource, { kind: "Mesh", mesh: "", name: "demo", labels: {}, spec: { mtls: { backends: [] }, skipCreatingInitialPolicies: ["*"] } });
    assert.deepEqual(mesh.notices, []);
    const networking = { address: "127.0.0.2", inbound: [{ port: 8081, name: "http", protocol: "HTTP" }], admin: { port: 9912 } };
    const probes = { port: 9000, endpoints: [{ inboundPort: 1 }] };
    const dataplane = accepted({ type: "Dataplane", mesh: "demo", name: "backend-1", labels: { app: "backend" }, networking, probes });
    assert.deepEqual(dataplane.resource.spec, { networking, probes });
    assert.deepEqual(dataplane.notices, []);
  });

  it("drops unknown fields and tells of them, with the nearest name", () => {
    const to = [{ targetRef: { kind: "Mesh" }, default: { tcp: {}, intervall: "1s" } }];
    const { resource, notices } = accepted({ ...universal, specs: 1, spec: { foo: 1, to } });
    assert.deepEqual(resource.spec, { to: [{ targetRef: { kind: "Mesh" }, default: { tcp: {} } }] });
    assert.deepEqual(
      notices.map(({ code, path, message }) => `${code} ${path}: ${message}`),
      [
        "unknown-field specs: unknown field, ignored; did you mean spec?",
        "unknown-field spec.to[0].default.intervall: unknown field, ignored; did you mean interval?",
        "unknown-field spec.foo: unknown field, ignored",
      ],
    );
  });

  it("says of `from` that there is none", () => {
    const { resource, notices } = accepted({ ...universal, spec: { ...spec, from: [{ targetRef: { kind: "Mesh" } }] } });
    assert.ok(!("from" in (resource.spec as object)));
    assert.match(notices[0]?.message ?? "", /MeshHealthCheck has no `from`/);
  });

  it("takes null for absent", () => {
    const { resource } = accepted({ ...universal, labels: null, spec: { ...spec, targetRef: null } });
    assert.deepEqual(resource.spec, { to: spec.to });
  });

  it("takes empty texts, maps and ports of 0 for absent, as Kuma does", () => {
    const refs = { targetRef: { kind: "Dataplane", name: "web-1", labels: {} }, to: [{ targetRef: { kind: "MeshService", name: "b", namespace: "", labels: {} }, default: { tcp: {} } }] };
    assert.deepEqual(accepted({ ...universal, spec: refs }).resource.spec, {
      targetRef: { kind: "Dataplane", name: "web-1" },
      to: [{ targetRef: { kind: "MeshService", name: "b" }, default: { tcp: {} } }],
    });
    const inbound = [{ port: 80, servicePort: 0, serviceAddress: "", protocol: "", tags: {}, health: {} }];
    const outbound = [{ address: "", port: 1, tags: {}, backendRef: { kind: "MeshService", name: "b", labels: {} } }];
    const dataplane = accepted({ type: "Dataplane", name: "a", networking: { address: "10.0.0.1", inbound, outbound } });
    assert.deepEqual(dataplane.resource.spec, {
      networking: { address: "10.0.0.1", inbound: [{ port: 80, health: {} }], outbound: [{ port: 1, backendRef: { kind: "MeshService", name: "b" } }] },
    });
    const service = accepted({ type: "MeshService", name: "a", spec: { selector: { dataplaneTags: {} }, ports: [{ port: 80, name: "", targetPort: 0, appProtocol: "" }] } });
    assert.deepEqual(service.resource.spec, { selector: {}, ports: [{ port: 80 }] });
  });

  it("tells violations of shape and of rules together", () => {
    const to = [{ targetRef: { kind: "MeshService" }, default: { interval: 5, timeout: "0s", initialJitter: "5 parsecs" } }];
    assert.deepEqual(refused({ type: "MeshHealthCheck", name: "Bad_Name", labels: { "a b": "x", ok: 3 }, spec: { targetRef: { kind: "X" }, to } }), [
      "name: invalid characters. A lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
      'labels["a b"]: name part must consist of alphanumeric characters, \'-\', \'_\' or \'.\', and must start and end with an alphanumeric character',
      'labels.ok: in body must be of type string: "number"',
      "spec.targetRef.kind: in body should be one of [Mesh MeshSubset MeshGateway MeshService MeshExternalService MeshMultiZoneService MeshServiceSubset MeshHTTPRoute Dataplane]",
      'spec.to[0].default.interval: in body must be of type string: "number"',
      'spec.to[0].default.initialJitter: time: unknown unit " parsecs" in duration "5 parsecs"',
      "spec.to[0].targetRef: name or labels must be set when kind is MeshService",
      "spec.to[0].default.timeout: must be greater than zero when defined",
      "spec.to[0].default: must have at least one defined: http, tcp, grpc",
    ]);
  });

  for (const [document, expected] of [
    [null, 'in body must be of type object: "null"'],
    ["text", 'in body must be of type object: "string"'],
    [[universal], 'in body must be of type object: "array"'],
    [{}, "type: in body is required (or apiVersion and kind, in the Kubernetes form)"],
    [{ type: 3 }, 'type: in body must be of type string: "number"'],
    [{ type: "MeshHelthCheck" }, `type: unknown kind "MeshHelthCheck", known are Mesh, Dataplane, ${resourceKinds.slice(2).map(({ kind }) => kind).join(", ")}; did you mean MeshHealthCheck?`],
    [{ type: "constructor" }, "type: unknown kind"],
    [{ type: "MeshMultiZoneService" }, "is not supported: a mesh has one zone here"],
    [{ type: "MeshGateway" }, "is not supported: builtin gateways are not served"],
    [{ type: "MeshHealthCheck", spec: {} }, "name: in body is required"],
    [{ type: "MeshHealthCheck", name: "" , spec: {} }, "name: cannot be empty"],
    [{ type: "MeshHealthCheck", name: "a" }, "spec: in body is required"],
    [{ type: "MeshHealthCheck", name: "a", spec: [] }, 'spec: in body must be of type object: "array"'],
    [{ type: "MeshHealthCheck", name: "a", spec: { to: {} } }, 'spec.to: in body must be of type array: "object"'],
    [{ type: "MeshHealthCheck", name: "a", spec: { to: [null] } }, 'spec.to[0]: in body must be of type object: "null"'],
    [{ type: "MeshHealthCheck", name: "a", mesh: "A", spec: {} }, "mesh: invalid characters"],
    [{ type: "MeshHealthCheck", name: "a", mesh: 1, spec: {} }, 'mesh: in body must be of type string: "number"'],
    [{ type: "MeshHealthCheck", name: "a", labels: { "kuma.io/mesh": "other" }, spec: {} }, "must be the same as the mesh"],
    [{ kind: "Mesh" }, "apiVersion: in body is required"],
    [{ apiVersion: "v1", kind: "Pod" }, 'apiVersion: must be kuma.io/v1alpha1, is "v1"'],
    [{ apiVersion: "kuma.io/v1alpha1", kind: "MeshHealthCheck" }, "metadata: in body is required"],
    [{ apiVersion: "kuma.io/v1alpha1", kind: "MeshHealthCheck", metadata: {}, spec: {} }, "metadata.name: in body is required"],
  ] as const) {
    it(`refuses ${JSON.stringify(document)}`, () => {
      const texts = refused(document);
      assert.equal(texts.length, 1);
      assert.ok(texts[0]?.includes(expected), texts[0]);
    });
  }

  it("says of a field of a wrong type only that", () => {
    const texts = refused({ type: "Dataplane", name: "a", networking: { address: "10.0.0.1", inbound: [{ port: 0.5 }] } });
    assert.deepEqual(texts, ['networking.inbound[0].port: in body must be of type integer: "number"']);
  });

  it("does not drown anyone in violations", () => {
    const expectedStatuses = Array.from({ length: 5000 }, () => 42);
    const texts = refused({ ...universal, spec: { to: [{ targetRef: { kind: "Mesh" }, default: { http: { expectedStatuses } } }] } });
    assert.equal(texts.length, 101);
    assert.equal(texts.at(-1), ": and 4900 more");
  });

  it("names the resource that a refused document would have been", () => {
    const result = parseResource({ ...universal, spec: 3 });
    assert.deepEqual(!result.ok && result.key, { kind: "MeshHealthCheck", mesh: "default", name: "web-to-backend-check" });
  });
});

describe("parseResource, Kubernetes form", () => {
  it("reads the documented policy: the operator's, by its bare name", () => {
    const { resource, notices } = accepted(kubernetes("kong-mesh-system"));
    assert.deepEqual(resource, {
      kind: "MeshHealthCheck",
      mesh: "default",
      name: "web-to-backend-check.kong-mesh-system",
      labels: {
        "kuma.io/display-name": "web-to-backend-check",
        "k8s.kuma.io/namespace": "kong-mesh-system",
        "kuma.io/policy-role": "system",
      },
      spec,
    });
    assert.deepEqual(notices, []);
  });

  it("takes the mesh from its label and keeps the others", () => {
    const { resource } = accepted(kubernetes("demo", { labels: { "kuma.io/mesh": "m2", "kuma.io/effect": "shadow" } }));
    assert.equal(resource.mesh, "m2");
    assert.equal(resource.labels["kuma.io/effect"], "shadow");
  });

  for (const [namespaceOfItem, role] of [
    [undefined, "producer"],
    ["demo", "producer"],
    ["other", "consumer"],
  ] as const) {
    it(`gives the role ${role} to a policy in demo for a service in ${namespaceOfItem ?? "its own namespace"}`, () => {
      const targetRef = { kind: "MeshService", name: "b", ...(namespaceOfItem === undefined ? {} : { namespace: namespaceOfItem }) };
      const { resource } = accepted(kubernetes("demo", {}, { to: [{ targetRef, default: { tcp: {} } }] }));
      assert.equal(resource.labels["kuma.io/policy-role"], role);
    });
  }

  it("gives the role workload-owner without `to`, and refuses a mixture", () => {
    assert.equal(accepted(kubernetes("demo", {}, {})).resource.labels["kuma.io/policy-role"], "workload-owner");
    const to = [{ targetRef: { kind: "Mesh" }, default: { tcp: {} } }, { targetRef: { kind: "MeshService", name: "b" }, default: { tcp: {} } }];
    assert.deepEqual(refused(kubernetes("demo", {}, { to })), ["spec.to: it's not allowed to mix producer and consumer items in the same policy"]);
  });

  it("refuses what leaves and what comes in in one policy of a namespace: a producer reaches others' proxies", () => {
    const idle = { targetRef: { kind: "Mesh" }, default: { idleTimeout: "1h" } };
    const both = (namespace: string) => ({ ...kubernetes(namespace, {}, { to: [idle], from: [idle] }), kind: "MeshTimeout" });
    assert.deepEqual(refused(both("demo")), ["spec: it's not allowed to mix 'to' and 'from' arrays in the same policy"]);
    assert.equal(accepted(both("kuma-system")).resource.labels["kuma.io/policy-role"], "system");
    const rules = { ...kubernetes("demo", {}, { rules: [{ default: { idleTimeout: "1h" } }] }), kind: "MeshTimeout" };
    assert.equal(accepted(rules).resource.labels["kuma.io/policy-role"], "workload-owner");
    assert.equal(accepted(kubernetes("demo", {}, { ...spec, from: [idle] })).resource.labels["kuma.io/policy-role"], "producer");
  });

  it("reads a Mesh and a Dataplane, whose fields stand under spec there", () => {
    const mesh = accepted({ apiVersion: "kuma.io/v1alpha1", kind: "Mesh", metadata: { name: "demo" } });
    assert.deepEqual(mesh.resource, { kind: "Mesh", mesh: "", name: "demo", labels: {}, spec: {} });
    const bad = { networking: { address: "0.0.0.0" } };
    const texts = refused({ apiVersion: "kuma.io/v1alpha1", kind: "Dataplane", metadata: { name: "a", namespace: "b" }, spec: bad });
    assert.deepEqual(texts, ["spec.networking.address: must not be 0.0.0.0 or ::"]);
  });
});

describe("formatResource", () => {
  it("writes fields in Kuma's order, durations in Go's normal form", () => {
    const { resource } = accepted({ spec: { to: [{ default: { tcp: {}, interval: "60s" }, targetRef: { kind: "Mesh" } }] }, name: "x", type: "MeshHealthCheck", mesh: "demo" });
    const stored = { ...resource, labels: { a: "b" }, creationTime: "2026-01-01T00:00:00Z", modificationTime: "2026-01-01T00:00:00Z" };
    assert.equal(
      JSON.stringify(formatResource(stored)),
      '{"type":"MeshHealthCheck","mesh":"demo","name":"x","creationTime":"2026-01-01T00:00:00Z","modificationTime":"2026-01-01T00:00:00Z",' +
        '"labels":{"a":"b"},"kri":"kri_mhc_demo_default__x_","spec":{"to":[{"targetRef":{"kind":"Mesh"},"default":{"interval":"1m0s","tcp":{}}}]}}',
    );
  });

  it("writes the fields of a Mesh at the top", () => {
    const { resource } = accepted({ type: "Mesh", name: "t2", networking: {} });
    assert.equal(JSON.stringify(formatResource(resource)), '{"type":"Mesh","name":"t2","kri":"kri_m____t2_","networking":{}}');
  });
});
