import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { envoyFor } from "../kit/envoy-binary.ts";
import type { ApiServer } from "../kit/kube/api-server.ts";
import { applyObject } from "../kit/kube/apply-objects.ts";
import { ClusterControlPlane } from "../kit/kube/control-plane.ts";
import { playKubelet } from "../kit/kube/kubelet.ts";
import { ownApiServer } from "../kit/kube/start-api-server.ts";
import { freePorts } from "../kit/ports.ts";
import { spawnProxy } from "../kit/proxy.ts";
import type { RunningEnvoy } from "../kit/spawn-envoy.ts";
import { waitUntil } from "../kit/wait-until.ts";

const services = ["a", "b", "c", "d"];
const podsOfEach = 6;
const outageMs = 30_000;

describe("a cluster whose API server is killed for 30 s while pods come and go", () => {
  let api: ApiServer;
  let controlPlane: ClusterControlPlane;
  /** A second replica, started while the API server is away. */
  let late: ClusterControlPlane;
  let envoy: RunningEnvoy;
  let namespace: string;
  const closing: (() => Promise<unknown>)[] = [];
  const churn = { isOn: true, changes: 0, done: Promise.resolve() };
  /** Addresses of the pods of each service, as they were last stored. */
  const present = new Map<string, Set<string>>(services.map((name) => [name, new Set()]));
  let next = 1;

  before(async function () {
    const binary = await envoyFor(this);
    api = await ownApiServer(this);
    closing.push(() => api.stop());
    await api.applyCrds();
    namespace = await api.createNamespace("shop", { "kuma.io/sidecar-injection": "enabled" });
    await applyObject(api, { apiVersion: "kuma.io/v1alpha1", kind: "Mesh", metadata: { name: "default" }, spec: {} });
    for (const name of services) {
      const spec = { selector: { app: name }, ports: [{ port: 80, targetPort: 8080, appProtocol: "http" }] };
      await applyObject(api, { apiVersion: "v1", kind: "Service", metadata: { name, namespace }, spec });
      for (let i = 0; i < podsOfEach; i++) await makePod(name);
    }
    const [inbound, outbound] = await freePorts(2);
    await makePod("a", "caller", { "kuma.io/transparent-proxying-inbound-port": String(inbound), "kuma.io/transparent-proxying-outbound-port": String(outbound) });
    controlPlane = await ClusterControlPlane.start(api);
    closing.push(() => controlPlane.close());
    late = await ClusterControlPlane.create(api, { namespace: controlPlane.namespace, podName: "probeplane-2" });
    closing.push(() => late.close());
    envoy = await spawnProxy({ binary, dataplane: `caller.${namespace}`, controlPlane, variant: "delta" });
    closing.push(() => envoy.close());
    await applyObject(api, {
      apiVersion: "kuma.io/v1alpha1", kind: "MeshHealthCheck", metadata: { name: "all", namespace: controlPlane.namespace },
      spec: { to: [{ targetRef: { kind: "Mesh" }, default: { interval: "10s", timeout: "2s", unhealthyThreshold: 3, healthyThreshold: 1, http: {} } }] },
    });
    await waitUntil("the Envoy has everything", isRight);
  });

  after(async () => {
    churn.isOn = false;
    await churn.done;
    for (const close of closing.reverse()) await close();
  });

  async function makePod(app: string, name = `${app}-${next}`, annotations: Readonly<Record<string, string>> = {}): Promise<void> {
    const ip = `10.1.${Math.floor(next / 200)}.${1 + (next % 200)}`;
    next++;
    const containers = ["app", "istio-proxy"].map((each) => ({ name: each, image: "none" }));
    await applyObject(api, { apiVersion: "v1", kind: "Pod", metadata: { name, namespace, labels: { app }, annotations }, spec: { serviceAccountName: "default", containers } });
    await playKubelet(api, namespace, name, { ips: [ip] });
    present.get(app)?.add(ip);
  }

  /** Replaces one pod after another, 20 changes a second, as far as an API server lets it. */
  async function replacePods(): Promise<void> {
    for (let turn = 0; churn.isOn; turn++) {
      const app = services[turn % services.length] ?? "";
      try {
        await makePod(app);
        const list = await api.request("GET", `/api/v1/namespaces/${namespace}/pods?labelSelector=app%3D${app}`);
        const oldest = (list.body as { readonly items: readonly { readonly metadata: { readonly name: string }; readonly status: { readonly podIP?: string } }[] }).items.find(({ metadata }) => metadata.name !== "caller");
        const gone = await api.request("DELETE", `/api/v1/namespaces/${namespace}/pods/${oldest?.metadata.name ?? ""}`, { body: { gracePeriodSeconds: 0 } });
        if (gone.status === 200) churn.changes += 2;
      } catch {
        // There is nobody to ask.
      }
      await sleep(100);
    }
  }

  /** What is stored now, service by service. */
  async function stored(): Promise<ReadonlyMap<string, readonly string[]>> {
    const { body } = await api.request("GET", `/api/v1/namespaces/${namespace}/pods`);
    const pods = (body as { readonly items: readonly { readonly metadata: { readonly labels: { readonly app: string } }; readonly status: { readonly podIP?: string } }[] }).items;
    return new Map(services.map((name) => [name, pods.filter(({ metadata, status }) => metadata.labels.app === name && status.podIP !== undefined).map(({ status }) => `${status.podIP ?? ""}:8080`).sort()]));
  }

  /** What the Envoy has, service by service. */
  async function held(): Promise<ReadonlyMap<string, readonly string[]>> {
    const verdicts = await envoy.admin.verdicts();
    return new Map(services.map((name) => [name, verdicts.filter(({ cluster }) => serviceOf(cluster) === name).map(({ address }) => address).sort()]));
  }

  function serviceOf(cluster: string): string | undefined {
    return services.find((name) => cluster.startsWith(`${name}_`) || cluster.includes(`_${name}_`));
  }

  async function isRight(): Promise<boolean> {
    const [wanted, has, checks] = [await stored(), await held(), await checkedClusters()];
    return checks === services.length && services.every((name) => JSON.stringify(wanted.get(name)) === JSON.stringify(has.get(name)));
  }

  async function checkedClusters(): Promise<number> {
    return [...(await envoy.admin.dynamicClusters()).values()].filter((cluster) => cluster["health_checks"] !== undefined).length;
  }

  it("keeps every proxy's configuration, and pushes nothing empty", async () => {
    churn.done = replacePods();
    await waitUntil("pods come and go", () => churn.changes > 30);
    await api.kill();
    const killedMs = performance.now();
    // What was under way arrives.
    await sleep(1_000);
    const before = JSON.stringify([...(await held())]);
    while (performance.now() - killedMs < outageMs) {
      assert.equal(JSON.stringify([...(await held())]), before);
      assert.equal(await checkedClusters(), services.length);
      await sleep(500);
    }
    const readiness = await controlPlane.readiness();
    assert.equal(readiness.status, 200);
    assert.match(readiness.body, /pods.*what there was stays/);
  });

  it("says of a replica that starts meanwhile what it waits for", async () => {
    late.spawn();
    const { body } = await waitUntil("it says why it is not ready", async () => {
      const readiness = await late.readiness();
      return readiness.status === 503 && !readiness.body.includes("starting") && readiness;
    });
    assert.match(body, /127\.0\.0\.1:\d+/, "the API server is named");
  });

  it("is right again when it is back, though pods went on coming and going", async function () {
    await api.restart();
    const changes = churn.changes;
    await waitUntil("pods come and go again", () => churn.changes > changes + 10);
    churn.isOn = false;
    await churn.done;
    await waitUntil("the Envoy has what is stored", isRight);
    await late.untilReady();
    assert.equal(await envoy.admin.stat("cluster_manager.cluster_removed"), 0);
    const empty = await envoy.admin.stats("^cluster\\..*\\.update_empty$");
    assert.deepEqual([...empty].filter(([name, count]) => count > 0 && serviceOf(name.replace("cluster.", "")) !== undefined), []);
  });
});
