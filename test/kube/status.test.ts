import assert from "node:assert/strict";
import type { Resource } from "../../src/core/model/resource.ts";
import type { ResourceStatus } from "../../src/core/status/status.ts";
import { openKubeClient } from "../../src/edge/kube-client/kube-client.ts";
import type { KubeClient } from "../../src/edge/kube-client/port.ts";
import { closeAfter } from "../kit/close-after.ts";
import { grantChartRole } from "../kit/kube/chart-role.ts";
import type { ApiServer } from "../kit/kube/api-server.ts";
import { ownApiServer } from "../kit/kube/start-api-server.ts";
import { dataplane, inboundOf, meshNamed, outboundsTo } from "../kit/resources.ts";
import { waitUntil } from "../kit/wait-until.ts";
import { StatusReplica } from "./status-replica.ts";
import type { StatusReplicaOptions } from "./status-replica.ts";

const http = { interval: "10s", timeout: "2s", http: { path: "/health" }, noTrafficInterval: "10s" };
const to = (name: string, conf: object = http): object => ({ targetRef: { kind: "MeshService", name }, default: conf });

/** web-1 to web-3 call backend, shop-1 calls payment. */
function pods(namespace: string): readonly Resource[] {
  const service = (name: string): string => `${name}_${namespace}_svc_8080`;
  const labels = { "k8s.kuma.io/namespace": namespace };
  const pod = (name: string, of: string, ...calls: readonly string[]): Resource => dataplane(`${name}.${namespace}`, { labels, inbound: [inboundOf(service(of))], outbound: outboundsTo(...calls.map(service)) });
  return [meshNamed(), pod("backend-1", "backend"), pod("payment-1", "payment"), ...["web-1", "web-2", "web-3"].map((name) => pod(name, "web", "backend")), pod("shop-1", "shop", "payment")];
}

interface Policy {
  readonly metadata: { readonly resourceVersion: string; readonly generation: number };
  readonly status?: ResourceStatus;
}

