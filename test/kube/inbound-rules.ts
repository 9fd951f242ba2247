import type { RuleCase } from "./rule-case.ts";

const idle = { idleTimeout: "1h" };
const request = { http: { requestTimeout: "1s" } };
const fromMesh = { targetRef: { kind: "Mesh" }, default: idle };
const section = { kind: "Dataplane", labels: { app: "a" }, sectionName: "http" };

function accepts(name: string, spec: unknown): RuleCase {
  return { kind: "MeshTimeout", name, spec, refused: [] };
}

function refuses(name: string, spec: unknown, ...refused: readonly string[]): RuleCase {
  return { kind: "MeshTimeout", name, spec, refused };
}

function matching(match: unknown): unknown {
  return { rules: [{ matches: [match], default: request }] };
}

const at = "spec.rules[0].matches[0]";
const id = (value: string, type = "Exact") => ({ spiffeID: { type, value } });
const name = (value: string) => ({ sni: { type: "Exact", value } });
const noId = `${at}.spiffeID.value: should match '^spiffe://[a-z0-9._-]+(/([A-Za-z0-9_-][A-Za-z0-9._-]*|[.][A-Za-z0-9_-][A-Za-z0-9._-]*|[.][.][A-Za-z0-9._-]+))*/?$'`;

/** What every kind of policy with `rules` and `from` may and may not say in them. */
export const inboundRules: readonly RuleCase[] = [
  accepts("rules alone", { rules: [{ default: idle }] }),
  accepts("to alone", { targetRef: { kind: "Mesh" }, to: [fromMesh] }),
  accepts("a section, by rules", { targetRef: section, rules: [{ default: idle }] }),
  accepts("a section, by from", { targetRef: section, from: [fromMesh] }),
  refuses("a section of what leaves", { targetRef: section, to: [fromMesh] }, "spec.targetRef.sectionName: can only be used with inbound policies"),
  refuses("rules beside to", { to: [fromMesh], rules: [{ default: idle }] }, "spec: fields 'to' and 'from' must be empty when 'rules' is defined"),
  refuses("no list at all", {}, "spec: at least one of 'from', 'to' or 'rules' has to be defined"),
  refuses("from of a service", { from: [{ targetRef: { kind: "MeshService", name: "a" }, default: idle }] }, "spec.from[0].targetRef.kind: value 'MeshService' is not supported"),
  accepts("a SPIFFE ID", matching(id("spiffe://default/web"))),
  accepts("a prefix that ends in a slash", matching(id("spiffe://default/ns/", "Prefix"))),
  accepts("a SPIFFE ID and a server name", matching({ ...id("spiffe://default"), ...name("backend.demo") })),
  refuses("a match that says nothing", matching({}), `${at}: must specify at least one of 'spiffeID' or 'sni'`),
  refuses("no SPIFFE ID", matching(id("http://a")), noId),
  refuses("a SPIFFE ID with dots", matching(id("spiffe://a/../b")), noId),
  refuses("a SPIFFE ID that ends in a slash", matching(id("spiffe://a/b/")), `${at}.spiffeID: must be a valid Spiffe ID: path cannot have a trailing slash`),
  refuses("an unknown way to match", matching(id("spiffe://a", "Regex")), `${at}.spiffeID.type: unrecognized type "Regex", supported values are: Exact, Prefix`),
  refuses("a server name without a type", matching({ sni: { value: "a" } }), `${at}.sni.type: must be set`),
  refuses(
    "a server name in capitals",
    matching(name("A")),
    `${at}.sni.value: should match '^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$'`,
  ),
];
