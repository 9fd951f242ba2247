import assert from "node:assert/strict";
import { envoyFor } from "../kit/envoy-binary.ts";
import type { ApiServer } from "../kit/kube/api-server.ts";
import { applyObject } from "../kit/kube/apply-objects.ts";
import { ClusterControlPlane } from "../kit/kube/control-plane.ts";
import { playKubelet } from "../kit/kube/kubelet.ts";
import { ownApiServer } from "../kit/kube/start-api-server.ts";
import { freePorts } from "../kit/ports.ts";
import { spawnProxy } from "../kit/proxy.ts";
import { startRelay, type Relay } from "../kit/relay.ts";
import type { RunningEnvoy } from "../kit/spawn-envoy.ts";
import { waitUntil } from "../kit/wait-until.ts";

describe("replicas that are replaced one after the other", () => {
  let api: ApiServer;
  let namespace: string;
  let relay: Relay;
  let envoy: RunningEnvoy;
  const replicas: ClusterControlPlane[] = [];
  const closing: (() => Promise<unknown>)[] = [];

  before(async function () {
    const binary = await envoyFor(this);
    api = await ownApiServer(this);
    closing.push(() => api.stop());
    await api.applyCrds();
    namespace = await api.createNamespace("shop", { "kuma.io/sidecar-injection": "enabled" });
    await applyObject(api, { apiVersion: "kuma.io/v1alpha1", kind: "Mesh", metadata: { name: "default" }, spec: {} });
    const spec = { selector: { app: "web" }, ports: [{ port: 80, targetPort: 8080, appProtocol: "http" }] };
    await applyObject(api, { apiVersion: "v1", kind: "Service", metadata: { name: "web", namespace }, spec });
    const [inbound, outbound] = await freePorts(2);
    const annotations = { "kuma.io/transparent-proxying-inbound-port": String(inbound), "kuma.io/transparent-proxying-outbound-port": String(outbound) };
    const containers = ["web", "istio-proxy"].map((name) => ({ name, image: "none" }));
    await applyObject(api, { apiVersion: "v1", kind: "Pod", metadata: { name: "web", namespace, labels: { app: "web" }, annotations }, spec: { serviceAccountName: "default", containers } });
    await playKubelet(api, namespace, "web", { ips: ["10.1.1.1"] });
    const first = await startReplica(undefined);
    relay = await startRelay(first.xdsPort);
    closing.push(() => relay.close());
    envoy = await spawnProxy({ binary, dataplane: `web.${namespace}`, variant: "delta", controlPlane: { xdsPort: relay.port, caFile: first.caFile, tokenFileFor: (name) => first.tokenFileFor(name) } });
    closing.push(() => envoy.close());
    await applyObject(api, {
      apiVersion: "kuma.io/v1alpha1", kind: "MeshHealthCheck", metadata: { name: "all", namespace: first.namespace },
      spec: { to: [{ targetRef: { kind: "Mesh" }, default: conf("10s") }] },
    });
    await untilProgrammed("1/1");
  });

  after(async () => {
    for (const close of closing.reverse()) await close();
  });

  function conf(interval: string): object {
    return { interval, timeout: "2s", unhealthyThreshold: 3, healthyThreshold: 1, http: {} };
  }

  async function startReplica(own: string | undefined): Promise<ClusterControlPlane> {
    const replica = await ClusterControlPlane.start(api, { podName: `probeplane-${replicas.length + 1}`, ...(own === undefined ? {} : { namespace: own }), args: ["--kubernetes-lease-duration=3s"] });
    closing.push(() => replica.close());
    replicas.push(replica);
    return replica;
  }

  async function untilProgrammed(text: string): Promise<void> {
    await waitUntil(`the status says ${text}`, async () => {
      const { body } = await api.request("GET", `/apis/kuma.io/v1alpha1/namespaces/${replicas[0]?.namespace ?? ""}/meshhealthchecks/all`);
      return (body as { readonly status?: { readonly programmed?: string } }).status?.programmed === text;
    });
  }

  async function leader(): Promise<string> {
    const { body } = await api.request("GET", `/apis/coordination.k8s.io/v1/namespaces/${replicas[0]?.namespace ?? ""}/leases/probeplane-leader`);
    return (body as { readonly spec?: { readonly holderIdentity?: string } }).spec?.holderIdentity?.split("_")[0] ?? "";
  }

  it("hand proxies and leadership on: nothing is pushed again, nothing is taken away, and status goes on", async () => {
    const [first] = replicas;
    assert.equal(await leader(), "probeplane-1");
    const second = await startReplica(first?.namespace);
    relay.target = second.xdsPort;
    const updates = await envoy.admin.clusterUpdates();
    const before = await envoy.admin.stat("cluster_manager.cluster_modified");
    await first?.stop();
    await waitUntil("the proxy is connected to the other one", async () => ((await second.api.ask("GET", "/config")).status === 200) && second.output.lines.some((line) => line.includes("proxy connected")));
    await waitUntil("the other one leads", async () => (await leader()) === "probeplane-2");
    await untilProgrammed("1/1");
    assert.deepEqual(await envoy.admin.clusterUpdates(), updates);
    assert.equal(await envoy.admin.stat("cluster_manager.cluster_modified"), before);
    assert.equal(await envoy.admin.stat("cluster_manager.cluster_removed"), 0);
  });

  it("serve what is edited meanwhile, and its status", async () => {
    const path = `/apis/kuma.io/v1alpha1/namespaces/${replicas[0]?.namespace ?? ""}/meshhealthchecks/all`;
    await api.request("PATCH", path, { body: { spec: { to: [{ targetRef: { kind: "Mesh" }, default: conf("11s") }] } } });
    await waitUntil("the Envoy has the edit", async () => {
      const clusters = [...(await envoy.admin.dynamicClusters()).values()];
      return clusters.some((cluster) => (cluster["health_checks"] as readonly { readonly interval?: string }[] | undefined)?.[0]?.interval === "11s");
    });
    await waitUntil("the status is about the edit", async () => {
      const { metadata, status } = (await api.request("GET", path)).body as { readonly metadata: { readonly generation: number }; readonly status: { readonly observedGeneration?: number; readonly programmed?: string } };
      return metadata.generation === 2 && status.observedGeneration === 2 && status.programmed === "1/1";
    });
  });
});
