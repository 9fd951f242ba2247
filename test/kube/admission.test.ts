import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import type { Notice } from "../../src/core/base/notice.ts";
import { parseResource } from "../../src/core/policy/parse-resource.ts";
import { openSharedCertificates, type SharedCertificates } from "../../src/edge/access/kubernetes/shared-certificates.ts";
import { createAdmissionServer } from "../../src/edge/admission/admission-server.ts";
import { openKubeClient } from "../../src/edge/kube-client/kube-client.ts";
import type { KubeClient } from "../../src/edge/kube-client/port.ts";
import { closeAfter } from "../kit/close-after.ts";
import type { ApiServer } from "../kit/kube/api-server.ts";
import { grantChartRole } from "../kit/kube/chart-role.ts";
import { sharedApiServer } from "../kit/kube/start-api-server.ts";
import type { CommandResult } from "../kit/kube/tools.ts";
import { registerWebhook } from "../kit/kube/webhook.ts";
import { applyObject, deleteObject } from "../kit/kube/apply-objects.ts";
import { ClusterControlPlane } from "../kit/kube/control-plane.ts";
import { playKubelet } from "../kit/kube/kubelet.ts";
import { silentLog } from "../kit/silent-log.ts";
import { waitUntil } from "../kit/wait-until.ts";

const dayMs = 24 * 60 * 60 * 1000;

function policy(name: string, ...confs: readonly string[]): string {
  const items = confs.map((conf) => `    - targetRef: {kind: MeshService, name: backend}\n      default: ${conf}\n`);
  return `apiVersion: kuma.io/v1alpha1\nkind: MeshHealthCheck\nmetadata: {name: ${name}}\nspec:\n  to:\n${items.join("")}`;
}

const good = "{interval: 10s, http: {path: /health}}";

describe("kubectl, while the webhook is there", () => {
  let api: ApiServer;
  let client: KubeClient;
  let namespace: string;
  let certificates: SharedCertificates;
  let server: FastifyInstance;
  let unregister: () => Promise<void>;
  let nowMs: number;
  let notices: readonly Notice[];

  before(async function () {
    api = await sharedApiServer(this);
    await api.applyCrds();
  });

  beforeEach(async () => {
    nowMs = Date.now();
    notices = [];
    namespace = await api.createNamespace("admission");
    const name = `admission-${namespace}`;
    client = await openKubeClient({ kubeconfig: await api.kubeconfig({ token: await grantChartRole(api, namespace, { webhookConfiguration: name }), namespace }) });
    const open = { client, namespace, secret: "probeplane-certificates", configMap: "probeplane-ca", names: ["127.0.0.1"], everyMs: 1_000_000, logger: silentLog };
    certificates = await openSharedCertificates({ ...open, now: () => new Date(nowMs), webhooks: [{ kind: "validatingWebhookConfiguration", name }] });
    server = createAdmissionServer({ certificate: certificates, parse: parseResource, noticesOf: () => notices, proxiesIn: () => 0, logger: silentLog });
    await server.listen({ host: "127.0.0.1", port: 0 });
    const url = `https://127.0.0.1:${(server.server.address() as AddressInfo).port}/validate`;
    unregister = await registerWebhook(api, { name, url, namespace });
    await certificates.check();
    await waitUntil("the API server asks the webhook", async () => (await apply(policy("probe", "{http: {}, tcp: {send: '§'}}"), "--dry-run=server")).status !== 0);
  });

  afterEach(async () => {
    await unregister();
    certificates.close();
    await client.close();
    await server.close();
  });

  const apply = (stdin: string, ...args: readonly string[]): Promise<CommandResult> => api.kubectl(["apply", ...args, "-f", "-"], { stdin, namespace, mayFail: true });

  it("applies a good policy without a word", async () => {
    assert.deepEqual(await apply(policy("hc", good)), { status: 0, stdout: "meshhealthcheck.kuma.io/hc created\n", stderr: "" });
  });

  it("lists every violation that the schema cannot know, each with its path", async () => {
    const { status, stderr } = await apply(policy("hc", "{tcp: {send: '§'}, http: {}}", "{tcp: {receive: ['%']}}"));
    assert.equal(status, 1);
    assert.match(stderr, /The MeshHealthCheck "hc" is invalid: ?\n/);
    assert.match(stderr, /^\* spec\.to\[0\]\.default\.tcp\.send: /m);
    assert.match(stderr, /^\* spec\.to\[1\]\.default\.tcp\.receive\[0\]: /m);
    assert.equal((await api.kubectl(["get", "mhc"], { namespace })).stdout, "");
  });

  it("shows what there is to tell as warnings", async () => {
    const about = { kind: "MeshHealthCheck", mesh: "default", name: `hc.${namespace}` };
    notices = [{ code: "unresolved-target", about, path: "spec.to[0].targetRef", message: "there is no MeshService backend" }];
    const { status, stderr } = await apply(policy("hc", good));
    assert.deepEqual([status, stderr], [0, "Warning: spec.to[0].targetRef: there is no MeshService backend\n"]);
  });

  it("goes on when the webhook's certificate has expired and was renewed", async () => {
    const before = certificates.current.cert;
    nowMs -= 400 * dayMs;
    await api.request("DELETE", `/api/v1/namespaces/${namespace}/secrets/probeplane-certificates`);
    const opened = { client, namespace, configMap: "probeplane-ca", names: ["127.0.0.1"], everyMs: 1_000_000, logger: silentLog, now: () => new Date(nowMs), webhooks: [] };
    const expired = await openSharedCertificates({ ...opened, secret: "expired" });
    expired.close();
    const { data } = (await api.request("GET", `/api/v1/namespaces/${namespace}/secrets/expired`)).body as { readonly data: object };
    await api.request("POST", `/api/v1/namespaces/${namespace}/secrets`, { body: { metadata: { name: "probeplane-certificates" }, data } });
    await certificates.check();
    assert.notEqual(certificates.current.cert, before);
    const invalid = policy("hc", "{tcp: {send: '§'}}");
    await waitUntil("an invalid policy gets by an expired certificate", async () => (await apply(invalid, "--dry-run=server")).status === 0);
    nowMs += 400 * dayMs;
    await certificates.check();
    await waitUntil("it does no more", async () => (await apply(invalid, "--dry-run=server")).status === 1);
  });

  it("goes on when the webhook is away: what is invalid is told by its conditions then", async () => {
    const invalid = policy("hc", "{tcp: {send: '§'}}");
    assert.equal((await apply(invalid)).status, 1);
    await server.close();
    assert.deepEqual(await apply(invalid), { status: 0, stdout: "meshhealthcheck.kuma.io/hc created\n", stderr: "" });
  });

  it("annotates and deletes what was stored while the webhook was away, with a warning", async () => {
    await unregister();
    const invalid = policy("hc", "{tcp: {send: '§'}}");
    await waitUntil("the webhook is asked no more", async () => (await apply(invalid)).status === 0);
    const { port } = server.server.address() as AddressInfo;
    unregister = await registerWebhook(api, { name: `admission-${namespace}`, url: `https://127.0.0.1:${port}/validate`, namespace, failurePolicy: "Fail" });
    await certificates.check();
    const annotated = await waitUntil("the webhook is asked again", async () => {
      const { status, stderr } = await api.kubectl(["annotate", "--overwrite", "mhc", "hc", "note=x"], { namespace, mayFail: true });
      return status === 0 && stderr !== "" ? stderr : false;
    });
    assert.match(annotated, /^Warning: is invalid already, and stays so: spec\.to\[0\]\.default\.tcp\.send: /);
    assert.equal((await api.kubectl(["delete", "mhc", "hc"], { namespace })).status, 0);
  });
});

