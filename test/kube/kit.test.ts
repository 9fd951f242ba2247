import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "../../scripts/lib/root.mjs";
import { endWithUs } from "../kit/children.ts";
import type { ApiServer } from "../kit/kube/api-server.ts";
import { playKubelet } from "../kit/kube/kubelet.ts";
import { ownApiServer, sharedApiServer } from "../kit/kube/start-api-server.ts";
import { waitUntil } from "../kit/wait-until.ts";

interface Review {
  readonly status: { readonly userInfo?: { readonly username: string }; readonly user?: { readonly username: string; readonly extra?: Readonly<Record<string, readonly string[]>> } };
}

const reviews = "/apis/authentication.k8s.io/v1/tokenreviews";

describe("the API server of the tests", () => {
  let api: ApiServer;
  before(async function () {
    api = await sharedApiServer(this);
  });

  /** Whom the API server takes the owner of a token for; status 401: nobody. */
  async function whoIs(token: string): Promise<string | number> {
    const { status, body } = await api.request("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", { token, body: {} });
    return status === 201 ? ((body as Review).status.userInfo?.username ?? "") : status;
  }

  it("is Kubernetes 1.36, with a kubectl and a helm that reach it", async () => {
    assert.match((await api.kubectl(["version"])).stdout, /Client Version: v1\.36\.\d+[^]*Server Version: v1\.36\.\d+/);
    assert.match((await api.helm(["list", "--all-namespaces"])).stdout, /^NAME/);
    const failed = await api.kubectl(["get", "pod", "nobody"], { mayFail: true });
    assert.deepEqual([failed.status, failed.stderr], [1, 'Error from server (NotFound): pods "nobody" not found\n']);
    await assert.rejects(api.kubectl(["get", "pod", "nobody"]), /kubectl get pod nobody ended with status 1:\nError from server \(NotFound\)/);
  });

  it("knows its administrator, somebody who may do nothing, and nobody else", async () => {
    assert.equal(await whoIs(api.adminToken), "admin");
    assert.equal(await whoIs(api.nobodyToken), "nobody");
    assert.equal(await whoIs("made-up"), 401);
    assert.equal((await api.request("GET", "/api/v1/pods", { token: api.nobodyToken })).status, 403);
  });

  it("gives service accounts tokens: for itself, for an audience, bound to a pod, and such as end soon", async () => {
    const namespace = await api.createNamespace("tokens");
    const name = `system:serviceaccount:${namespace}:app`;
    assert.equal(await whoIs(await api.tokenFor({ namespace, serviceAccount: "app" })), name);
    const pod = { metadata: { name: "app-0" }, spec: { serviceAccountName: "app", containers: [{ name: "app", image: "app" }] } };
    assert.equal((await api.request("POST", `/api/v1/namespaces/${namespace}/pods`, { body: pod })).status, 201);
    for (const lifetimeSeconds of [3600, 60]) {
      const token = await api.tokenFor({ namespace, serviceAccount: "app", audiences: ["somebody"], pod: "app-0", lifetimeSeconds });
      assert.equal(await whoIs(token), 401, "it is for somebody else");
      const { status } = (await api.request("POST", reviews, { body: { spec: { token, audiences: ["somebody"] } } })).body as Review;
      assert.deepEqual([status.user?.username, status.user?.extra?.["authentication.kubernetes.io/pod-name"]], [name, ["app-0"]]);
    }
    const brief = await api.tokenFor({ namespace, serviceAccount: "app", lifetimeSeconds: 1 });
    await sleep(1500);
    assert.equal(await whoIs(brief), 401);
  });

  it("has pods that run as somebody says, for want of a kubelet", async () => {
    const namespace = await api.createNamespace("pods");
    const pod = { metadata: { name: "app" }, spec: { containers: [{ name: "app", image: "app" }, { name: "proxy", image: "proxy" }] } };
    await api.request("POST", `/api/v1/namespaces/${namespace}/pods`, { body: pod });
    await playKubelet(api, namespace, "app", { ips: ["10.0.0.7", "fd00::7"], ready: { proxy: false } });
    const { stdout } = await api.kubectl(["get", "pod", "app", "-o", "wide"], { namespace });
    assert.match(stdout, /app +1\/2 +Running +0 +\S+ +10\.0\.0\.7/);
    await playKubelet(api, namespace, "app", { phase: "Failed" });
    assert.match((await api.kubectl(["get", "pod", "app"], { namespace })).stdout, /app +0\/2 +Error|app +0\/2 +Failed/);
  });
});

describe("an API server of a test's own", () => {
  it("is killed and comes back with what was stored, takes flags, and goes with the process that started it", async function () {
    const api = await ownApiServer(this, { flags: ["--service-cluster-ip-range=10.7.0.0/16"] });
    const namespace = await api.createNamespace("kept");
    await api.kill();
    await assert.rejects(api.request("GET", "/readyz"));
    await api.restart();
    assert.equal((await api.request("GET", `/api/v1/namespaces/${namespace}`)).status, 200);
    const service = { metadata: { name: "app" }, spec: { ports: [{ port: 80 }] } };
    const made = (await api.request("POST", `/api/v1/namespaces/${namespace}/services`, { body: service })).body as { readonly spec: { readonly clusterIP: string } };
    assert.match(made.spec.clusterIP, /^10\.7\./);
    await api.stop();
    const child = spawn(process.execPath, ["--import=tsx", "--input-type=module", "-e", `
      const { startApiServer } = await import("./test/kit/kube/start-api-server.ts");
      const api = await startApiServer();
      console.log(JSON.stringify({ pid: api.pid, caFile: api.caFile }));
      setInterval(() => {}, 1000);`], { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
    endWithUs(child);
    const { pid, caFile } = await new Promise<{ readonly pid: number; readonly caFile: string }>((resolve) => {
      createInterface(child.stdout).on("line", (line) => { if (line.startsWith("{")) resolve(JSON.parse(line) as { pid: number; caFile: string }); });
    });
    assert.ok(isRunning(pid));
    child.kill("SIGKILL");
    await waitUntil("the API server of the killed process is gone", () => !isRunning(pid));
    await rm(path.join(path.dirname(caFile), ".."), { recursive: true, force: true });
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
