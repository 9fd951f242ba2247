import assert from "node:assert/strict";
import type { PermissionPlan, PermissionsPlan } from "../model/mesh-tls-plan.ts";
import { inboundPlan } from "../../../test/kit/plans.ts";
import { permissionsConfig } from "./permissions.ts";

const nobody: PermissionsPlan = { deny: [], allow: [], shadowDeny: [], others: "deny" };

function rbac(permissions: PermissionsPlan | undefined, protocol: "http" | "tcp" = "http"): unknown {
  return permissionsConfig(inboundPlan({ protocol, ...(permissions === undefined ? {} : { permissions }) })).typedConfig;
}

function service(name: string, more: Partial<PermissionPlan> = {}): PermissionPlan {
  return { policy: "p", names: [{ match: "exact", value: `spiffe://default/${name}` }], ...more };
}

const principal = (name: string) => ({ authenticated: { principalName: { exact: `spiffe://default/${name}` } } });
const http = { "@type": "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC" };
const tcp = { "@type": "type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC", statPrefix: "permissions" };

describe("permissions, in Envoy's words", () => {
  it("let everyone in where no policy says who may", () => {
    assert.deepEqual(rbac(undefined), http);
    assert.deepEqual(rbac(undefined, "tcp"), tcp);
  });

  it("have names that say what they are for, since a name never changes its type", () => {
    assert.equal(permissionsConfig(inboundPlan({ protocol: "http" })).name, "permissions:http:inbound:192.168.0.1:80");
    assert.equal(permissionsConfig(inboundPlan({ protocol: "kafka" })).name, "permissions:tcp:inbound:192.168.0.1:80");
  });

  it("refuse everyone where nobody is allowed", () => {
    assert.deepEqual(rbac(nobody), { ...http, rules: { policies: {} } });
  });

  it("let in who is allowed", () => {
    const tagged: PermissionPlan = { policy: "p", names: [{ match: "exact", value: "kuma://team/a" }], except: [[{ match: "exact", value: "kuma://version/v1" }]] };
    assert.deepEqual(rbac({ ...nobody, allow: [service("web"), tagged, { policy: "all", names: [] }] }), {
      ...http,
      rules: { policies: { others: {
        permissions: [{ any: true }],
        principals: [
          principal("web"),
          { andIds: { ids: [{ authenticated: { principalName: { exact: "kuma://team/a" } } }, { notId: { authenticated: { principalName: { exact: "kuma://version/v1" } } } }] } },
          { any: true },
        ],
      } } },
    });
  });

  it("refuse first", () => {
    const { rules } = rbac({ ...nobody, deny: [service("bad"), service("worse")], others: "allow" }, "tcp") as { rules: unknown };
    assert.deepEqual(rules, { policies: { others: {
      permissions: [{ any: true }],
      principals: [{ andIds: { ids: [{ notId: { orIds: { ids: [principal("bad"), principal("worse")] } } }, { any: true }] } }],
    } } });
  });

  it("tell server names apart, where an entry is for one", () => {
    const { rules } = rbac({ ...nobody, allow: [service("web")], deny: [service("web", { serverName: "admin.mesh" })] }) as { rules: unknown };
    assert.deepEqual(rules, { policies: {
      "admin.mesh": { permissions: [{ requestedServerName: { exact: "admin.mesh" } }], principals: [{ andIds: { ids: [{ notId: principal("web") }, principal("web")] } }] },
      others: { permissions: [{ notRule: { requestedServerName: { exact: "admin.mesh" } } }], principals: [principal("web")] },
    } });
  });

  it("count what a refusal would be, and let it in", () => {
    assert.deepEqual(rbac({ ...nobody, shadowDeny: [service("web")] }), {
      ...http,
      rules: { policies: { others: { permissions: [{ any: true }], principals: [principal("web")] } } },
      shadowRules: { action: "DENY", policies: { "p[0]": { permissions: [{ any: true }], principals: [principal("web")] } } },
    });
  });
});
