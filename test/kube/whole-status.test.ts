import assert from "node:assert/strict";
import type { ResourceStatus } from "../../src/core/status/status.ts";
import { closeAfter } from "../kit/close-after.ts";
import type { ApiServer } from "../kit/kube/api-server.ts";
import { ClusterControlPlane } from "../kit/kube/control-plane.ts";
import { playKubelet } from "../kit/kube/kubelet.ts";
import { ownApiServer } from "../kit/kube/start-api-server.ts";
import { waitUntil } from "../kit/wait-until.ts";

describe("the status that real control planes write", () => {
  let api: ApiServer;
  let namespace: string;
  const open: ClusterControlPlane[] = [];
  const closeLater = closeAfter();

  before(async function () {
    api = await ownApiServer(this);
    closeLater(() => api.stop());
    closeLater(() => Promise.all(open.map((each) => each.close())));
    await api.applyCrds();
    namespace = await api.createNamespace("shop", { "kuma.io/sidecar-injection": "enabled" });
  });

  async function apply(...objects: readonly object[]): Promise<void> {
    await api.kubectl(["apply", "-f", "-"], { stdin: JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }) });
  }

  function object(kind: string, name: string, spec: object, at = namespace): object {
    return { apiVersion: "kuma.io/v1alpha1", kind, metadata: { name, ...(at === "" ? {} : { namespace: at }) }, spec };
  }

  const conf = { interval: "10s", noTrafficInterval: "10s", http: {} };

  async function conditions(kind: string, name: string, at = namespace): Promise<readonly string[]> {
    const { stdout } = await api.kubectl(["get", kind, name, "-o", "json", ...(at === "" ? [] : ["-n", at])]);
    const { status } = JSON.parse(stdout) as { readonly status?: ResourceStatus };
    return (status?.conditions ?? []).map(({ type, status: holds, reason }) => `${type}=${holds} ${reason}`);
  }

  async function until(kind: string, name: string, wanted: readonly string[], at = namespace): Promise<void> {
    let last: readonly string[] = [];
    await waitUntil(`${kind} ${name} is ${wanted.join(", ")}`, async () => {
      last = await conditions(kind, name, at);
      return JSON.stringify(last) === JSON.stringify(wanted);
    }, { everyMs: 200, giveUpMs: 60_000 }).catch((error: unknown) => {
      throw new Error(`${kind} ${name} is ${last.join(", ")}`, { cause: error });
    });
  }

  it("is of every kind that people write, in whichever namespace, and agreed between replicas", async () => {
    const system = await api.createNamespace("probeplane");
    await api.kubectl(["create", "namespace", "kong-mesh-system"]);
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "web", namespace, labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "web" }, { name: "istio-proxy", image: "envoy" }] } };
    const service = { apiVersion: "v1", kind: "Service", metadata: { name: "web", namespace }, spec: { selector: { app: "web" }, ports: [{ port: 80, appProtocol: "http" }] } };
    await apply(pod, service, object("Mesh", "default", {}, ""));
    await playKubelet(api, namespace, "web", { ips: ["10.1.1.1"] });
    for (const podName of ["probeplane-1", "probeplane-2"]) open.push(await ClusterControlPlane.start(api, { namespace: system, podName, args: ["--kubernetes-lease-duration=6s"] }));
    const to = (name: string): object => ({ to: [{ targetRef: { kind: "MeshService", name }, default: conf }] });
    const external = { match: { type: "HostnameGenerator", port: 443, protocol: "tcp" }, endpoints: [{ address: "example.com", port: 443 }] };
    await apply(object("MeshHealthCheck", "mine", to("web")), object("MeshHealthCheck", "operators", to("web"), "kong-mesh-system"), object("MeshHealthCheck", "lost", to("nobody")), object("MeshExternalService", "outside", external));
    const unused = "Programmed=False NoProxies";
    await until("mhc", "mine", ["Accepted=True Accepted", "ResolvedRefs=True ResolvedRefs", unused]);
    await until("mhc", "operators", ["Accepted=True Accepted", "ResolvedRefs=True ResolvedRefs", unused], "kong-mesh-system");
    await until("mhc", "lost", ["Accepted=True Accepted", "ResolvedRefs=False TargetNotFound", unused]);
    await until("mesh", "default", ["Accepted=True Accepted"], "");
    await until("meshexternalservice", "outside", ["Accepted=True Accepted"]);
    const reports = await api.kubectl(["get", "configmaps,leases", "-n", system, "-l", "probeplane.io/replica", "-o", "name"]);
    assert.deepEqual(reports.stdout.trim().split("\n").sort(), ["probeplane-1", "probeplane-2"].flatMap((name) => [`configmap/probeplane-report-${name}`, `lease.coordination.k8s.io/probeplane-presence-${name}`]).sort());
  });

  it("is told on Services too, where somebody may expect something else of them", async () => {
    await apply({ apiVersion: "v1", kind: "Service", metadata: { name: "elsewhere", namespace }, spec: { type: "ExternalName", externalName: "example.com" } });
    await api.kubectl(["annotate", "service", "web", "-n", namespace, "80.service.kuma.io/protocol=gopher"]);
    const described = async (name: string): Promise<string> => (await api.kubectl(["describe", "service", name, "-n", namespace])).stdout;
    await waitUntil("it is told that an alias is not in the mesh", async () => /Warning +NotInMesh .*elsewhere is an alias of example\.com/.test(await described("elsewhere")), { everyMs: 200 });
    await waitUntil("it is told that the protocol is none", async () => /Warning +UnknownProtocol .*"gopher" is no protocol that is known/.test(await described("web")), { everyMs: 200 });
  });

  it("goes on when the leading one is killed", async () => {
    const [first, second] = open;
    assert.ok(first !== undefined && second !== undefined);
    const leader = async (): Promise<string> => (await api.kubectl(["get", "lease", "-n", first.namespace, "probeplane-leader", "-o", "jsonpath={.spec.holderIdentity}"])).stdout;
    const [killed, other] = (await leader()).startsWith("probeplane-1_") ? [first, second] : [second, first];
    await killed.kill();
    await apply(object("MeshHealthCheck", "late", { to: [{ targetRef: { kind: "MeshService", name: "web" }, default: conf }] }));
    await until("mhc", "late", ["Accepted=True AcceptedWithNotices", "ResolvedRefs=True ResolvedRefs", "Programmed=False NoProxies"]);
    assert.match(await leader(), other === first ? /^probeplane-1_/ : /^probeplane-2_/);
  });
});
