import assert from "node:assert/strict";
import { command } from "../feature/cli/command.ts";
import { runProcess } from "../feature/cli/run-process.ts";
import { closeAfter } from "../kit/close-after.ts";
import type { ApiServer } from "../kit/kube/api-server.ts";
import { ClusterControlPlane } from "../kit/kube/control-plane.ts";
import { ownApiServer } from "../kit/kube/start-api-server.ts";
import { waitUntil } from "../kit/wait-until.ts";

describe("probeplane run --environment kubernetes", () => {
  let api: ApiServer;
  const open: ClusterControlPlane[] = [];
  const closeLater = closeAfter();

  before(async function () {
    api = await ownApiServer(this);
    closeLater(() => api.stop());
    closeLater(() => Promise.all(open.map((each) => each.close())));
    await api.applyCrds();
  });

  async function create(args: readonly string[] = []): Promise<ClusterControlPlane> {
    const made = await ClusterControlPlane.create(api, { args });
    open.push(made);
    return made;
  }

  it("keeps the administrator's token and the keys in Secrets, and makes tokens for who is outside of the cluster", async () => {
    const controlPlane = await create(["--api-loopback-is-admin=false"]);
    await controlPlane.start();
    const secret = await api.kubectl(["get", "secret", "admin-user-token", "-n", controlPlane.namespace, "-o=jsonpath={.data.value}"]);
    const authorization = `Bearer ${Buffer.from(secret.stdout, "base64").toString()}`;
    const body = JSON.stringify({ mesh: "default", name: "vm-1", validFor: "1h" });
    const asked = await fetch(`${controlPlane.api.url}/tokens/dataplane`, { method: "POST", headers: { authorization, "content-type": "application/json" }, body });
    assert.equal(asked.status, 200);
    assert.match(await asked.text(), /^ey/);
    const names = await api.kubectl(["get", "secrets", "-n", controlPlane.namespace, "-o=jsonpath={.items[*].metadata.name}"]);
    assert.ok(names.stdout.split(" ").includes("dataplane-token-signing-key-default-1"), names.stdout);
    assert.equal((await fetch(`${controlPlane.api.url}/tokens/dataplane`, { method: "POST", headers: { "content-type": "application/json" }, body })).status, 401);
  });

  it("names with /ready the kind that it may not read, and serves the rest", async () => {
    const controlPlane = await create();
    const role = `/apis/rbac.authorization.k8s.io/v1/clusterroles/probeplane-${controlPlane.namespace}`;
    const { rules } = (await api.request("GET", role)).body as { readonly rules: readonly { readonly resources: readonly string[] }[] };
    const fewer = rules.map((rule) => ({ ...rule, resources: rule.resources.filter((resource) => resource !== "meshexternalservices") }));
    assert.equal((await api.request("PATCH", role, { body: { rules: fewer } })).status, 200);
    controlPlane.spawn();
    const waiting = await waitUntil("it says what it waits for", async () => {
      const { status, body } = await controlPlane.readiness();
      return status === 503 && body.includes("forbidden") && body;
    });
    assert.match(waiting, /meshexternalservices\.kuma\.io/);
    await controlPlane.untilReady();
    assert.match((await controlPlane.readiness()).body, /"warnings": \[\s+"meshexternalservices\.kuma\.io: .*forbidden/);
    assert.equal((await controlPlane.api.ask("GET", "/meshes/default")).status, 200);
    assert.equal((await api.request("PATCH", role, { body: { rules } })).status, 200);
    await waitUntil("it takes it in when it may", async () => !(await controlPlane.readiness()).body.includes("warnings"));
  });

  it("tells the catalogue what can only be read, and keeps secrets writable", async () => {
    const other = await create();
    await other.start();
    const { resources } = (await other.api.ask("GET", "/_resources")).body as { readonly resources: readonly { readonly name: string; readonly readOnly: boolean }[] };
    assert.deepEqual(resources.filter(({ readOnly }) => !readOnly).map(({ name }) => name), ["GlobalSecret", "Secret"]);
    const put = await other.api.ask("PUT", "/global-secrets/mine", { type: "GlobalSecret", name: "mine", data: "b25l" });
    assert.equal(put.status, 201);
    assert.equal((await api.request("GET", `/api/v1/namespaces/${other.namespace}/secrets/mine`)).status, 200);
    const refused = await other.api.ask("DELETE", "/meshes/default");
    assert.equal(refused.status, 405);
    assert.match(JSON.stringify(refused.body), /kubectl delete/);
  });

  it("has one sentence for who has no cluster, and for commands that are about stores", async () => {
    const none = runProcess(["--environment", "kubernetes", "--kubernetes-kubeconfig", "/nonexistent/config"]);
    assert.equal(await none.ended, 69);
    assert.match(none.err(), /^--kubernetes-kubeconfig: \/nonexistent\/config cannot be read: [^\n]+\n$/);
    const exported = await command(["store", "export", "--environment", "kubernetes"], "", { HOME: "/nonexistent" });
    assert.equal(exported.status, 64);
    assert.match(exported.err, /the API server is the store; use kubectl/);
  });
});
