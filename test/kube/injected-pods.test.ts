import assert from "node:assert/strict";
import { injectPod } from "../../src/core/injection/inject-pod.ts";
import { defaultInjectionSettings, type InjectionSettings } from "../../src/core/injection/settings.ts";
import { readPodTemplate } from "../../src/core/probe/read-pod.ts";
import type { PodTemplate } from "../../src/core/probe/pod-spec.ts";
import type { ApiServer } from "../kit/kube/api-server.ts";
import { sharedApiServer } from "../kit/kube/start-api-server.ts";

const wanted = { "kuma.io/sidecar-injection": "enabled" };
const restrictedContext = {
  allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" },
};
const probes = {
  readinessProbe: { httpGet: { path: "/ready", port: "http" } },
  livenessProbe: { tcpSocket: { port: 8080 } },
  startupProbe: { grpc: { port: 9000 } },
  lifecycle: { preStop: { httpGet: { path: "/stop", port: 8080 } } },
};
const app = { name: "app", image: "app", ports: [{ name: "http", containerPort: 8080 }], securityContext: restrictedContext, ...probes };

interface Stored {
  readonly metadata: object;
  readonly spec: { readonly containers: readonly { readonly name: string }[]; readonly initContainers?: readonly { readonly name: string; readonly restartPolicy?: string }[] };
}

function podOf(annotations: Readonly<Record<string, string>> = {}, spec: object = {}): PodTemplate {
  return { apiVersion: "v1", kind: "Pod", metadata: { name: "web", annotations }, spec: { serviceAccountName: "default", containers: [app], ...spec } };
}

describe("what the injector makes of pods, before a real API server", () => {
  let api: ApiServer;
  let namespace: string;
  let restricted: string;
  before(async function () {
    api = await sharedApiServer(this);
    [namespace, restricted] = await Promise.all([api.createNamespace("injected"), api.createNamespace("restricted", { "pod-security.kubernetes.io/enforce": "restricted" })]);
  });

  function inject(pod: PodTemplate, settings: Partial<InjectionSettings> = {}): PodTemplate {
    const injection = injectPod(pod, { name: "shop", labels: wanted }, { ...defaultInjectionSettings, ...settings });
    assert.deepEqual([injection.outcome, injection.violations], ["injected", []]);
    return injection.pod;
  }

  /** Not stored; a field that Kubernetes does not know is an error. */
  async function tried(pod: unknown, where = namespace): Promise<{ readonly status: number; readonly body: unknown }> {
    return await api.request("POST", `/api/v1/namespaces/${where}/pods?dryRun=All&fieldValidation=Strict`, { body: pod as object });
  }

  const native = { "sidecar.istio.io/nativeSidecar": "true" };
  const variants: readonly (readonly [string, PodTemplate, Partial<InjectionSettings>?])[] = [
    ["a pod with probes and hooks of each sort", podOf()],
    ["one with a native sidecar", podOf(native)],
    ["one of a Job", podOf({}, { restartPolicy: "Never" })],
    ["one that waits for its sidecar", podOf({ "kuma.io/wait-for-dataplane-ready": "true" })],
    ["one that waits for a native sidecar without a startup probe", podOf(native), { startup: undefined, holdApplication: true }],
    ["one without redirection", podOf({ "kuma.io/transparent-proxying": "disabled" })],
    ["one without an agent that anybody knows", podOf({ "status.sidecar.istio.io/port": "0", "sidecar.istio.io/rewriteAppHTTPProbers": "false" })],
    ["one with volumes, init containers and secrets of its own", podOf({}, { volumes: [{ name: "v", emptyDir: {} }], initContainers: [{ name: "i", image: "i" }], imagePullSecrets: [{ name: "a" }] }), { imagePullSecrets: ["a", "b"] }],
    ["one that changes its sidecar", podOf({}, { containers: [app, { name: "istio-proxy", image: "auto", env: [{ name: "A", value: "1" }], resources: { limits: { cpu: "3" } }, volumeMounts: [{ name: "v", mountPath: "/v" }] }], volumes: [{ name: "v", emptyDir: {} }] })],
    ["one with all that settings and annotations can say", podOf({
      "sidecar.istio.io/proxyCPU": "1.5", "sidecar.istio.io/proxyMemoryLimit": "1Gi", "kuma.io/sidecar-env-vars": "A=1", "kuma.io/sidecar-proxy-concurrency": "2", "status.sidecar.istio.io/port": "16020",
      "traffic.kuma.io/exclude-inbound-ports": "9102", "kuma.io/init-first": "true", "prometheus.io/scrape": "true", "prometheus.io/port": "8080",
    }), { imagePullPolicy: "Always", caCertPem: "PEM", injectedAnnotations: { "example.com/x": "y" }, sidecarEnv: { B: "2" } }],
  ];
  for (const [name, pod, settings] of variants) {
    it(`is taken: ${name}; and asked again about what is stored then, it stays`, async () => {
      const { status, body } = await tried(inject(pod, settings));
      assert.equal(status, 201, JSON.stringify(body));
      const { metadata, spec } = body as Stored;
      const read = readPodTemplate({ metadata, spec });
      assert.ok(read.ok);
      assert.equal(inject(read.pod, settings), read.pod);
    });
  }

  it("passes the Pod Security Standard restricted without what redirects, and not with it, as its author is told", async () => {
    assert.equal((await tried(inject(podOf({ "kuma.io/transparent-proxying": "disabled" })), restricted)).status, 201);
    const { status, body } = await tried(inject(podOf()), restricted);
    assert.equal(status, 403);
    assert.match(JSON.stringify(body), /istio-init.*NET_ADMIN/);
    assert.doesNotMatch(JSON.stringify(body), /istio-proxy|probeplane-/);
  });
});
