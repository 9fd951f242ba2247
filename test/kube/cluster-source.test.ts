import assert from "node:assert/strict";
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { keyText } from "../../src/core/model/resource.ts";
import type { Resource } from "../../src/core/model/resource.ts";
import { createKubeClient, openKubeClient } from "../../src/edge/kube-client/kube-client.ts";
import { podCredentials } from "../../src/edge/kube-client/pod-credentials.ts";
import type { KubeClient } from "../../src/edge/kube-client/port.ts";
import { createKubernetesSource, type KubernetesSource } from "../../src/edge/source/kubernetes/kubernetes-source.ts";
import type { KindState } from "../../src/edge/source/kubernetes/kind-states.ts";
import type { Problem } from "../../src/edge/source/port.ts";
import { closeAfter } from "../kit/close-after.ts";
import type { ApiServer } from "../kit/kube/api-server.ts";
import { applyObject, deleteObject, type Manifest } from "../kit/kube/apply-objects.ts";
import { grantChartRole } from "../kit/kube/chart-role.ts";
import { playKubelet } from "../kit/kube/kubelet.ts";
import { ownApiServer } from "../kit/kube/start-api-server.ts";
import { scratchFolder } from "../kit/scratch-folder.ts";
import { waitUntil } from "../kit/wait-until.ts";

/** A source that runs, and what it has told. */
interface Followed {
  readonly source: KubernetesSource;
  readonly there: ReadonlyMap<string, Resource>;
  /** How often everything was told at once. */
  readonly states: () => number;
  /** Every resource that went. */
  readonly removed: readonly string[];
  readonly problems: () => readonly Problem[];
  readonly kinds: () => readonly KindState[];
  stop(): Promise<void>;
}

async function followCluster(kubeconfig: string, options: { readonly patienceMs?: number } = {}): Promise<Followed> {
  return follow(await openKubeClient({ kubeconfig }), options);
}

function follow(client: KubeClient, options: { readonly patienceMs?: number } = {}): Followed {
  const source = createKubernetesSource({ client, ...options });
  const there = new Map<string, Resource>();
  const removed: string[] = [];
  let states = 0;
  let problems: readonly Problem[] = [];
  let kinds: readonly KindState[] = [];
  source.problems.subscribe((list) => (problems = list));
  source.kinds.subscribe((list) => (kinds = list));
  source.events.subscribe((event) => {
    if (event.type === "state") states += 1;
    else for (const key of event.removed) {
      there.delete(keyText(key));
      removed.push(keyText(key));
    }
    for (const resource of event.type === "state" ? event.resources : event.changed) there.set(keyText(resource), resource);
  });
  return {
    source, there, removed,
    states: () => states,
    problems: () => problems,
    kinds: () => kinds,
    stop: async () => {
      await source.close();
      await client.close();
    },
  };
}

function pod(namespace: string, name: string, labels: Readonly<Record<string, string>> = {}): Manifest {
  return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace, labels }, spec: { containers: [{ name: "app", image: "app" }, { name: "istio-proxy", image: "envoy" }] } };
}

function service(namespace: string, name: string): Manifest {
  return { apiVersion: "v1", kind: "Service", metadata: { name, namespace }, spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080, appProtocol: "http" }] } };
}

function check(namespace: string, name: string, interval: string): Manifest {
  const spec = { to: [{ targetRef: { kind: "Mesh" }, default: { interval, tcp: {} } }] };
  return { apiVersion: "kuma.io/v1alpha1", kind: "MeshHealthCheck", metadata: { name, namespace }, spec };
}

async function runPod(api: ApiServer, namespace: string, name: string, ip: string, labels: Readonly<Record<string, string>> = {}): Promise<void> {
  await applyObject(api, pod(namespace, name, labels));
  await playKubelet(api, namespace, name, { ips: [ip] });
}