describe("the status of policies in Kubernetes", function () {
  let api: ApiServer;
  let system: string;
  let demo: string;
  let token: string;
  const open: { close(): Promise<void> }[] = [];
  const closeLater = closeAfter();

  before(async function () {
    api = await ownApiServer(this);
    closeLater(() => api.stop());
    await api.applyCrds();
  });

  beforeEach(async () => {
    system = await api.createNamespace("probeplane");
    demo = await api.createNamespace("demo");
    token = await grantChartRole(api, system);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((each) => each.close()));
    await api.kubectl(["delete", "mhc", "--all", "-n", demo, "--wait=false"]);
  });

  async function client(): Promise<KubeClient> {
    return await openKubeClient({ kubeconfig: await api.kubeconfig({ token, namespace: system }) });
  }

  /** A control plane of its own, ended after the test. */
  async function replica(name = "one", options: Partial<StatusReplicaOptions> = {}): Promise<StatusReplica & { readonly client: KubeClient }> {
    const own = await client();
    const made = new StatusReplica({ client: own, namespace: system, name, resources: pods(demo), policiesIn: demo, ...options });
    await made.start();
    open.push({
      async close() {
        await made.close();
        await own.close();
      },
    });
    return Object.assign(made, { client: own });
  }

  async function apply(name: string, spec: object, labels: Readonly<Record<string, string>> = {}): Promise<void> {
    const object = { apiVersion: "kuma.io/v1alpha1", kind: "MeshHealthCheck", metadata: { name, namespace: demo, labels }, spec };
    await api.kubectl(["apply", "-f", "-"], { stdin: JSON.stringify(object) });
  }

  async function get(name: string): Promise<Policy> {
    const { stdout } = await api.kubectl(["get", "mhc", name, "-n", demo, "-o", "json"]);
    return JSON.parse(stdout) as Policy;
  }

  async function condition(name: string, type: string): Promise<string | undefined> {
    const { status } = await get(name);
    const found = status?.conditions.find((each) => each.type === type);
    return found === undefined ? undefined : `${found.status} ${found.reason}: ${found.message}`;
  }

  async function untilCondition(name: string, type: string, wanted: string | RegExp): Promise<void> {
    let last: string | undefined;
    const what = `${type} of ${name} is ${String(wanted)}`;
    await waitUntil(what, async () => {
      last = await condition(name, type);
      return typeof wanted === "string" ? last === wanted : wanted.test(last ?? "");
    }, { everyMs: 100, giveUpMs: 60_000 }).catch((error: unknown) => {
      throw new Error(`${what}; it is ${String(last)}`, { cause: error });
    });
  }

  it("counts the proxies that need a policy, shows it in columns, and lets kubectl wait", async () => {
    const one = await replica();
    const proxies = ["web-1", "web-2", "shop-1"].map((name) => one.connect(`${name}.${demo}`));
    await apply("hc", { targetRef: { kind: "Mesh" }, to: [to("backend")] });
    await untilCondition("hc", "Programmed", "False Pending: 0 of 2 proxies; 2 have to answer yet");
    const waiting = api.kubectl(["wait", "--for=condition=Programmed", "mhc/hc", "-n", demo, "--timeout=30s"]);
    proxies.forEach((proxy) => proxy.answer());
    assert.match((await waiting).stdout, /condition met/);
    const table = await api.kubectl(["get", "mhc", "-n", demo]);
    assert.match(table.stdout, /^NAME +TARGET +DESTINATIONS +ACCEPTED +PROGRAMMED +AGE *\nhc +Mesh +backend +True +2\/2 /);
    const { status } = await get("hc");
    assert.deepEqual([status?.observedGeneration, status?.proxies, status?.to], [1, { needing: 2, programmed: 2, pending: 0, rejecting: 0 }, [{ target: "MeshService backend", count: 1, resolved: [`backend.${demo}:8080`] }]]);
    assert.equal(await condition("hc", "ResolvedRefs"), "True ResolvedRefs: all that it names is there");
    assert.equal(await condition("hc", "Accepted"), "True Accepted: valid");
  });

  it("says of a policy that is not valid what is wrong with it, and that the last valid version runs on", async () => {
    const one = await replica();
    one.connect(`web-1.${demo}`).answer();
    await apply("hc", { to: [to("backend")] });
    await untilCondition("hc", "Programmed", "True Programmed: 1 of 1 proxies");
    // The roles of items are beyond what the CRD's rules can say.
    await apply("hc", { to: [to("backend"), { ...to("payment"), targetRef: { kind: "MeshService", name: "payment", namespace: "elsewhere" } }] });
    await untilCondition("hc", "Accepted", "False Invalid: spec.to: it's not allowed to mix producer and consumer items in the same policy");
    assert.equal(await condition("hc", "Programmed"), "False Invalid: not valid; 1 of 1 proxies run with the last version that was");
    assert.equal((await get("hc")).status?.observedGeneration, 2);
    await apply("new", { to: [to("backend"), { ...to("payment"), targetRef: { kind: "MeshService", name: "payment", namespace: "elsewhere" } }] });
    await untilCondition("new", "Programmed", "False Invalid: not valid");
    await apply("hc", { to: [to("backend")] });
    await untilCondition("hc", "Programmed", "True Programmed: 1 of 1 proxies");
    assert.match((await api.kubectl(["describe", "mhc", "hc", "-n", demo])).stdout, /Warning +Invalid .*spec\.to: it's not allowed to mix/);
  });

  it("follows a Service that a policy names and that comes and goes", async () => {
    const one = await replica();
    one.connect(`web-1.${demo}`).answer();
    await apply("hc", { to: [to("late")] });
    await untilCondition("hc", "ResolvedRefs", "False TargetNotFound: spec.to[0].targetRef: nobody provides MeshService late: no inbound has this service tag and no MeshService is meant");
    assert.match((await condition("hc", "Programmed")) ?? "", /^False NoProxies: no connected proxy has anything of it/);
    const service = `late_${demo}_svc_8080`;
    const labels = { "k8s.kuma.io/namespace": demo };
    one.change(dataplane(`late-1.${demo}`, { labels, inbound: [inboundOf(service)] }), dataplane(`web-1.${demo}`, { labels, inbound: [inboundOf(`web_${demo}_svc_8080`)], outbound: outboundsTo(service) }));
    await untilCondition("hc", "ResolvedRefs", "True ResolvedRefs: all that it names is there");
    await untilCondition("hc", "Programmed", "True Programmed: 1 of 1 proxies");
    one.change(dataplane(`late-1.${demo}`, { labels, inbound: [inboundOf(`other_${demo}_svc_8080`)] }));
    await untilCondition("hc", "ResolvedRefs", /^False TargetNotFound/);
  });

  it("names the proxies that reject what a policy made, with Envoy's text, until they do not", async () => {
    const one = await replica();
    const [first, second] = ["web-1", "web-2"].map((name) => one.connect(`${name}.${demo}`));
    second?.answer();
    await apply("hc", { to: [to("backend", { ...http, eventLogPath: "/nowhere/hc.log" })] });
    await untilCondition("hc", "Programmed", "False Pending: 1 of 2 proxies; 1 has to answer yet");
    first?.refuse(`hc.${demo}`, "unable to open file '/nowhere/hc.log': No such file or directory");
    await untilCondition("hc", "Programmed", `False Rejected: 1 of 2 proxies; web-1.${demo} rejects it: unable to open file '/nowhere/hc.log': No such file or directory`);
    assert.equal((await get("hc")).status?.programmed, "1/2");
    await apply("hc", { to: [to("backend")] });
    first?.answer();
    await untilCondition("hc", "Programmed", "True Programmed: 2 of 2 proxies");
    const described = (await api.kubectl(["describe", "mhc", "hc", "-n", demo])).stdout;
    assert.match(described, /Warning +Rejected .*probeplane\.io\/status.* 1 of 2 proxies; web-1.* rejects it: unable to open file/);
    assert.match(described, /Normal +Programmed .*2 of 2 proxies/);
  });

  it("tells what surprises about a valid policy as the webhook would", async () => {
    await replica();
    await apply("hc", { to: [to("backend", { http: { path: "/health" }, interval: "10s" })] }, { "kuma.io/effect": "shadow" });
    await untilCondition("hc", "Programmed", "False Shadow: a shadow policy is only looked at");
    await untilCondition("hc", "Accepted", /^True AcceptedWithNotices: .*noTrafficInterval/);
  });

  it("writes nothing when nothing changes, whatever goes on around it", async () => {
    const one = await replica();
    const proxies = ["web-1", "web-2"].map((name) => one.connect(`${name}.${demo}`));
    proxies.forEach((proxy) => proxy.answer());
    for (const name of ["a", "b", "c"]) await apply(name, { to: [to("backend", { ...http, interval: "20s" })] });
    await apply("own", { targetRef: { kind: "MeshService", name: `web_${demo}_svc_8080` }, to: [to("backend")] });
    for (const name of ["a", "b", "c"]) await untilCondition(name, "Accepted", "True Accepted: valid");
    await untilCondition("own", "Programmed", "True Programmed: 2 of 2 proxies");
    const versions = async (): Promise<string> => (await api.kubectl(["get", "mhc", "-n", demo, "-o", "jsonpath={.items[*].metadata.resourceVersion}"])).stdout;
    const written = one.written.written;
    // A word in the object that is not about what it says is not answered.
    await api.kubectl(["annotate", "mhc", "a", "-n", demo, "note=1"]);
    const before = await versions();
    const labels = { "k8s.kuma.io/namespace": demo };
    // For longer than what is not urgent waits.
    for (let i = 0; i < 24; i++) {
      one.change(dataplane(`backend-${i}.${demo}`, { labels, address: `10.1.0.${i}`, inbound: [inboundOf(`backend_${demo}_svc_8080`)] }));
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    assert.deepEqual([await versions(), one.written.written], [before, written]);
  });

  it("adds up what all replicas know, and goes on when the leader is killed", async () => {
    const one = await replica("one", { leaseDurationMs: 4_000 });
    await waitUntil("the first replica leads", () => one.status.isLeading);
    const two = await replica("two", { leaseDurationMs: 4_000 });
    one.connect(`web-1.${demo}`).answer();
    for (const name of ["web-2", "web-3"]) two.connect(`${name}.${demo}`).answer();
    await apply("hc", { to: [to("backend")] });
    await untilCondition("hc", "Programmed", "True Programmed: 3 of 3 proxies");
    assert.equal(two.written.written, 0);
    await one.client.close();
    await waitUntil("the second replica leads", () => two.status.isLeading);
    await apply("hc", { to: [to("backend", { ...http, interval: "30s" })] });
    await untilCondition("hc", "Programmed", "True Programmed: 2 of 2 proxies");
    assert.equal((await get("hc")).status?.observedGeneration, 2);
    assert.equal(one.status.isLeading, false);
    const three = await replica("three", { leaseDurationMs: 4_000 });
    three.connect(`web-1.${demo}`).answer();
    await untilCondition("hc", "Programmed", "True Programmed: 3 of 3 proxies");
    await two.status.close();
    await waitUntil("the third replica leads", () => three.status.isLeading);
    await untilCondition("hc", "Programmed", "True Programmed: 1 of 1 proxies");
    const { stdout } = await api.kubectl(["get", "lease", "probeplane-leader", "-n", system, "-o", "jsonpath={.spec.holderIdentity} {.spec.leaseTransitions}"]);
    assert.match(stdout, /^three_\S+ 2$/);
  });

  it("does not say that a policy is programmed as long as a replica runs with an earlier version of it", async () => {
    const one = await replica("one");
    await waitUntil("the first replica leads", () => one.status.isLeading);
    const slow = await replica("slow", { delayMs: 6_000 });
    one.connect(`web-1.${demo}`).answer();
    slow.connect(`web-2.${demo}`).answer();
    await apply("hc", { to: [to("backend")] });
    await untilCondition("hc", "Programmed", "False Pending: 1 of 1 proxies; 1 replica of the control plane run with another version of it");
    await untilCondition("hc", "Programmed", "True Programmed: 2 of 2 proxies");
  });

  it("gives way to whoever else writes an object, and keeps what others say of it", async () => {
    const own = await client();
    let conflicts = 0;
    const rival: KubeClient = {
      ...own,
      async patch(kind, at, patch, options) {
        if (options?.subresource === "status" && conflicts < 3) {
          conflicts++;
          const condition = { type: "Reviewed", status: "True", reason: "Bob", message: `${conflicts}`, lastTransitionTime: "2026-11-21T10:00:00Z", observedGeneration: 1 };
          await api.request("PATCH", `/apis/kuma.io/v1alpha1/namespaces/${demo}/meshhealthchecks/hc/status`, { body: { status: { conditions: [condition] } } });
        }
        return await own.patch(kind, at, patch, options);
      },
    };
    const one = await replica("one", { client: rival });
    one.connect(`web-1.${demo}`).answer();
    await apply("hc", { to: [to("backend")] });
    await untilCondition("hc", "Programmed", "True Programmed: 1 of 1 proxies");
    assert.equal(await condition("hc", "Reviewed"), "True Bob: 3");
    assert.deepEqual(one.written, { written: 1, conflict: 3, failed: 0 });
    await own.close();
  });

  it("writes 500 policies that change at once a few at a time, with the Lease renewed meanwhile", async () => {
    const own = await client();
    let [now, most, writes] = [0, 0, 0];
    const counting: KubeClient = {
      ...own,
      async patch(kind, at, patch, options) {
        if (options?.subresource !== "status") return await own.patch(kind, at, patch, options);
        writes++;
        most = Math.max(most, ++now);
        return await own.patch<never>(kind, at, patch, options).finally(() => now--);
      },
    };
    const one = await replica("one", { client: counting, leaseDurationMs: 15_000 });
    for (const name of ["web-1", "web-2"]) one.connect(`${name}.${demo}`).answer();
    const named = (i: number): string => (i < 2 ? "backend" : `service-${i}`);
    const writeAll = async (method: string, interval: string): Promise<void> => {
      const all = `/apis/kuma.io/v1alpha1/namespaces/${demo}/meshhealthchecks`;
      await Promise.all(Array.from({ length: 500 }, async (_, i) => {
        const body = { metadata: { name: `hc-${i}`, namespace: demo }, spec: { to: [to(named(i), { ...http, interval })] } };
        const answer = method === "POST" ? await api.request(method, all, { body: { apiVersion: "kuma.io/v1alpha1", kind: "MeshHealthCheck", ...body } }) : await api.request(method, `${all}/hc-${i}`, { body });
        assert.ok(answer.status < 300, JSON.stringify(answer.body));
      }));
    };
    const untilAll = async (generation: number): Promise<void> => {
      await waitUntil(`every status is about generation ${generation}`, async () => {
        const { stdout } = await api.kubectl(["get", "mhc", "-n", demo, "-o", "jsonpath={.items[*].status.observedGeneration}"]);
        return stdout.split(" ").filter((text) => text === String(generation)).length === 500;
      }, { everyMs: 300 });
    };
    await writeAll("POST", "10s");
    await untilAll(1);
    const before = writes;
    await writeAll("PATCH", "20s");
    await untilAll(2);
    assert.ok(most <= 4, `${most} writes at once`);
    assert.ok(before <= 1_100 && writes - before <= 1_100, `${before} writes, then ${writes - before}`);
    assert.deepEqual([one.written.failed, one.status.isLeading], [0, true]);
    const { stdout } = await api.kubectl(["get", "lease", "probeplane-leader", "-n", system, "-o", "jsonpath={.spec.leaseTransitions}"]);
    assert.equal(stdout, "0");
    // Of the two that mean the same service the one that comes first by name decides.
    await untilCondition("hc-0", "Programmed", "True Programmed: 2 of 2 proxies");
    await untilCondition("hc-1", "Programmed", /^False NoProxies/);
    await own.close();
  });

  it("goes on after the API server was away: nobody leads meanwhile, and what changed is told when it is back", async () => {
    const one = await replica("one");
    one.connect(`web-1.${demo}`).answer();
    await apply("hc", { to: [to("backend")] });
    await untilCondition("hc", "Programmed", "True Programmed: 1 of 1 proxies");
    const { metadata } = await get("hc");
    await api.kill();
    await waitUntil("nobody leads", () => !one.status.isLeading);
    one.connect(`web-2.${demo}`).answer();
    await api.restart();
    await untilCondition("hc", "Programmed", "True Programmed: 2 of 2 proxies");
    assert.equal((await get("hc")).metadata.generation, metadata.generation);
    assert.ok(one.status.isLeading);
  });
});
