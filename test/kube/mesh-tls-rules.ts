import type { RuleCase } from "./rule-case.ts";

const strict = { mode: "Strict" };
const web = { kind: "Dataplane", labels: { app: "web" } };
const at = "spec.rules[0].default";

function accepts(name: string, spec: unknown): RuleCase {
  return { kind: "MeshTLS", name, spec, refused: [] };
}

function refuses(name: string, spec: unknown, ...refused: readonly string[]): RuleCase {
  return { kind: "MeshTLS", name, spec, refused };
}

function withConf(conf: unknown): unknown {
  return { targetRef: { kind: "Mesh" }, rules: [{ default: conf }] };
}

function meshOnly(field: string): string {
  return `spec: ${field} can only be defined with top level targetRef kind: Mesh`;
}

const everything = { ...strict, tlsVersion: { min: "TLS12", max: "TLS13" }, tlsCiphers: ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-CHACHA20-POLY1305"] };

/** What a MeshTLS may and may not say. */
export const meshTlsRules: readonly RuleCase[] = [
  accepts("nothing", {}),
  accepts("every field", withConf(everything)),
  accepts("every field, and no targetRef", { rules: [{ default: everything }] }),
  accepts("from", { from: [{ targetRef: { kind: "Mesh" }, default: everything }] }),
  accepts("a mode for one inbound", { targetRef: { ...web, sectionName: "http" }, rules: [{ default: { mode: "Permissive" } }] }),
  accepts("an empty conf", withConf({})),
  refuses("a MeshService, which it cannot be for", { targetRef: { kind: "MeshService", name: "a" }, rules: [{ default: strict }] }, "spec.targetRef.kind: value 'MeshService' is not supported"),
  refuses("rules beside from", { rules: [{ default: strict }], from: [{ targetRef: { kind: "Mesh" }, default: strict }] }, "spec: field 'from' must be empty when 'rules' is defined"),
  refuses("from of a MeshSubset", { from: [{ targetRef: { kind: "MeshSubset", tags: { a: "b" } }, default: strict }] }, "spec.from[0].targetRef.kind: value 'MeshSubset' is not supported"),
  refuses("to", { to: [{ targetRef: { kind: "Mesh" }, default: strict }] }, "spec.to: unknown field"),
  refuses("the mode of a Mesh", withConf({ mode: "STRICT" }), `${at}.mode: Unsupported value: "STRICT": supported values: "Strict", "Permissive"`),
  refuses("versions the wrong way round", withConf({ tlsVersion: { min: "TLS13", max: "TLS12" } }), `${at}.tlsVersion.min: min version must be lower than max`),
  accepts("versions of which one is automatic", withConf({ tlsVersion: { min: "TLSAuto", max: "TLS10" } })),
  accepts("one version", withConf({ tlsVersion: { min: "TLS13", max: "TLS13" } })),
  refuses("an unknown version", withConf({ tlsVersion: { min: "TLS14" } }), `${at}.tlsVersion.min: Unsupported value: "TLS14": supported values: "TLSAuto", "TLS10", "TLS11", "TLS12", "TLS13"`),
  refuses("no ciphers", withConf({ tlsCiphers: [] }), `${at}.tlsCiphers: must be undefined or have at least one element`),
  refuses("versions for some proxies", { targetRef: web, rules: [{ default: { tlsVersion: { min: "TLS12" } } }] }, meshOnly("tlsVersion")),
  refuses("ciphers for some proxies, by from", { targetRef: web, from: [{ targetRef: { kind: "Mesh" }, default: { tlsCiphers: everything.tlsCiphers } }] }, meshOnly("tlsCiphers")),
];
