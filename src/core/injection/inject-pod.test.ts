import assert from "node:assert/strict";
import { deepFreeze } from "../base/deep-freeze.ts";
import { sidecarOf } from "../kubernetes/sidecar-of.ts";
import type { ContainerSpec, PodTemplate } from "../probe/pod-spec.ts";
import { injectPod, type Injection, type InjectionNamespace } from "./inject-pod.ts";
import { defaultInjectionSettings, type InjectionSettings } from "./settings.ts";

const shop: InjectionNamespace = { name: "shop", labels: { "kuma.io/sidecar-injection": "enabled" } };
const app: ContainerSpec = { name: "web", image: "web:1", ports: [{ containerPort: 8080 }], readinessProbe: { httpGet: { path: "/ready", port: 8080 } } };

interface PodParts {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [member: string]: unknown;
}

/** A pod of one container; other members go into its spec. */
function podOf({ labels = {}, annotations, ...spec }: PodParts = {}): PodTemplate {
  return { metadata: { labels, ...(annotations === undefined ? {} : { annotations }) }, spec: { containers: [app], ...spec } };
}

function inject(pod: PodTemplate = podOf(), settings: Partial<InjectionSettings> = {}, namespace = shop): Injection {
  return injectPod(deepFreeze(pod), namespace, { ...defaultInjectionSettings, ...settings });
}

function injected(...given: Parameters<typeof inject>): Injection {
  const injection = inject(...given);
  assert.equal(injection.outcome, "injected", injection.violations.map(({ path, message }) => `${path}: ${message}`).join("; ") || injection.reason);
  return injection;
}

function namesIn({ pod }: Injection): { readonly containers: readonly string[]; readonly initContainers: readonly string[] } {
  const { containers = [], initContainers = [] } = pod.spec ?? {};
  return { containers: containers.map(({ name }) => name), initContainers: initContainers.map(({ name }) => name) };
}

function container({ pod }: Injection, name = "istio-proxy"): ContainerSpec {
  const found = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].find((each) => each.name === name);
  assert.ok(found, `no container ${name}`);
  return found;
}

function variable(injection: Injection, name: string): string | undefined {
  return container(injection).env?.find((each) => each.name === name)?.value;
}

function annotations({ pod }: Injection): Readonly<Record<string, string>> {
  return pod.metadata?.annotations ?? {};
}

