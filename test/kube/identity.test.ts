import assert from "node:assert/strict";
import { request } from "node:https";
import { status } from "@grpc/grpc-js";
import { closeAfter } from "../kit/close-after.ts";
import { openAdsClient, type AdsClient } from "../kit/ads-client.ts";
import type { ApiServer } from "../kit/kube/api-server.ts";
import { applyObject } from "../kit/kube/apply-objects.ts";
import { ClusterControlPlane } from "../kit/kube/control-plane.ts";
import { playKubelet } from "../kit/kube/kubelet.ts";
import { ownApiServer } from "../kit/kube/start-api-server.ts";
import { waitUntil } from "../kit/wait-until.ts";

const audience = "probeplane";

describe("proxies of pods at a control plane in a cluster", () => {
  let api: ApiServer;
  let controlPlane: ClusterControlPlane;
  let namespace: string;
  let ca: string;
  const tokens: string[] = [];
  const clients: AdsClient[] = [];
  const closeLater = closeAfter();

  before(async function () {
    api = await ownApiServer(this);
    closeLater(() => api.stop());
    await api.applyCrds();
    await applyObject(api, { apiVersion: "kuma.io/v1alpha1", kind: "Mesh", metadata: { name: "default" }, spec: {} });
    namespace = await api.createNamespace("shop", { "kuma.io/sidecar-injection": "enabled" });
    await api.tokenFor({ namespace, serviceAccount: "app" });
    for (const [index, name] of ["web-1", "web-2"].entries()) {
      const metadata = { name, namespace, labels: { app: "web" } };
      await applyObject(api, { apiVersion: "v1", kind: "Pod", metadata, spec: { serviceAccountName: "app", containers: [{ name: "app", image: "app" }, { name: "istio-proxy", image: "envoy" }] } });
      await playKubelet(api, namespace, name, { ips: [`10.0.0.${index + 1}`] });
    }
    controlPlane = await ClusterControlPlane.start(api);
    closeLater(() => controlPlane.close());
    const found = await api.request("GET", `/api/v1/namespaces/${controlPlane.namespace}/configmaps/probeplane-ca`);
    ca = (found.body as { readonly data: { readonly "ca.crt": string } }).data["ca.crt"];
  });
  afterEach(() => clients.splice(0).forEach((client) => client.close()));

  async function tokenOf(pod: string | undefined, more: object = {}): Promise<string> {
    const token = await api.tokenFor({ namespace, serviceAccount: "app", audiences: [audience], ...(pod === undefined ? {} : { pod }), ...more });
    tokens.push(token);
    return token;
  }

  function open(authorization: string, pod: string): AdsClient {
    const client = openAdsClient(controlPlane.xdsPort, "delta", `default.${pod}.${namespace}`, { authorization: `Bearer ${authorization}`, ca });
    clients.push(client);
    client.request("lds");
    return client;
  }

  async function ending(authorization: string, pod: string): Promise<readonly [status, string]> {
    const { code, details } = await open(authorization, pod).ended;
    return [code, details];
  }

  function bootstrap(token: string, pod: string): Promise<{ readonly status: number; readonly body: string }> {
    const body = JSON.stringify({ mesh: "default", name: `${pod}.${namespace}`, dataplaneToken: token, host: "127.0.0.1", proxyType: "dataplane" });
    return new Promise((resolve, reject) => {
      const asked = request(
        { host: "127.0.0.1", servername: "localhost", port: controlPlane.xdsPort, path: "/bootstrap", method: "POST", ca, agent: false, headers: { "content-type": "application/json", host: "localhost" } },
        (reply) => {
          let text = "";
          reply.setEncoding("utf8").on("data", (part: string) => (text += part));
          reply.on("end", () => resolve({ status: reply.statusCode ?? 0, body: text }));
        },
      );
      asked.on("error", reject);
      asked.end(body);
    });
  }

  it("are served by the token of their pod, over TLS that the published authority vouches for", async () => {
    const token = await tokenOf("web-1");
    assert.ok((await open(token, "web-1").next("lds")).resources.length > 0);
    const { status: answered, body } = await bootstrap(token, "web-1");
    assert.equal(answered, 200, body);
    assert.match(body, new RegExp(`id: default\\.web-1\\.${namespace}`));
  });

  it("get nothing by the token of another pod, of none, for another audience, or one that is over", async () => {
    assert.deepEqual(await ending(await tokenOf("web-2"), "web-1"), [status.UNAUTHENTICATED, "the token is not for this proxy"]);
    assert.deepEqual(await ending(await tokenOf(undefined), "web-1"), [status.UNAUTHENTICATED, "the token is not for a pod"]);
    assert.deepEqual(await ending(await tokenOf("web-1", { audiences: ["vault"] }), "web-1"), [status.UNAUTHENTICATED, "the token is not for this audience"]);
    const brief = await tokenOf("web-1", { lifetimeSeconds: 1 });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.deepEqual(await ending(brief, "web-1"), [status.UNAUTHENTICATED, "the token is expired"]);
    assert.deepEqual(await bootstrap(await tokenOf("web-2"), "web-1"), { status: 401, body: "the token is not for this proxy" });
  });

  it("come back by a token that was good a moment ago while the API server stands still; who is new is told to ask again", async () => {
    const [known, fresh] = [await tokenOf("web-1"), await tokenOf("web-1")];
    await open(known, "web-1").next("lds");
    api.freeze();
    try {
      const saying = "the token cannot be checked at present: the Kubernetes API server could not be asked";
      assert.deepEqual(await ending(fresh, "web-1"), [status.UNAVAILABLE, saying]);
      assert.deepEqual(await bootstrap(fresh, "web-1"), { status: 503, body: saying });
      assert.ok((await open(known, "web-1").next("lds")).resources.length > 0);
    } finally {
      api.thaw();
    }
    await waitUntil("the new token is taken", async () => (await bootstrap(fresh, "web-1")).status === 200);
  });

  it("leave no token in the log", () => {
    const log = controlPlane.output.lines.join("\n");
    assert.match(log, /stream refused/);
    for (const token of tokens) assert.ok(!log.includes(token.split(".")[2] ?? "-"));
  });
});
