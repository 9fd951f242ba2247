import assert from "node:assert/strict";
import type { Mesh } from "../../model/mesh.ts";
import type { PermissionsPlan } from "../../model/mesh-tls-plan.ts";
import type { Policy, RuleItem } from "../../model/target-ref.ts";
import { noRules } from "../inbound-rules.ts";
import { defaultPlanSettings } from "../plan-settings.ts";
import { meshTrafficPermissionKind } from "./kind.ts";

function told(spec: unknown): string[] {
  return meshTrafficPermissionKind.validate(spec).map(({ path, message }) => `${path}: ${message}`);
}

const mesh: Mesh = { kind: "Mesh", mesh: "", name: "default", labels: {}, spec: { mtls: { enabledBackend: "ca", backends: [{ name: "ca", type: "builtin" }] } } };

/** Entries of one list, least specific first. */
function planned(list: "rules" | "from", items: readonly RuleItem[], labels: Record<string, string> = {}): PermissionsPlan | undefined {
  const policy: Policy = { kind: "MeshTrafficPermission", mesh: "default", name: "p", labels, spec: { [list]: items } };
  const entries = items.map((item, index) => ({ policy, list, index, item }));
  return meshTrafficPermissionKind.inbound?.planInbound({ ...noRules, entries }, { mesh, protocol: "http", ...defaultPlanSettings }).permissions;
}

function names(of: PermissionsPlan | undefined): unknown {
  return of?.allow.map((permission) => [permission.names.map(({ match, value }) => `${match} ${value}`), ...(permission.except ?? []).map((those) => those.map(({ value }) => value))]);
}

describe("MeshTrafficPermission", () => {
  it("takes rules and from, each by itself", () => {
    assert.deepEqual(told({ rules: [{ default: { allow: [{ spiffeID: { type: "Prefix", value: "spiffe://default/" } }] } }] }), []);
    assert.deepEqual(told({ from: [{ targetRef: { kind: "MeshSubset", tags: { team: "a" } }, default: { action: "Allow" } }] }), []);
  });

  it("says what is wrong, in Kuma's words", () => {
    assert.deepEqual(told({}), [": at least one of 'from' or 'rules' has to be defined"]);
    assert.deepEqual(told({ rules: [{ default: {} }, { default: { deny: [{}] } }] }), [
      "rules[0]: at least one of 'allow', 'allowWithShadowDeny', 'deny' has to be defined",
      "rules[1].default.deny[0]: must specify at least one of 'spiffeID' or 'sni'",
    ]);
    assert.deepEqual(told({ from: [{ targetRef: { kind: "Mesh" }, default: {} }] }), ["from[0].default.action: must be defined"]);
  });

  it("puts what rules deny first, and denies whom nothing is said of", () => {
    const exact = (value: string) => ({ spiffeID: { type: "Exact" as const, value } });
    const plan = planned("rules", [{ default: { allow: [exact("spiffe://default/web")], deny: [exact("spiffe://default/bad")] } }, { default: { allowWithShadowDeny: [exact("spiffe://default/old")] } }]);
    const one = (value: string) => [{ policy: "p", names: [{ match: "exact", value }] }];
    assert.deepEqual(plan, { deny: one("spiffe://default/bad"), allow: one("spiffe://default/web"), shadowDeny: one("spiffe://default/old"), others: "deny" });
  });

  it("lets the last entry of from decide that means a caller", () => {
    const everyone: RuleItem = { targetRef: { kind: "Mesh" }, default: { action: "Allow" } };
    const noWeb: RuleItem = { targetRef: { kind: "MeshService", name: "web" }, default: { action: "Deny" } };
    assert.deepEqual(names(planned("from", [everyone, noWeb])), [[[], ["spiffe://default/web"]]]);
    assert.deepEqual(names(planned("from", [noWeb, everyone])), [[[]]]);
    assert.deepEqual(names(planned("from", [everyone, { ...everyone, default: { action: "Deny" } }])), []);
  });

  it("knows callers by tags, any value of a tag, and the bare name of a Service", () => {
    const subset = (tags: Record<string, string>): RuleItem => ({ targetRef: { kind: "MeshSubset", tags }, default: { action: "Allow" } });
    assert.deepEqual(names(planned("from", [subset({ team: "a", "kuma.io/service": "web" })])), [[["exact kuma://team/a", "exact spiffe://default/web"]]]);
    assert.deepEqual(names(planned("from", [subset({ team: "*" })])), [[["prefix kuma://team/"]]]);
    const service: RuleItem = { targetRef: { kind: "MeshService", name: "web" }, default: { action: "Allow" } };
    const inNamespace = { "k8s.kuma.io/namespace": "demo", "kuma.io/policy-role": "consumer" };
    assert.deepEqual(names(planned("from", [service], inNamespace)), [[["exact spiffe://default/web"]], [["prefix spiffe://default/web_demo_svc_"]]]);
  });

  it("decides nothing where the Mesh has no mutual TLS", () => {
    const plan = meshTrafficPermissionKind.inbound?.planInbound(noRules, { mesh: { ...mesh, spec: {} }, protocol: "http", ...defaultPlanSettings });
    assert.deepEqual(plan, {});
  });
});