describe("the webhook of a whole control plane", () => {
  let api: ApiServer;
  let controlPlane: ClusterControlPlane;
  let namespace: string;
  const closeLater = closeAfter();
  const mesh = { apiVersion: "kuma.io/v1alpha1", kind: "Mesh", metadata: { name: "webhooked" } };

  before(async function () {
    api = await sharedApiServer(this);
    await api.applyCrds();
    await applyObject(api, { ...mesh, spec: {} });
    closeLater(() => deleteObject(api, mesh));
    namespace = await api.createNamespace("webhooked", { "kuma.io/sidecar-injection": "enabled", "kuma.io/mesh": mesh.metadata.name });
    controlPlane = await ClusterControlPlane.create(api);
    const url = `https://127.0.0.1:${controlPlane.webhookPort}/validate`;
    closeLater(await registerWebhook(api, { name: controlPlane.webhookConfiguration, url, namespace, failurePolicy: "Fail" }));
    closeLater(() => controlPlane.close());
    await controlPlane.start();
  });

  const inMesh = (text: string): string => text.replace("metadata: {", `metadata: {labels: {kuma.io/mesh: ${mesh.metadata.name}}, `);

  it("knows the mesh that a policy is for, and warns of what it names in vain", async () => {
    const { status, stdout, stderr } = await api.kubectl(["apply", "-f", "-"], { stdin: inMesh(policy("hc", good)), namespace, mayFail: true });
    assert.deepEqual([status, stdout], [0, "meshhealthcheck.kuma.io/hc created\n"]);
    assert.match(stderr, /^Warning: spec\.to\[0\]\.targetRef: .*backend/m);
    const refused = await api.kubectl(["apply", "-f", "-"], { stdin: inMesh(policy("hc", "{tcp: {send: '§'}}")), namespace, mayFail: true });
    assert.match(refused.stderr, /spec\.to\[0\]\.default\.tcp\.send: /);
  });

  it("keeps a Mesh while there are pods in it", async () => {
    await applyObject(api, { apiVersion: "v1", kind: "Pod", metadata: { name: "app", namespace }, spec: { containers: [{ name: "app", image: "app" }, { name: "istio-proxy", image: "envoy" }] } });
    await playKubelet(api, namespace, "app", { ips: ["10.0.0.1"] });
    const refused = await waitUntil("the pod is in the mesh", async () => {
      const { status, stderr } = await api.kubectl(["delete", "mesh", mesh.metadata.name, "--dry-run=server"], { mayFail: true });
      return status === 0 ? false : stderr;
    });
    assert.match(refused, /unable to delete mesh, there are still some dataplanes attached/);
    await deleteObject(api, { apiVersion: "v1", kind: "Pod", metadata: { name: "app", namespace } });
    await waitUntil("nobody is in the mesh", async () => (await api.kubectl(["delete", "mesh", mesh.metadata.name, "--dry-run=server"], { mayFail: true })).status === 0);
  });
});
