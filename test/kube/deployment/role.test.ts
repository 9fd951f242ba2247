import assert from "node:assert/strict";
import type { ApiServer } from "../../kit/kube/api-server.ts";
import { grantChartRole } from "../../kit/kube/chart-role.ts";
import { sharedApiServer } from "../../kit/kube/start-api-server.ts";
import { waitUntil } from "../../kit/wait-until.ts";

interface Access {
  readonly verb: string;
  readonly group?: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly name?: string;
  readonly namespace?: string;
}

describe("the chart's roles, on a real API server", () => {
  let api: ApiServer;
  let namespace: string;
  let token: string;

  before(async function () {
    api = await sharedApiServer(this);
    await api.applyCrds();
    namespace = await api.createNamespace("role");
    token = await grantChartRole(api, namespace, { webhookConfiguration: "our-webhook" });
  });

  async function may(access: Access): Promise<boolean> {
    const body = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview", spec: { resourceAttributes: access } };
    const answer = await api.request("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", { body, token });
    return (answer.body as { readonly status: { readonly allowed: boolean } }).status.allowed;
  }

  it("let it see what the mesh is made of, everywhere", async () => {
    for (const resource of ["pods", "services", "namespaces"]) {
      for (const verb of ["list", "watch"]) assert.ok(await may({ verb, resource }), `${verb} ${resource}`);
    }
    assert.ok(await may({ verb: "get", resource: "pods", namespace }), "its own pod");
    // A kind that was just made is busy for a moment.
    const list = await waitUntil("policies can be listed", async () => {
      const { status } = await api.request("GET", "/apis/kuma.io/v1alpha1/meshhealthchecks", { token });
      return status === 429 ? false : { status };
    });
    assert.equal(list.status, 200);
  });

  it("let it write conditions and events, and ask whose a token is", async () => {
    for (const resource of ["meshhealthchecks", "meshes", "meshservices", "meshexternalservices"]) assert.ok(await may({ verb: "patch", group: "kuma.io", resource, subresource: "status" }), resource);
    assert.ok(await may({ verb: "create", group: "events.k8s.io", resource: "events", namespace: "elsewhere" }));
    assert.ok(await may({ verb: "create", group: "authentication.k8s.io", resource: "tokenreviews" }));
  });

  it("let it keep certificates, keys, reports and its Lease at home, and only there", async () => {
    for (const [group, resource] of [["", "secrets"], ["", "configmaps"], ["coordination.k8s.io", "leases"]] as const) {
      for (const verb of ["get", "list", "watch", "create"]) {
        assert.ok(await may({ verb, group, resource, namespace }), `${verb} ${resource}`);
        assert.ok(!(await may({ verb, group, resource, namespace: "kube-system" })), `${verb} ${resource} elsewhere`);
      }
    }
    assert.equal((await api.request("GET", "/api/v1/secrets", { token })).status, 403);
  });

  it("do not let it write what belongs to others", async () => {
    const refused: readonly Access[] = [
      ...["pods", "services", "namespaces"].flatMap((resource) => ["create", "update", "patch", "delete"].map((verb) => ({ verb, resource, namespace }))),
      ...["update", "patch", "delete"].map((verb) => ({ verb, group: "kuma.io", resource: "meshhealthchecks", namespace })),
      ...["update", "patch", "delete"].map((verb) => ({ verb, group: "kuma.io", resource: "meshes" })),
      { verb: "create", resource: "pods", subresource: "exec", namespace },
      { verb: "create", resource: "serviceaccounts", subresource: "token", namespace },
      { verb: "patch", group: "apiextensions.k8s.io", resource: "customresourcedefinitions" },
      { verb: "create", group: "rbac.authorization.k8s.io", resource: "clusterrolebindings" },
      { verb: "list", resource: "nodes" },
    ];
    for (const access of refused) assert.ok(!(await may(access)), JSON.stringify(access));
  });

  it("let it put its authority into its own webhooks, and into no others", async () => {
    for (const resource of ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"]) {
      const access = { verb: "patch", group: "admissionregistration.k8s.io", resource };
      assert.ok(await may({ ...access, name: "our-webhook" }));
      assert.ok(!(await may({ ...access, name: "another-webhook" })));
      assert.ok(!(await may({ ...access, verb: "create" })));
    }
  });
});
