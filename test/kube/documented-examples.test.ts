import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { parse, stringify } from "yaml";
import { root } from "../../scripts/lib/root.mjs";
import { documentedExamples, examplePolicy } from "../feature/cli/documented-examples.ts";
import { startGrpcApp } from "../kit/apps/grpc-app.ts";
import { startHttpApp } from "../kit/apps/http-app.ts";
import type { App } from "../kit/apps/app.ts";
import { envoyFor } from "../kit/envoy-binary.ts";
import type { ApiServer } from "../kit/kube/api-server.ts";
import { ClusterControlPlane } from "../kit/kube/control-plane.ts";
import { playKubelet } from "../kit/kube/kubelet.ts";
import { ownApiServer } from "../kit/kube/start-api-server.ts";
import { freePorts } from "../kit/ports.ts";
import { spawnProxy } from "../kit/proxy.ts";
import { ProxyProcess } from "../kit/proxy-process.ts";
import type { RunningEnvoy } from "../kit/spawn-envoy.ts";
import { waitUntil } from "../kit/wait-until.ts";

type Json = Readonly<Record<string, unknown>>;

const system = "kong-mesh-system";
const demo = "demo";

function text(example: Parameters<typeof examplePolicy>[0] | undefined): string {
  return stringify(example === undefined ? undefined : examplePolicy(example, "kubernetes"));
}

const [webToBackend, withFallback, cartToPayment] = documentedExamples.map(text);