const inboundState = (followed: Followed, key: string): unknown =>
  (followed.there.get(key)?.spec as { readonly networking: { readonly inbound?: readonly { readonly state?: string }[] } } | undefined)?.networking.inbound?.[0]?.state;

describe("the source of a cluster on a real API server", () => {
  let api: ApiServer;
  let namespace: string;
  let followed: Followed | undefined;
  const closeLater = closeAfter();
  before(async function () {
    // A source sees the whole cluster, and is to see nothing of other tests.
    api = await ownApiServer(this);
    closeLater(() => api.stop());
    await api.applyCrds();
  });
  beforeEach(async () => {
    namespace = await api.createNamespace("source", { "kuma.io/sidecar-injection": "enabled" });
  });
  afterEach(async () => {
    await followed?.stop();
    followed = undefined;
  });

  it("sees pods, services and policies with the rights of the chart, and follows what becomes of them", async () => {
    const token = await grantChartRole(api, namespace);
    const one = (followed = await followCluster(await api.kubeconfig({ token })));
    await applyObject(api, service(namespace, "web"));
    await runPod(api, namespace, "web-1", "10.1.0.1", { app: "web" });
    await applyObject(api, check(namespace, "hc", "10s"));
    const dataplane = `Dataplane/default/web-1.${namespace}`;
    await waitUntil("everything is there", () => ["MeshService/default/web.", "MeshHealthCheck/default/hc."].every((key) => one.there.has(`${key}${namespace}`)) && inboundState(one, dataplane) === "Ready");
    // Rights that were given a moment ago are not known everywhere in the API server at once.
    await waitUntil("nothing is amiss", () => one.problems().length === 0 && one.kinds().every(({ state }) => state === "following"));
    assert.ok(one.kinds().length >= 7, JSON.stringify(one.kinds()));
    assert.match(JSON.stringify(one.there.get(`MeshService/default/web.${namespace}`)?.spec), /"vips":\[\{"ip":"10\.96\./);
    await playKubelet(api, namespace, "web-1", { ips: ["10.1.0.1"], ready: { app: false } });
    await waitUntil("it is not ready", () => inboundState(one, dataplane) === "NotReady");
    await playKubelet(api, namespace, "web-1", { ips: ["10.1.0.1"], phase: "Failed" });
    await waitUntil("it is gone", () => !one.there.has(dataplane));
    await applyObject(api, { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels: { "kuma.io/mesh": "moved" } } });
    await waitUntil("the service has moved", () => one.there.has(`MeshService/moved/web.${namespace}`) && !one.there.has(`MeshService/default/web.${namespace}`));
    assert.equal(one.states(), 1);
  });

  it("names the kind that it may not read, in its problems and for /ready, and goes on with the rest; takes it in when it may", async () => {
    const token = await grantChartRole(api, namespace);
    const role = `/apis/rbac.authorization.k8s.io/v1/clusterroles/probeplane-${namespace}`;
    const rules = ((await api.request("GET", role)).body as { readonly rules: readonly { readonly resources: readonly string[] }[] }).rules;
    const without = rules.map((rule) => ({ ...rule, resources: rule.resources.filter((resource) => resource !== "meshexternalservices") }));
    await api.request("PATCH", role, { body: { rules: without } });
    const one = (followed = await followCluster(await api.kubeconfig({ token }), { patienceMs: 500 }));
    await waitUntil("everything else is there", () => one.states() === 1);
    const [problem] = one.problems().flatMap(({ violations }) => violations);
    assert.match(problem?.message ?? "", /^meshexternalservices\.kuma\.io: meshexternalservices\.kuma\.io is forbidden: User "system:serviceaccount:.*cannot list resource.*nothing is known of them$/);
    assert.deepEqual(one.kinds().filter(({ state }) => state === "denied").map(({ kind }) => kind), ["meshexternalservices.kuma.io"]);
    await runPod(api, namespace, "web-1", "10.1.0.1");
    await waitUntil("the rest goes on", () => one.there.has(`Dataplane/default/web-1.${namespace}`));
    await api.request("PATCH", role, { body: { rules } });
    await waitUntil("it may", () => one.problems().length === 0 && one.kinds().every(({ state }) => state === "following"));
  });

  it("reads the token of its pod again when the one that it had is refused, and says so meanwhile", async () => {
    const token = await grantChartRole(api, namespace);
    const folder = await scratchFolder("account");
    await Promise.all([writeFile(join(folder, "token"), `${token}x`), copyFile(api.caFile, join(folder, "ca.crt")), writeFile(join(folder, "namespace"), namespace)]);
    const { hostname, port } = new URL(api.url);
    const credentials = podCredentials({ folder, env: { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port } });
    assert.ok(credentials?.namespace === namespace);
    const one = (followed = follow(createKubeClient(credentials)));
    await waitUntil("it is refused", () => one.kinds().length > 0 && one.kinds().every(({ state }) => state === "denied"));
    await waitUntil("people are told", () => one.problems().length > 0);
    assert.match(one.problems()[0]?.violations[0]?.message ?? "", /, pods, services: .*Unauthorized.*; nothing is known of them$/);
    assert.equal(one.states(), 0);
    await writeFile(join(folder, "token"), token);
    await waitUntil("it is let in", () => one.states() === 1 && one.problems().length === 0);
  });
});

describe("the source of a cluster whose API server goes away", () => {
  let api: ApiServer;
  let followed: Followed | undefined;
  const closing: (() => Promise<void>)[] = [];
  before(async function () {
    api = await ownApiServer(this);
    closing.push(() => api.stop());
    await api.applyCrds();
  });
  after(async () => {
    await followed?.stop();
    for (const close of closing) await close();
  });

  it("keeps everything while it is away, and is right again when it is back, pods having come and gone on both sides of it", async () => {
    const namespace = await api.createNamespace("churn", { "kuma.io/sidecar-injection": "enabled" });
    await applyObject(api, service(namespace, "web"));
    await applyObject(api, check(namespace, "hc", "10s"));
    const start = async (from: number, to: number): Promise<void> => {
      for (let i = from; i < to; i++) await runPod(api, namespace, `web-${i}`, `10.1.0.${i}`, { app: "web" });
    };
    const dataplanes = (): readonly string[] => [...(followed?.there.keys() ?? [])].filter((key) => key.startsWith("Dataplane/")).map((key) => key.replace(/^.*\/web-|\..*$/g, "")).sort((a, b) => Number(a) - Number(b));
    await start(0, 10);
    const one = (followed = await followCluster(await api.kubeconfig()));
    await waitUntil("all are there", () => dataplanes().length === 10);
    await start(10, 15);
    await api.kill();
    await waitUntil("it is missed", () => one.kinds().every(({ state }) => state === "failing"));
    const before = new Map(one.there);
    assert.ok(before.size >= 13, String(before.size));
    await waitUntil("people are told", () => one.problems().length > 0);
    assert.match(one.problems()[0]?.violations[0]?.message ?? "", /, pods, services: the API server cannot be reached: .*; what there was stays$/);
    await api.restart();
    // At once, with whatever it still has to do before it serves everything.
    for (let i = 0; i < 5; i++) await deleteObject(api, pod(namespace, `web-${i}`));
    await start(15, 18);
    await applyObject(api, check(namespace, "hc", "20s"));
    await waitUntil("all is right", () => dataplanes().join() === "5,6,7,8,9,10,11,12,13,14,15,16,17" && JSON.stringify(one.there.get(`MeshHealthCheck/default/hc.${namespace}`)).includes("20s"));
    await waitUntil("nothing is wrong any more", () => one.problems().length === 0);
    assert.equal(one.states(), 1);
    assert.deepEqual([...one.removed].sort(), [0, 1, 2, 3, 4].map((i) => `Dataplane/default/web-${i}.${namespace}`));
    assert.ok([...before].every(([key]) => one.there.has(key) || one.removed.includes(key)));
  });
});