describe("which pods get a sidecar", () => {
  const [kuma, istio] = ["kuma.io/sidecar-injection", "sidecar.istio.io/inject"];
  const plain: InjectionNamespace = { name: "plain" };
  const cases: readonly (readonly [string, PodTemplate, InjectionNamespace, Partial<InjectionSettings>, Injection["outcome"], RegExp?])[] = [
    ["nobody asks", podOf(), plain, {}, "left", /^neither the pod nor its namespace asks/],
    ["the namespace's label asks", podOf(), shop, {}, "injected"],
    ["the namespace's annotation asks, under Istio's name", podOf(), { name: "a", annotations: { [istio]: "true" } }, {}, "injected"],
    ["the pod's label asks", podOf({ labels: { [istio]: "true" } }), plain, {}, "injected"],
    ["the pod's annotation asks", podOf({ annotations: { [kuma]: "enabled" } }), plain, {}, "injected"],
    ["the pod's label says no, its namespace yes", podOf({ labels: { [istio]: "false" } }), shop, {}, "left", /label sidecar\.istio\.io\/inject says "false"/],
    ["label no, annotation yes", podOf({ labels: { [kuma]: "disabled" }, annotations: { [istio]: "true" } }), shop, {}, "left", /label kuma\.io\/sidecar-injection says "disabled"/],
    ["a word that is none: the namespace's holds", podOf({ labels: { [istio]: "maybe" } }), shop, {}, "injected"],
    ["nobody says a word, all get one by default", podOf(), plain, { enableNamespacesByDefault: true }, "injected"],
    ["the namespace says no, all get one by default", podOf(), { name: "a", labels: { [kuma]: "disabled" } }, { enableNamespacesByDefault: true }, "left"],
    ["on its node's network, whatever it says", podOf({ labels: { [kuma]: "enabled" }, hostNetwork: true }), shop, {}, "left", /node's network/],
    ["a namespace of Kubernetes' own, whatever it says", podOf({ labels: { [kuma]: "enabled" } }), { name: "kube-system" }, { enableNamespacesByDefault: true }, "left", /kube-system/],
    ["on Windows", podOf({ os: { name: "windows" } }), shop, {}, "left", /Windows/],
  ];
  for (const [name, pod, namespace, settings, outcome, reason] of cases) {
    it(`${name}: ${outcome}`, () => {
      const injection = inject(pod, settings, namespace);
      assert.equal(injection.outcome, outcome);
      if (outcome === "left") assert.equal(injection.pod, pod);
      if (reason !== undefined) assert.match(injection.reason ?? "", reason);
    });
  }

  it("tells of words that count for nothing", () => {
    assert.match(inject(podOf({ labels: { [istio]: "maybe" } }), {}, plain).warnings.join("\n"), /^metadata\.labels\["sidecar\.istio\.io\/inject"\]: is "maybe", which is neither yes nor no/);
    assert.match(inject(podOf({ labels: { [kuma]: "enabled" }, annotations: { [istio]: "false" } })).warnings.join("\n"), /annotations\["sidecar\.istio\.io\/inject"\]: is "false"; the label kuma\.io\/sidecar-injection counts more/);
  });

  const istioStatus = { "sidecar.istio.io/status": `{"initContainers":["istio-init"],"containers":["istio-proxy"],"revision":"default"}` };
  const others: readonly (readonly [string, PodTemplate, RegExp])[] = [
    ["Istio's", podOf({ annotations: istioStatus, containers: [app, { name: "istio-proxy", image: "proxyv2" }] }), /has a sidecar of Istio's already/],
    ["one whose status nobody can read", podOf({ annotations: { "sidecar.istio.io/status": "?" } }), /has a sidecar of Istio's already/],
    ["Kuma's", podOf({ annotations: { "kuma.io/sidecar-injected": "true" } }), /has a sidecar of Kuma's already/],
    ["Kuma's, by its container", podOf({ containers: [app, { name: "kuma-sidecar", image: "kuma-dp" }] }), /has a sidecar of Kuma's already/],
    ["one that somebody wrote", podOf({ containers: [app, { name: "istio-proxy", image: "envoy:1" }] }), /has a container istio-proxy, a sidecar that somebody wrote/],
  ];
  for (const [name, pod, reason] of others) {
    it(`leaves a pod alone that has another sidecar, and warns: ${name}`, () => {
      const injection = inject(pod);
      assert.equal(injection.outcome, "left");
      assert.equal(injection.pod, pod);
      assert.match(injection.reason ?? "", reason);
      assert.match(injection.warnings.join("\n"), reason);
    });
  }
});

describe("what a pod gets", () => {
  it("is a sidecar that is last, an init container that redirects, their volumes, and marks by which everybody knows", () => {
    const injection = injected();
    assert.deepEqual(namesIn(injection), { containers: ["web", "istio-proxy"], initContainers: ["istio-init"] });
    assert.deepEqual(injection.warnings, []);
    assert.deepEqual(container(injection).args, ["agent"]);
    assert.deepEqual(container(injection, "istio-init").args, ["redirect"]);
    assert.equal(sidecarOf(injection.pod), "ours");
    assert.equal(annotations(injection)["kuma.io/sidecar-injected"], "true");
    assert.deepEqual(JSON.parse(annotations(injection)["sidecar.istio.io/status"] ?? ""), {
      initContainers: ["istio-init"], containers: ["istio-proxy"], volumes: ["probeplane-token", "probeplane-run", "probeplane-tmp"], imagePullSecrets: null, revision: "probeplane",
    });
    const volumes = injection.pod.spec?.volumes ?? [];
    assert.deepEqual(volumes.map(({ name }) => name), container(injection).volumeMounts?.map(({ name }) => name));
    assert.deepEqual(volumes[0]?.["projected"], { sources: [{ serviceAccountToken: { audience: "probeplane", expirationSeconds: 3600, path: "token" } }] });
  });

  it("takes the Pod Security Standard restricted but for what redirects", () => {
    const [sidecar, init] = ["istio-proxy", "istio-init"].map((name) => container(injected(), name)["securityContext"]);
    assert.deepEqual(sidecar, {
      allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, privileged: false, readOnlyRootFilesystem: true,
      runAsGroup: 1337, runAsNonRoot: true, runAsUser: 1337, seccompProfile: { type: "RuntimeDefault" },
    });
    assert.deepEqual((init as { readonly capabilities: unknown }).capabilities, { add: ["NET_ADMIN", "NET_RAW"], drop: ["ALL"] });
    const restricted = { ...shop, labels: { ...shop.labels, "pod-security.kubernetes.io/enforce": "restricted" } };
    assert.match(inject(podOf(), {}, restricted).warnings.join("\n"), /enforces the Pod Security Standard restricted, which does not allow NET_ADMIN of istio-init/);
    assert.deepEqual(inject(podOf({ annotations: { "kuma.io/transparent-proxying": "disabled" } }), {}, restricted).warnings, []);
  });

  it("has its probes rewritten, and the agent is told what they were", () => {
    const injection = injected();
    assert.deepEqual(container(injection, "web").readinessProbe, { httpGet: { path: "/app-health/web/readyz", port: 15020 } });
    assert.equal(variable(injection, "ISTIO_KUBE_APP_PROBERS"), `{"/app-health/web/readyz":{"httpGet":{"path":"/ready","port":8080}}}`);
    const off = injected(podOf(), { rewriteAppHTTPProbe: false });
    assert.deepEqual([container(off, "web"), variable(off, "ISTIO_KUBE_APP_PROBERS")], [app, undefined]);
    const asked = injected(podOf({ annotations: { "sidecar.istio.io/rewriteAppHTTPProbers": "true" } }), { rewriteAppHTTPProbe: false });
    assert.equal(container(asked, "web").readinessProbe?.httpGet?.port, 15020);
  });

  it("tells the agent where to ask, whose the pod is, and by what", () => {
    const injection = injected(podOf({ labels: { "kuma.io/mesh": "blue" } }), { controlPlaneUrl: "https://cp:5678", caCertPem: "PEM", logLevel: "info", concurrency: 2 });
    const own = Object.fromEntries((container(injection).env ?? []).flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
    assert.deepEqual(own, {
      PROBEPLANE_MESH: "blue", PROBEPLANE_CP_ADDRESS: "https://cp:5678", PROBEPLANE_CA_CERT: "PEM", PROBEPLANE_TOKEN_FILE: "/var/run/secrets/probeplane/token",
      PROBEPLANE_WORK_DIR: "/var/run/probeplane", PROBEPLANE_STATUS_PORT: "15020", PROBEPLANE_ENVOY_LOG_LEVEL: "info", PROBEPLANE_CONCURRENCY: "2",
      PROBEPLANE_DRAIN_TIME: "25s", PROBEPLANE_MINIMUM_DRAIN_TIME: "5s", PROBEPLANE_LISTENER_DRAIN_TIME: "45s", ISTIO_KUBE_APP_PROBERS: variable(injection, "ISTIO_KUBE_APP_PROBERS") ?? "",
    });
    const fields = (container(injection).env ?? []).flatMap(({ name, valueFrom }) => (valueFrom === undefined ? [] : [[name, JSON.stringify(valueFrom)]]));
    assert.match(JSON.stringify(fields), /POD_NAME.*metadata\.name.*POD_NAMESPACE.*metadata\.namespace.*INSTANCE_IP.*status\.podIP.*INSTANCE_IPS.*status\.podIPs.*limits\.cpu/);
    assert.equal(variable(injected(podOf(), {}, { ...shop, labels: { ...shop.labels, "kuma.io/mesh": "green" } }), "PROBEPLANE_MESH"), "green");
    assert.equal(container(injected(podOf(), { resources: {} })).env?.some(({ name }) => name === "PROBEPLANE_CPU_LIMIT"), false);
  });

  it("keeps the mesh that it was put into, whatever its namespace says later", () => {
    assert.equal(annotations(injected(podOf(), {}, { ...shop, labels: { ...shop.labels, "kuma.io/mesh": "green" } }))["kuma.io/mesh"], "green");
    assert.equal(annotations(injected(podOf({ labels: { "kuma.io/mesh": "blue" } })))["kuma.io/mesh"], undefined);
  });

  it("has time to end once it has drained, before the kubelet kills it", () => {
    const drain = (spec: PodParts, drainTime = "30s") => variable(injected(podOf(spec), { drainTime }), "PROBEPLANE_DRAIN_TIME");
    assert.deepEqual([drain({}), drain({ terminationGracePeriodSeconds: 60 }), drain({ terminationGracePeriodSeconds: 3 }), drain({}, "10s")], ["25s", "30s", "0s", "10s"]);
    assert.equal(drain({ annotations: { "kuma.io/sidecar-drain-time": "1m30s" }, terminationGracePeriodSeconds: 120 }), "1m30s");
  });

  it("is of the settings' names, image, resources and secrets", () => {
    const settings = { sidecarName: "mesh-proxy", initName: "redirect", image: "r/sidecar:2", initImage: "r/init:2", imagePullPolicy: "Always", imagePullSecrets: ["a", "b"], resources: { limits: { cpu: "1" } }, injectedAnnotations: { x: "1", y: "2" } } as const;
    const injection = injected(podOf({ imagePullSecrets: [{ name: "b" }, { name: "c" }], annotations: { y: "own" } }), settings);
    assert.deepEqual(namesIn(injection), { containers: ["web", "mesh-proxy"], initContainers: ["redirect"] });
    const { image, imagePullPolicy, resources } = container(injection, "mesh-proxy");
    assert.deepEqual({ image, imagePullPolicy, resources }, { image: "r/sidecar:2", imagePullPolicy: "Always", resources: { limits: { cpu: "1" } } });
    assert.equal(container(injection, "redirect").image, "r/init:2");
    assert.deepEqual(injection.pod.spec?.["imagePullSecrets"], [{ name: "b" }, { name: "c" }, { name: "a" }]);
    assert.deepEqual([annotations(injection)["x"], annotations(injection)["y"]], ["1", "own"]);
    assert.equal(sidecarOf(injection.pod), "ours");
    const again = inject(injection.pod);
    assert.deepEqual([again.outcome, again.pod === injection.pod], ["injected", true], "names that were set are known by the mark");
  });

  it("keeps what it has that nobody here knows", () => {
    const pod = podOf({ tolerations: [{ key: "x" }], volumes: [{ name: "own", emptyDir: {} }], initContainers: [{ name: "migrate", image: "m" }] });
    const injection = injected(pod);
    const { volumes = [], ...spec } = injection.pod.spec ?? {};
    assert.equal(volumes[0]?.name, "own");
    assert.deepEqual(spec["tolerations"], [{ key: "x" }]);
    assert.deepEqual(container(injection, "migrate"), { name: "migrate", image: "m" });
  });
});

describe("the order of containers", () => {
  const migrating = { initContainers: [{ name: "migrate", image: "m" }] };
  const order = (spec: PodParts, settings: Partial<InjectionSettings> = {}) => {
    const { containers, initContainers } = namesIn(injected(podOf({ ...migrating, ...spec }), settings));
    return `${initContainers.join(" ")} | ${containers.join(" ")}`;
  };
  it("redirects last, as init containers could call nobody after it", () => assert.equal(order({}), "migrate istio-init | web istio-proxy"));
  it("redirects first on demand", () => assert.equal(order({ annotations: { "kuma.io/init-first": "true" } }), "istio-init migrate | web istio-proxy"));
  it("has a native sidecar before all but the redirection", () => assert.equal(order({}, { native: true }), "istio-init istio-proxy migrate | web"));
  it("has a native sidecar by annotation, and not by annotation", () => {
    assert.equal(order({ annotations: { "sidecar.istio.io/nativeSidecar": "true" } }), "istio-init istio-proxy migrate | web");
    assert.equal(order({ annotations: { "sidecar.istio.io/nativeSidecar": "false" } }, { native: true }), "migrate istio-init | web istio-proxy");
  });
  it("has a native sidecar in what is to end, so that it does", () => assert.equal(order({ restartPolicy: "Never" }), "istio-init istio-proxy migrate | web"));
  it("starts the sidecar first where the app waits for it", () => {
    assert.equal(order({ annotations: { "kuma.io/wait-for-dataplane-ready": "true" } }), "migrate istio-init | istio-proxy web");
    const held = container(injected(podOf({ annotations: { "proxy.istio.io/config": "holdApplicationUntilProxyStarts: true" } })));
    assert.deepEqual(held.lifecycle?.postStart, { exec: { command: ["probeplane", "agent", "wait"] } });
  });
  it("names the app as the container that kubectl means", () => {
    assert.equal(annotations(injected(podOf(), { holdApplication: true }))["kubectl.kubernetes.io/default-container"], "web");
    assert.equal(annotations(injected(podOf({ annotations: { "kubectl.kubernetes.io/default-container": "other" } })))["kubectl.kubernetes.io/default-container"], "other");
  });
  it("has a native sidecar go on as an init container that is restarted, waited for by the kubelet, and told to drain while the app ends", () => {
    const sidecar = container(injected(podOf(), { native: true, holdApplication: true }));
    assert.deepEqual([sidecar.restartPolicy, sidecar.startupProbe?.httpGet], ["Always", { path: "/healthz/ready", port: 15021 }]);
    assert.deepEqual(sidecar.lifecycle, { preStop: { exec: { command: ["probeplane", "agent", "drain"] } } });
  });
});
