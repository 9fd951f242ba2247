import type { RuleCase } from "./rule-case.ts";

type Ref = Readonly<Record<string, unknown>>;

const anywhere = { kind: "Mesh" };
const check = { tcp: {} };

function top(ref: Ref, ...refused: readonly string[]): RuleCase {
  return { kind: "MeshHealthCheck", name: `targetRef ${JSON.stringify(ref)}`, spec: { targetRef: ref, to: [{ targetRef: anywhere, default: check }] }, refused: refused.map((text) => `spec.targetRef${text}`) };
}

function to(ref: Ref, ...refused: readonly string[]): RuleCase {
  return { kind: "MeshHealthCheck", name: `to[0].targetRef ${JSON.stringify(ref)}`, spec: { to: [{ targetRef: anywhere, default: check }, { targetRef: ref, default: check }] }, refused: refused.map((text) => `spec.to[1].targetRef${text}`) };
}

/** A value for each field, to be refused where the kind does not have it. */
const values: Ref = { name: "a", namespace: "b", tags: { a: "b" }, mesh: "m", labels: { a: "b" }, sectionName: "http", proxyTypes: ["Sidecar"] };

/** `having`: what a ref of this kind needs in any case. */
function disallowed(place: typeof top, having: Ref, ...fields: readonly string[]): readonly RuleCase[] {
  const kind = String(having["kind"]);
  return fields.map((field) => place({ ...having, [field]: values[field] }, `.${field}: must not be set with kind ${kind}`));
}

const badName = ".name: invalid characters: must consist of lower case alphanumeric characters, '-', '.' and '_'.";
const badTag = "tag name must consist of alphanumeric characters, dots, dashes, slashes and underscores";
const badValue = "tag value must consist of alphanumeric characters, dots, dashes and underscores";
const kinds = '"Mesh", "MeshSubset", "MeshGateway", "MeshService", "MeshExternalService", "MeshMultiZoneService", "MeshServiceSubset", "MeshHTTPRoute", "Dataplane"';

