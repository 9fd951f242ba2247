import assert from "node:assert/strict";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { makeTestCa } from "../kit/certificates.ts";
import { closeAfter } from "../kit/close-after.ts";
import type { ApiAnswer, ApiServer } from "../kit/kube/api-server.ts";
import { applyObject } from "../kit/kube/apply-objects.ts";
import { ClusterControlPlane } from "../kit/kube/control-plane.ts";
import { registerInjector } from "../kit/kube/injector.ts";
import { sharedApiServer } from "../kit/kube/start-api-server.ts";
import type { CommandResult } from "../kit/kube/tools.ts";
import { waitUntil } from "../kit/wait-until.ts";

interface Container {
  readonly name: string;
  readonly image: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly readinessProbe?: { readonly httpGet?: { readonly path?: string; readonly port: number } };
}

interface Pod {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly containers: readonly Container[]; readonly initContainers?: readonly Container[] };
}

const mark = "kuma.io/sidecar-injection";
const istioMark = "sidecar.istio.io/inject";
const probe = { httpGet: { path: "/healthz", port: 8080 } };

/** The service account is what the admission by that name would fill in, which the test's API server has not. */
function podObject(name: string, metadata: object = {}, spec: object = {}): object {
  return { apiVersion: "v1", kind: "Pod", metadata: { name, ...metadata }, spec: { serviceAccountName: "default", containers: [{ name: "app", image: "app", readinessProbe: probe }], ...spec } };
}