describe("the documented examples, with kubectl and real Envoys", () => {
  let api: ApiServer;
  let controlPlane: ClusterControlPlane;
  let binary: string;
  const envoys = new Map<string, RunningEnvoy>();
  const apps = new Map<string, App>();
  const closing: (() => Promise<unknown>)[] = [];

  before(async function () {
    binary = await envoyFor(this);
    api = await ownApiServer(this);
    closing.push(() => api.stop());
    await api.kubectl(["apply", "-f", "crds/"]);
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: system } }, { apiVersion: "v1", kind: "Namespace", metadata: { name: demo, labels: { "kuma.io/sidecar-injection": "enabled" } } });
    await apply({ apiVersion: "kuma.io/v1alpha1", kind: "Mesh", metadata: { name: "default" } });
    controlPlane = await ClusterControlPlane.start(api, { namespace: system });
    closing.push(() => controlPlane.close());
    await api.kubectl(["apply", "-f", "-"], { stdin: await webhookOfChart() });
    await waitUntil("the API server trusts the webhook", async () => (await kubectl("get", "validatingwebhookconfiguration", controlPlane.webhookConfiguration, "-o=jsonpath={.webhooks[*].clientConfig.caBundle}")) !== "");
    for (const [name, start] of Object.entries({ web: startHttpApp, backend: startHttpApp, cart: startHttpApp, payment: startGrpcApp })) {
      const app: App = await start(name);
      apps.set(name, app);
      closing.push(() => app.close());
      await runPod(name, app, name === "payment" ? "grpc" : "http");
    }
    for (const name of ["web", "cart"]) {
      const envoy = await spawnProxy({ binary, dataplane: `${name}.${demo}`, controlPlane, variant: name === "web" ? "delta" : "sotw" });
      closing.push(() => envoy.close());
      envoys.set(name, envoy);
    }
  });

  after(async () => {
    for (const close of closing.reverse()) await close();
  });

  async function kubectl(...args: readonly string[]): Promise<string> {
    return (await api.kubectl(args)).stdout;
  }

  async function apply(...objects: readonly Json[]): Promise<string> {
    const { stdout, stderr } = await api.kubectl(["apply", "-f", "-"], { stdin: objects.map((object) => stringify(object)).join("---\n") });
    return stdout + stderr;
  }

  /** What the chart registers, asking at an address instead of a Service: nothing here knows Services. */
  async function webhookOfChart(): Promise<string> {
    const text = await readFile(path.join(root, "deploy", "kustomize", "base", "probeplane.yaml"), "utf8");
    const found = text.split(/^---$/m).map((each) => parse(each) as { readonly kind?: string; readonly webhooks?: readonly Json[] } | null).find((each) => each?.kind === "ValidatingWebhookConfiguration");
    const clientConfig = { url: `https://127.0.0.1:${controlPlane.webhookPort}/validate` };
    return stringify({ ...found, metadata: { name: controlPlane.webhookConfiguration }, webhooks: found?.webhooks?.map((webhook) => ({ ...webhook, clientConfig })) });
  }

  /** A Service and a Pod of it, with a sidecar written by hand, and a kubelet's word that both run. */
  async function runPod(name: string, app: App, appProtocol: string): Promise<void> {
    const [inbound, outbound] = await freePorts(2);
    const redirection = {
      "kuma.io/transparent-proxying-inbound-port": String(inbound), "kuma.io/transparent-proxying-outbound-port": String(outbound),
    };
    await apply(
      { apiVersion: "v1", kind: "Service", metadata: { name, namespace: demo }, spec: { selector: { app: name }, ports: [{ port: 8080, targetPort: app.port, appProtocol }] } },
      {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name, namespace: demo, labels: { app: name }, annotations: redirection },
        spec: { serviceAccountName: "default", containers: [{ name, image: "none", ports: [{ containerPort: app.port }] }, { name: "istio-proxy", image: "none", command: ["probeplane", "proxy"] }] },
      },
    );
    await playKubelet(api, demo, name, { ips: ["127.0.0.1"] });
  }

  /** The health check of a service in an Envoy, as its config dump has it. */
  async function checkOf(caller: string, service: string): Promise<Json | undefined> {
    const clusters = await envoys.get(caller)?.admin.dynamicClusters();
    const found = [...(clusters ?? new Map<string, Json>())].find(([name]) => name.includes(service));
    assert.ok(found, `${caller} has no cluster of ${service}: ${[...(clusters?.keys() ?? [])].join(", ")}`);
    return (found[1]["health_checks"] as readonly Json[] | undefined)?.[0];
  }

  it("begins with Envoys that call and check nothing", async () => {
    await waitUntil("the Envoys have their clusters", async () => {
      await Promise.all([checkOf("web", "backend"), checkOf("cart", "payment")]);
      return true;
    });
    assert.equal(await checkOf("web", "backend"), undefined);
  });

  it("checks over HTTP: kubectl apply tells what may surprise, kubectl wait knows when the Envoys run with it", async () => {
    const { stdout, stderr } = await api.kubectl(["apply", "-f", "-"], { stdin: webToBackend ?? "" });
    assert.match(stdout, /meshhealthcheck\.kuma\.io\/web-to-backend-check created/);
    assert.match(stderr, /Warning: .*noTrafficInterval/);
    await kubectl("wait", "--for=condition=Programmed", "mhc/web-to-backend-check", "-n", system, "--timeout=60s");
    const check = await checkOf("web", "backend");
    assert.deepEqual(withoutHttp(check), { interval: "10s", timeout: "2s", unhealthy_threshold: 3, healthy_threshold: 1 });
    const http = check?.["http_health_check"] as Json;
    assert.equal(http["path"], "/health");
    assert.deepEqual(http["expected_statuses"], [{ start: "200", end: "201" }, { start: "201", end: "202" }]);
    assert.equal(await checkOf("cart", "backend"), undefined, "nobody else is meant");
  });

  it("answers kubectl get and kubectl describe with what people ask", async () => {
    const [head, row] = (await kubectl("get", "mhc", "-n", system)).trim().split("\n");
    assert.deepEqual(head?.split(/ {2,}/).map((column) => column.trim()), ["NAME", "TARGET", "DESTINATIONS", "ACCEPTED", "PROGRAMMED", "AGE"]);
    assert.match(row ?? "", /^web-to-backend-check +MeshService web +backend +True +1\/1 +\d+s$/);
    assert.match(await kubectl("get", "kuma", "-A"), /meshhealthcheck\.kuma\.io\/web-to-backend-check/);
    const described = await kubectl("describe", "mhc", "web-to-backend-check", "-n", system);
    for (const expected of [/Message: +1 of 1 proxies\n.*\n +Reason: +Programmed\n +Status: +True/, /Resolved:\n +backend\.demo:8080/, /Events:(?:.*\n)+ +Normal +Programmed .*1 of 1 proxies/]) assert.match(described, expected);
  });

  it("falls back to TCP where HTTP is disabled, and the Envoy obeys", async () => {
    assert.match((await api.kubectl(["apply", "-f", "-"], { stdin: withFallback ?? "" })).stdout, /configured/);
    await waitUntil("the check is one of TCP", async () => (await checkOf("web", "backend"))?.["tcp_health_check"]);
    assert.equal((await checkOf("web", "backend"))?.["http_health_check"], undefined);
    const quick = ["interval", "noTrafficInterval"].map((field) => ({ op: "add", path: `/spec/to/0/default/${field}`, value: "100ms" }));
    await kubectl("patch", "mhc", "web-to-backend-check", "-n", system, "--type=json", "-p", JSON.stringify(quick));
    const backend = apps.get("backend");
    const verdict = async (): Promise<boolean | undefined> => {
      const all = (await envoys.get("web")?.admin.verdicts()) ?? [];
      return all.find(({ cluster, address }) => cluster.includes("backend") && address === `127.0.0.1:${backend?.port ?? 0}`)?.healthy;
    };
    await waitUntil("the Envoy finds the backend healthy", verdict);
    await backend?.closePort();
    await waitUntil("the Envoy finds out that it is gone", async () => (await verdict()) === false);
    await backend?.openPort();
    await waitUntil("the Envoy finds it healthy again", verdict);
  });

  it("checks over gRPC", async () => {
    await api.kubectl(["apply", "-f", "-"], { stdin: cartToPayment ?? "" });
    await kubectl("wait", "--for=condition=Programmed", "mhc/cart-to-payment-check", "-n", system, "--timeout=60s");
    const check = await checkOf("cart", "payment");
    assert.equal((check?.["grpc_health_check"] as Json)["service_name"], "grpc.health.v1.CustomHealth");
    assert.deepEqual([check?.["interval"], check?.["timeout"], check?.["unhealthy_threshold"], check?.["healthy_threshold"]], ["15s", "5s", 3, 2]);
  });

  it("refuses what is wrong with all that is wrong, and leaves what was good in force", async () => {
    const bad = text({ name: "cart-to-payment-check", caller: "cart", callee: "payment", conf: { timeout: "soon", unhealthyThreshold: 0, grpc: {} } });
    const { status, stderr } = await api.kubectl(["apply", "-f", "-"], { stdin: bad, mayFail: true });
    assert.notEqual(status, 0);
    for (const field of ["spec.to[0].default.timeout", "spec.to[0].default.unhealthyThreshold"]) assert.ok(stderr.includes(field), stderr);
    assert.equal((await checkOf("cart", "payment"))?.["interval"], "15s");
  });

  it("names the proxy that refuses a check, in Envoy's words", async () => {
    await kubectl("patch", "mhc", "cart-to-payment-check", "-n", system, "--type=json", "-p", '[{"op":"add","path":"/spec/to/0/default/eventLogPath","value":"/not/there/events.log"}]');
    await kubectl("wait", "--for=condition=Programmed=False", "mhc/cart-to-payment-check", "-n", system, "--timeout=60s");
    const message = await kubectl("get", "mhc", "cart-to-payment-check", "-n", system, '-o=jsonpath={.status.conditions[?(@.type=="Programmed")].message}');
    assert.match(message, /cart\.demo.*\/not\/there\/events\.log/);
    assert.equal((await checkOf("cart", "payment"))?.["interval"], "15s", "what was good stays");
  });

  it("takes the checks away with the policies: kubectl delete", async () => {
    await kubectl("delete", "mhc", "--all", "-n", system);
    await waitUntil("no Envoy checks anything", async () => (await Promise.all([checkOf("web", "backend"), checkOf("cart", "payment")])).every((check) => check === undefined));
    assert.match((await api.kubectl(["get", "mhc", "-A"])).stderr, /No resources found/);
  });

  it("changes nothing through the HTTP API, and says what does", async () => {
    const refused = await controlPlane.api.ask("PUT", "/meshes/default/meshhealthchecks/x", { type: "MeshHealthCheck", mesh: "default", name: "x", spec: {} });
    assert.equal(refused.status, 405);
    assert.match(JSON.stringify(refused.body), /kubectl apply/);
  });

  it("gives a sidecar its bootstrap by its pod's token, and only its own", async () => {
    const reaching = ["--cp-address", `https://127.0.0.1:${controlPlane.xdsPort}`, "--ca-cert-file", controlPlane.caFile, "--readiness-listen", "127.0.0.1:0", "--envoy-path", binary];
    const own = new ProxyProcess({ args: ["--name", `payment.${demo}`, ...reaching, "--token-file", await controlPlane.tokenFileFor(`payment.${demo}`)] });
    closing.push(() => own.close());
    await waitUntil("its Envoy runs", () => own.logged("Envoy started"));
    const others = new ProxyProcess({ args: ["--name", `payment.${demo}`, ...reaching, "--token-file", await controlPlane.tokenFileFor(`web.${demo}`)] });
    closing.push(() => others.close());
    assert.equal(await others.ended, 77);
    assert.ok(others.output.tail().includes("not for this proxy"), others.output.tail());
  });
});

function withoutHttp(check: Json | undefined): Json {
  return Object.fromEntries(Object.entries(check ?? {}).filter(([field]) => field !== "http_health_check"));
}