/** Whom a policy may mean, and how. */
export const targetRefRules: readonly RuleCase[] = [
  { kind: "MeshHealthCheck", name: "no targetRef and no to", spec: {}, refused: [] },
  { kind: "MeshHealthCheck", name: "no spec", spec: undefined, refused: ["spec: Required value"] },
  top({}, ".kind: Required value"),
  top({ kind: "" }, `.kind: Unsupported value: "": supported values: ${kinds}`),
  top({ kind: "Service" }, `.kind: Unsupported value: "Service": supported values: ${kinds}`),
  top({ kind: "MeshGateway", name: "g" }, ".kind: value 'MeshGateway' is not supported: builtin gateways are not served"),
  top({ kind: "MeshExternalService", name: "g" }, ".kind: value 'MeshExternalService' is not supported"),
  top({ kind: "MeshHTTPRoute", name: "g" }, ".kind: value 'MeshHTTPRoute' is not supported"),
  top({ kind: "MeshMultiZoneService", name: "g" }, ".kind: value 'MeshMultiZoneService' is not supported: a mesh has one zone here, there is nothing of several zones"),
  top({ kind: "Mesh", proxyTypes: ["Sidecar", "Gateway"] }),
  top({ kind: "Mesh", name: "", namespace: "", tags: {}, labels: {}, mesh: "", sectionName: "" }),
  top({ kind: "Mesh", name: "a" }, ".name: using name with kind Mesh is not yet supported"),
  top({ kind: "Mesh", proxyTypes: [] }, ".proxyTypes: must be undefined or have at least one element"),
  top({ kind: "Mesh", proxyTypes: ["Zone"] }, '.proxyTypes[0]: Unsupported value: "Zone": supported values: "Sidecar", "Gateway"'),
  ...disallowed(top, { kind: "Mesh" }, "mesh", "tags", "labels", "namespace", "sectionName"),
  top({ kind: "Dataplane" }),
  top({ kind: "Dataplane", name: "a", namespace: "b" }),
  top({ kind: "Dataplane", labels: { app: "a" } }),
  top({ kind: "Dataplane", name: "a", labels: { app: "a" } }, ".labels: either labels or name and namespace must be specified"),
  top({ kind: "Dataplane", sectionName: "http" }, ".sectionName: can only be used with inbound policies"),
  ...disallowed(top, { kind: "Dataplane" }, "tags", "mesh", "proxyTypes"),
  top({ kind: "MeshSubset" }),
  top({ kind: "MeshSubset", tags: { "kuma.io/zone": "*", version: "v1.0:a-b_c" }, proxyTypes: ["Gateway"] }),
  top({ kind: "MeshSubset", tags: { "a b": "c" } }, `.tags: ${badTag}`),
  top({ kind: "MeshSubset", tags: { a: "b c" } }, `.tags: ${badValue}`),
  top({ kind: "MeshSubset", tags: { a: "" } }, ".tags: tag value must be non-empty"),
  top({ kind: "MeshSubset", proxyTypes: [] }, ".proxyTypes: must be undefined or have at least one element"),
  ...disallowed(top, { kind: "MeshSubset" }, "name", "mesh", "labels", "namespace", "sectionName"),
  top({ kind: "MeshService", name: "web" }),
  top({ kind: "MeshService", name: "web_ns_svc_8080" }),
  top({ kind: "MeshService", labels: { "kuma.io/display-name": "web" } }),
  top({ kind: "MeshService" }, ": name or labels must be set when kind is MeshService"),
  top({ kind: "MeshService", name: "Web" }, badName),
  top({ kind: "MeshService", name: "a", namespace: "b", labels: { a: "b" } }, ".labels: either labels or name and namespace must be specified"),
  ...disallowed(top, { kind: "MeshService", name: "a" }, "mesh", "tags", "proxyTypes"),
  top({ kind: "MeshServiceSubset", name: "web", tags: { version: "v1" } }),
  top({ kind: "MeshServiceSubset" }, ".name: must be set when kind is MeshServiceSubset"),
  top({ kind: "MeshServiceSubset", name: "w/b" }, badName),
  top({ kind: "MeshServiceSubset", name: "web", tags: { "": "b" } }, ".tags: tag name must be non-empty"),
  ...disallowed(top, { kind: "MeshServiceSubset", name: "a" }, "mesh", "proxyTypes", "labels", "namespace", "sectionName"),
  to({ kind: "MeshSubset" }, ".kind: value 'MeshSubset' is not supported"),
  to({ kind: "MeshServiceSubset", name: "a" }, ".kind: value 'MeshServiceSubset' is not supported"),
  to({ kind: "Dataplane" }, ".kind: value 'Dataplane' is not supported"),
  to({ kind: "MeshMultiZoneService" }, ".kind: value 'MeshMultiZoneService' is not supported: a mesh has one zone here, there is nothing of several zones"),
  to({ kind: "Mesh", name: "a" }, ".name: using name with kind Mesh is not yet supported"),
  ...disallowed(to, { kind: "Mesh" }, "mesh", "tags", "labels", "namespace", "sectionName"),
  to({ kind: "MeshService", name: "backend", namespace: "ns", sectionName: "http" }),
  to({ kind: "MeshService", labels: { app: "a" }, sectionName: "8080" }),
  to({ kind: "MeshService", namespace: "ns" }, ": name or labels must be set when kind is MeshService"),
  to({ kind: "MeshService", name: "back end" }, badName),
  to({ kind: "MeshService", namespace: "b", labels: { a: "b" } }, ".labels: either labels or name and namespace must be specified"),
  ...disallowed(to, { kind: "MeshService", name: "a" }, "mesh", "tags", "proxyTypes"),
  to({ kind: "MeshExternalService", name: "api" }),
  to({ kind: "MeshExternalService" }, ": name or labels must be set when kind is MeshExternalService"),
  to({ kind: "MeshExternalService", name: "a", labels: { a: "b" } }, ".labels: either labels or name must be specified"),
  ...disallowed(to, { kind: "MeshExternalService", name: "a" }, "mesh", "tags", "proxyTypes", "sectionName"),
];