/** Names of all its containers, those that come first first. */
function containersOf(pod: Pod): readonly string[] {
  return [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map(({ name }) => name);
}

function hasSidecar(pod: Pod): boolean {
  return containersOf(pod).includes("istio-proxy");
}

function probersOf(pod: Pod): Readonly<Record<string, unknown>> {
  const text = pod.spec.containers.find(({ name }) => name === "istio-proxy")?.env?.find(({ name }) => name === "ISTIO_KUBE_APP_PROBERS")?.value;
  return JSON.parse(text ?? "{}") as Readonly<Record<string, unknown>>;
}

describe("pods, while the injector is there", () => {
  const closeLater = closeAfter();
  let api: ApiServer;
  let controlPlane: ClusterControlPlane;
  /** Namespaces: one that asks for sidecars, one that says nothing, one that asks by Istio's name, one that says no. */
  let mesh: string;
  let plain: string;
  let istio: string;
  let off: string;

  before(async function () {
    api = await sharedApiServer(this);
    await api.applyCrds();
    [mesh, plain, istio, off] = await Promise.all([
      api.createNamespace("mesh", { [mark]: "enabled" }), api.createNamespace("plain"), api.createNamespace("istio", { [istioMark]: "true" }), api.createNamespace("off", { [mark]: "disabled" }),
    ]);
    controlPlane = await ClusterControlPlane.create(api);
    const url = `https://127.0.0.1:${controlPlane.webhookPort}/inject`;
    closeLater(await registerInjector(api, { name: controlPlane.webhookConfiguration, url, namespaces: [mesh, plain, istio, off] }));
    closeLater(() => controlPlane.close());
    await controlPlane.start();
    await waitUntil("the API server asks the injector", async () => hasSidecar(await tried(podObject("probe"), mesh)));
  });

  async function post(pod: object, namespace: string, { dryRun = false } = {}): Promise<ApiAnswer> {
    return await api.request("POST", `/api/v1/namespaces/${namespace}/pods${dryRun ? "?dryRun=All" : ""}`, { body: pod });
  }

  async function stored(pod: object, namespace: string, options?: { readonly dryRun?: boolean }): Promise<Pod> {
    const { status, body } = await post(pod, namespace, options);
    assert.equal(status, 201, JSON.stringify(body));
    return body as Pod;
  }

  const tried = (pod: object, namespace: string): Promise<Pod> => stored(pod, namespace, { dryRun: true });
  const apply = (pod: object, namespace: string): Promise<CommandResult> => api.kubectl(["apply", "-f", "-"], { stdin: JSON.stringify(pod), namespace, mayFail: true });

  async function set(values: string): Promise<void> {
    await applyObject(api, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "istio-sidecar-injector", namespace: controlPlane.namespace }, data: { values } });
  }

  it("get a sidecar, the redirection, and probes that ask its agent, at one go", async () => {
    const pod = await stored(podObject("web"), mesh);
    assert.deepEqual([...containersOf(pod)].sort(), ["app", "istio-init", "istio-proxy"]);
    assert.equal(pod.metadata.annotations?.["kuma.io/sidecar-injected"], "true");
    assert.deepEqual(pod.spec.containers.find(({ name }) => name === "app")?.readinessProbe?.httpGet, { path: "/app-health/app/readyz", port: 15_020, scheme: "HTTP" });
    assert.deepEqual(probersOf(pod), { "/app-health/app/readyz": { httpGet: { ...probe.httpGet, scheme: "HTTP" }, timeoutSeconds: 1 } });
    const { env = [] } = pod.spec.containers.find(({ name }) => name === "istio-proxy")!;
    const said = JSON.stringify(env);
    assert.ok(said.includes(`https://probeplane.${controlPlane.namespace}.svc:${controlPlane.xdsPort}`), said);
    assert.ok(said.includes("BEGIN CERTIFICATE"), "the sidecar knows whom to trust");
  });

  it("have nothing done to them by a dry run that is not done by the real one", async () => {
    const dry = await tried(podObject("dry"), mesh);
    const { status } = await api.request("GET", `/api/v1/namespaces/${mesh}/pods/dry`);
    assert.equal(status, 404);
    const real = await stored(podObject("dry"), mesh);
    assert.deepEqual(dry.spec, real.spec);
  });

  for (const [title, where, metadata, spec, expected] of [
    ["say yes by label in a namespace that says nothing", "plain", { labels: { [mark]: "enabled" } }, {}, true],
    ["say yes by annotation, with Istio's name", "plain", { annotations: { [istioMark]: "true" } }, {}, true],
    ["say yes where their namespace says no", "off", { labels: { [istioMark]: "true" } }, {}, true],
    ["are of a namespace that asks with Istio's name", "istio", {}, {}, true],
    ["say no by label", "mesh", { labels: { [mark]: "disabled" } }, {}, false],
    ["say no by annotation", "mesh", { annotations: { [istioMark]: "False" } }, {}, false],
    ["say no by the label and yes by the annotation", "mesh", { labels: { [mark]: "disabled" }, annotations: { [mark]: "enabled" } }, {}, false],
    ["say something that means nothing", "mesh", { labels: { [mark]: "perhaps" } }, {}, true],
    ["say nothing in a namespace that says nothing", "plain", {}, {}, false],
    ["are on their node's network", "mesh", { labels: { [mark]: "enabled" } }, { hostNetwork: true }, false],
    ["are the control plane's own", "mesh", { labels: { "app.kubernetes.io/name": "probeplane" } }, {}, false],
  ] as const) {
    it(`${expected ? "get one" : "get none"} when they ${title}`, async () => {
      assert.equal(hasSidecar(await tried(podObject("one", metadata, spec), { mesh, plain, istio, off }[where])), expected);
    });
  }

  it("get one as soon as their namespace says so", async () => {
    for (const value of ["enabled", "disabled", "enabled"]) {
      await api.request("PATCH", `/api/v1/namespaces/${plain}`, { body: { metadata: { labels: { [mark]: value } } } });
      // The API server itself takes a moment to know whom to ask; from then on there is no doubt.
      await waitUntil(`pods of a namespace that is ${value}`, async () => hasSidecar(await tried(podObject("soon"), plain)) === (value === "enabled"));
    }
    await api.request("PATCH", `/api/v1/namespaces/${plain}`, { body: { metadata: { labels: { [mark]: null } } } });
  });

  it("are as they were when they come back as they are", async () => {
    const { metadata, spec } = await tried(podObject("again"), mesh);
    const again = await tried({ apiVersion: "v1", kind: "Pod", metadata: { name: "again", annotations: metadata.annotations }, spec }, mesh);
    assert.deepEqual(again.spec, spec);
  });

  it("that have a sidecar of Istio's are left alone, and their author is told", async () => {
    const annotations = { "sidecar.istio.io/status": JSON.stringify({ initContainers: null, containers: ["istio-proxy"], revision: "default" }) };
    const { status, stderr } = await apply(podObject("istio", { annotations }, { containers: [{ name: "app", image: "app", readinessProbe: probe }, { name: "istio-proxy", image: "istio/proxyv2" }] }), mesh);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /^Warning: .*Istio/m);
    const { body } = await api.request("GET", `/api/v1/namespaces/${mesh}/pods/istio`);
    assert.deepEqual(containersOf(body as Pod), ["app", "istio-proxy"]);
    assert.deepEqual((body as Pod).spec.containers[0]?.readinessProbe?.httpGet?.path, "/healthz");
  });

  it("that cannot be as their author wants them are refused, with each reason and its path", async () => {
    const { status, stderr } = await apply(podObject("zero", { annotations: { "status.sidecar.istio.io/port": "0", "sidecar.istio.io/rewriteAppHTTPProbers": "true" } }), mesh);
    assert.equal(status, 1);
    assert.match(stderr, /Pod "zero" is invalid: .*metadata\.annotations\["?status\.sidecar\.istio\.io\/port/s);
  });

  it("have the probes of a container looked after that another webhook adds later", async () => {
    const other = await serveContainerAdder();
    closeLater(() => other.server.close());
    const at = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
    const webhook = {
      name: "adds.example.com", admissionReviewVersions: ["v1"], clientConfig: { url: other.url, caBundle: Buffer.from(other.ca).toString("base64") }, sideEffects: "None",
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": mesh } }, rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
    };
    // After ours, as webhooks are asked in the order of their configurations' names.
    const name = `z-${mesh}`;
    await api.request("POST", at, { body: { metadata: { name }, webhooks: [webhook] } });
    try {
      const pod = await waitUntil("the other webhook is asked", async () => {
        const seen = await tried(podObject("both"), mesh);
        return containersOf(seen).includes("late") && seen;
      });
      assert.deepEqual([...containersOf(pod)].sort(), ["app", "istio-init", "istio-proxy", "late"]);
      assert.equal(pod.spec.containers.find(({ name: each }) => each === "late")?.readinessProbe?.httpGet?.path, "/app-health/late/readyz");
      assert.deepEqual(Object.keys(probersOf(pod)), ["/app-health/app/readyz", "/app-health/late/readyz"]);
    } finally {
      await api.request("DELETE", `${at}/${name}`);
    }
    await waitUntil("the other webhook is asked no more", async () => !containersOf(await tried(podObject("both"), mesh)).includes("late"));
  });

  it("follow the settings without a restart; a text that is not good changes nothing, and /ready says so", async () => {
    const rewritten = async (): Promise<boolean> => (await tried(podObject("set"), mesh)).spec.containers.find(({ name }) => name === "app")?.readinessProbe?.httpGet?.port === 15_020;
    const image = async (): Promise<string | undefined> => (await tried(podObject("set"), mesh)).spec.containers.find(({ name }) => name === "istio-proxy")?.image;
    const warnings = async (): Promise<readonly string[] | undefined> => {
      const { status, body } = await controlPlane.readiness();
      assert.equal(status, 200);
      return (JSON.parse(body) as { readonly warnings?: readonly string[] }).warnings;
    };
    await set('{"global": {"proxy": {"image": "example.com/sidecar:1"}}, "sidecarInjectorWebhook": {"rewriteAppHTTPProbe": false}}');
    await waitUntil("the setting holds", async () => !(await rewritten()));
    assert.equal(await image(), "example.com/sidecar:1");
    await set('{"sidecarInjectorWebhook": {"rewriteAppHTTPProbe": "perhaps"}}');
    const warned = await waitUntil("/ready warns", warnings);
    assert.match(warned.join(), /ConfigMap .*\/istio-sidecar-injector .*rewriteAppHTTPProbe.*the last good settings stay in force/);
    assert.deepEqual([await rewritten(), await image()], [false, "example.com/sidecar:1"]);
    await set("{}");
    await waitUntil("the settings are good again", async () => (await warnings()) === undefined);
    assert.equal(await rewritten(), true);
  });

  it("are counted", async () => {
    const metrics = await controlPlane.metrics();
    for (const outcome of ["injected", "left", "refused"]) assert.match(metrics, new RegExp(`probeplane_admission_answers_total\\{resource_type="Pod",outcome="${outcome}"\\} [1-9]`), outcome);
  });

  it("of the mesh wait for the control plane while it is away; those of others do not", async () => {
    await controlPlane.kill();
    const { status, stderr } = await apply(podObject("waits"), mesh);
    assert.equal(status, 1);
    assert.match(stderr, /failed calling webhook "namespaces\.inject\.kuma\.io"/);
    await stored(podObject("other"), plain);
    await stored(podObject("says-no", { labels: { [mark]: "disabled" } }), mesh);
    await stored(podObject("probeplane-1", { labels: { "app.kubernetes.io/name": "probeplane" } }), mesh);
    await controlPlane.start();
    await waitUntil("pods get sidecars again", async () => hasSidecar(await tried(podObject("waits"), mesh)));
  });
});

/** Another's webhook, which adds a container to each pod. */
async function serveContainerAdder(): Promise<{ readonly server: Server; readonly url: string; readonly ca: string }> {
  const ca = await makeTestCa("another's webhook");
  const server = createServer(await ca.issue("127.0.0.1"), (request, reply) => {
    let text = "";
    request.setEncoding("utf8").on("data", (part: string) => (text += part));
    request.on("end", () => {
      const { uid } = (JSON.parse(text) as { readonly request: { readonly uid: string } }).request;
      const patch = [{ op: "add", path: "/spec/containers/-", value: { name: "late", image: "late", readinessProbe: { httpGet: { path: "/", port: 9000 } } } }];
      const response = { uid, allowed: true, patchType: "JSONPatch", patch: Buffer.from(JSON.stringify(patch)).toString("base64") };
      reply.setHeader("content-type", "application/json").end(JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`, ca: ca.cert };
}
