import type { RuleCase } from "./rule-case.ts";

function accepts(name: string, spec: unknown): RuleCase {
  return { kind: "MeshTrafficPermission", name, spec, refused: [] };
}

function refuses(name: string, spec: unknown, ...refused: readonly string[]): RuleCase {
  return { kind: "MeshTrafficPermission", name, spec, refused: refused.map((text) => `spec${text}`) };
}

function from(ref: unknown, conf?: unknown): unknown {
  return { from: [{ targetRef: ref, ...(conf === undefined ? {} : { default: conf }) }] };
}

function rules(...confs: readonly unknown[]): unknown {
  return { rules: confs.map((conf) => ({ default: conf })) };
}

const allow = { action: "Allow" };
const id = (value: string, type = "Exact") => ({ spiffeID: { type, value } });
const none = "at least one of 'allow', 'allowWithShadowDeny', 'deny' has to be defined";

/** What a MeshTrafficPermission may and may not say. */
export const permissionRules: readonly RuleCase[] = [
  accepts("every list of rules", rules({
    deny: [id("spiffe://default/bad")], allow: [id("spiffe://default/ns/", "Prefix"), { sni: { type: "Exact", value: "backend.demo" } }], allowWithShadowDeny: [id("spiffe://default/old")],
  })),
  ...["Allow", "Deny", "AllowWithShadowDeny"].map((action) => accepts(`from with ${action}`, from({ kind: "Mesh" }, { action }))),
  accepts("callers by their tags", from({ kind: "MeshSubset", tags: { team: "a", "kuma.io/zone": "*" } }, allow)),
  accepts("callers by their service", from({ kind: "MeshService", name: "web" }, allow)),
  accepts("callers by service and tags", from({ kind: "MeshServiceSubset", name: "web", tags: { version: "1" } }, allow)),
  accepts("one inbound", { targetRef: { kind: "Dataplane", labels: { app: "web" }, sectionName: "http" }, rules: [{ default: { allow: [id("spiffe://default/web")] } }] }),
  refuses("no list", {}, ": at least one of 'from' or 'rules' has to be defined"),
  refuses("rules beside from", { ...(rules({ allow: [id("spiffe://default")] }) as object), ...(from({ kind: "Mesh" }, allow) as object) }, ": field 'from' must be empty when 'rules' is defined"),
  refuses("rules that say nothing", rules({}, { deny: [] }), `.rules[0]: ${none}`, `.rules[1]: ${none}`),
  refuses("a rule without a conf", { rules: [{}] }, `.rules[0]: ${none}`),
  refuses("a match that says nothing", rules({ deny: [{}] }), ".rules[0].default.deny[0]: must specify at least one of 'spiffeID' or 'sni'"),
  refuses("a match of an unknown type", rules({ allow: [id("spiffe://a", "Regex")] }), '.rules[0].default.allow[0].spiffeID.type: unrecognized type "Regex", supported values are: Exact, Prefix'),
  refuses("an exact SPIFFE ID that ends in a slash", rules({ allowWithShadowDeny: [id("spiffe://a/b/")] }), ".rules[0].default.allowWithShadowDeny[0].spiffeID: must be a valid Spiffe ID: path cannot have a trailing slash"),
  refuses("from without an action", from({ kind: "Mesh" }, {}), ".from[0].default.action: must be defined"),
  refuses("from without a conf", from({ kind: "Mesh" }), ".from[0].default.action: must be defined"),
  refuses("an action in other letters", from({ kind: "Mesh" }, { action: "ALLOW" }), '.from[0].default.action: Unsupported value: "ALLOW": supported values: "Allow", "Deny", "AllowWithShadowDeny"'),
  refuses("from of a Dataplane", from({ kind: "Dataplane", name: "a" }, allow), ".from[0].targetRef.kind: value 'Dataplane' is not supported"),
  refuses("the conf of rules in from", from({ kind: "Mesh" }, { action: "Allow", allow: [] }), ".from[0].default.allow: unknown field"),
];
