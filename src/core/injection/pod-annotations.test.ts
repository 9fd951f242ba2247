import assert from "node:assert/strict";
import type { ContainerSpec, PodTemplate } from "../probe/pod-spec.ts";
import { injectPod, type Injection } from "./inject-pod.ts";
import { defaultInjectionSettings, type InjectionSettings } from "./settings.ts";

const shop = { name: "shop", labels: { "kuma.io/sidecar-injection": "enabled" } };

function inject(annotations: Readonly<Record<string, string>>, settings: Partial<InjectionSettings> = {}, spec: PodTemplate["spec"] = {}): Injection {
  return injectPod({ metadata: { annotations }, spec: { containers: [{ name: "web", image: "web" }], ...spec } }, shop, { ...defaultInjectionSettings, ...settings });
}

function sidecar({ pod, violations }: Injection, name = "istio-proxy"): ContainerSpec {
  const found = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].find((container) => container.name === name);
  assert.ok(found, violations.map(({ message }) => message).join("; "));
  return found;
}

function variable(injection: Injection, name: string): string | undefined {
  return sidecar(injection).env?.find((each) => each.name === name)?.value;
}

function flags(injection: Injection): string {
  return (sidecar(injection, "istio-init").args ?? []).slice(1).join(" ");
}

describe("annotations of a pod", () => {
  it("say of the sidecar which image, which resources, how much it logs, with how many threads", () => {
    const injection = inject({
      "sidecar.istio.io/proxyImage": "r/own:3", "sidecar.istio.io/proxyCPU": "50m", "sidecar.istio.io/proxyMemoryLimit": "1Gi", "sidecar.istio.io/logLevel": "Debug",
      "kuma.io/envoy-component-log-level": "http:warn, upstream:trace", "kuma.io/sidecar-proxy-concurrency": "0", "kuma.io/sidecar-env-vars": "A=1;B=x=y",
    }, { initImage: "r/init:1" });
    assert.deepEqual([sidecar(injection).image, sidecar(injection, "istio-init").image], ["r/own:3", "r/own:3"]);
    assert.deepEqual(sidecar(injection)["resources"], { requests: { cpu: "50m" }, limits: { memory: "1Gi" } });
    const variables = ["PROBEPLANE_ENVOY_LOG_LEVEL", "PROBEPLANE_ENVOY_COMPONENT_LOG_LEVEL", "PROBEPLANE_CONCURRENCY", "A", "B"];
    assert.deepEqual(variables.map((name) => variable(injection, name)), ["debug", "http:warning,upstream:trace", "0", "1", "x=y"]);
    assert.deepEqual(injection.warnings, []);
  });

  it("say of its own probes how they are done", () => {
    const of = "readiness.status.sidecar.istio.io";
    const injection = inject({ [`${of}/initialDelaySeconds`]: "1", [`${of}/periodSeconds`]: "2", [`${of}/failureThreshold`]: "30" });
    assert.deepEqual(sidecar(injection).readinessProbe, { httpGet: { path: "/healthz/ready", port: 15021 }, initialDelaySeconds: 1, periodSeconds: 2, timeoutSeconds: 3, failureThreshold: 30 });
    assert.deepEqual(sidecar(injection).startupProbe, { httpGet: { path: "/healthz/ready", port: 15021 }, initialDelaySeconds: 0, periodSeconds: 1, timeoutSeconds: 3, failureThreshold: 600 });
    assert.equal(sidecar(inject({}, { startup: undefined })).startupProbe, undefined);
  });

  it("say where the agent listens, which is then not redirected either", () => {
    const injection = inject({ "status.sidecar.istio.io/port": "16020" });
    assert.deepEqual([variable(injection, "PROBEPLANE_STATUS_PORT"), flags(injection)], ["16020", "--status-port=16020"]);
    assert.deepEqual(sidecar(injection).ports?.map(({ containerPort }) => containerPort), [16020, 15021, 15090]);
    const none = inject({ "status.sidecar.istio.io/port": "0" });
    assert.deepEqual([sidecar(none).readinessProbe, sidecar(none).startupProbe, variable(none, "PROBEPLANE_STATUS_PORT"), flags(none)], [undefined, undefined, "0", ""]);
  });

  const redirections: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
    [{ "traffic.kuma.io/exclude-inbound-ports": "9102,8000-8010" }, "--exclude-inbound-ports=8000-8010,9102"],
    [{ "traffic.kuma.io/exclude-inbound-ports": "9102", "traffic.sidecar.istio.io/excludeInboundPorts": "9103,1" }, "--exclude-inbound-ports=1,9102-9103"],
    [{ "traffic.sidecar.istio.io/includeInboundPorts": "8080" }, "--include-inbound-ports=8080"],
    [{ "traffic.sidecar.istio.io/includeInboundPorts": "" }, "--include-inbound-ports="],
    [{ "traffic.sidecar.istio.io/includeInboundPorts": "*" }, ""],
    [{ "traffic.sidecar.istio.io/excludeOutboundPorts": "5432" }, "--exclude-outbound-ports=5432"],
    [{ "traffic.kuma.io/exclude-outbound-ports": "5432", "traffic.kuma.io/exclude-outbound-ips": "10.1.0.0/16,fd00::/8" }, "--exclude-outbound-ports=5432 --exclude-outbound-cidrs=10.1.0.0/16,fd00::/8"],
    [{ "traffic.sidecar.istio.io/includeOutboundIPRanges": "10.0.0.0/8", "traffic.sidecar.istio.io/includeOutboundPorts": "443" }, "--include-outbound-cidrs=10.0.0.0/8 --include-outbound-ports=443"],
    [{ "traffic.sidecar.istio.io/excludeOutboundIPRanges": "1.2.3.4" }, "--exclude-outbound-cidrs=1.2.3.4/32"],
    [{ "kuma.io/transparent-proxying-inbound-port": "16006", "kuma.io/transparent-proxying-outbound-port": "16001", "kuma.io/transparent-proxying-ip-family-mode": "ipv4" }, "--inbound-port=16006 --outbound-port=16001 --ip-family-mode=ipv4"],
    [{ "kuma.io/gateway": "enabled" }, "--include-inbound-ports="],
  ];
  for (const [annotations, wanted] of redirections) {
    it(`say what is redirected: ${JSON.stringify(annotations)}`, () => {
      const injection = inject(annotations);
      assert.equal(flags(injection), wanted);
      assert.deepEqual(injection.warnings, []);
    });
  }

  it("say what is excluded in place of what is excluded for all", () => {
    const settings = { redirect: { ...defaultInjectionSettings.redirect, excludeInboundPorts: [{ from: 7, to: 7 }] } };
    assert.equal(flags(inject({}, settings)), "--exclude-inbound-ports=7");
    assert.equal(flags(inject({ "traffic.kuma.io/exclude-inbound-ports": "9102" }, settings)), "--exclude-inbound-ports=9102");
    assert.equal(flags(inject({ "traffic.kuma.io/exclude-inbound-ports": "" }, settings)), "");
  });

  it("say that nothing is redirected, so that the control plane knows too", () => {
    for (const annotations of [{ "kuma.io/transparent-proxying": "disabled" }, { "sidecar.istio.io/interceptionMode": "NONE" }]) {
      const { pod } = inject(annotations);
      assert.equal(pod.spec?.initContainers, undefined);
      assert.equal(pod.metadata?.annotations?.["kuma.io/transparent-proxying"], "disabled");
    }
    const { inboundPort } = { inboundPort: 16_006 };
    const elsewhere = inject({}, { redirect: { ...defaultInjectionSettings.redirect, inboundPort } });
    assert.equal(elsewhere.pod.metadata?.annotations?.["kuma.io/transparent-proxying-inbound-port"], "16006");
  });

  it("send Prometheus to the agent, who is told where the app has metrics", () => {
    const merged = inject({ "prometheus.io/scrape": "true", "prometheus.io/port": "8080", "prometheus.io/path": "/m" });
    assert.equal(variable(merged, "ISTIO_PROMETHEUS_ANNOTATIONS"), `{"scrape":"true","path":"/m","port":"8080"}`);
    const shown = (injection: Injection) => ["scrape", "port", "path"].map((name) => injection.pod.metadata?.annotations?.[`prometheus.io/${name}`]);
    assert.deepEqual(shown(merged), ["true", "15020", "/stats/prometheus"]);
    assert.deepEqual(shown(inject({})), ["true", "15020", "/stats/prometheus"]);
    assert.equal(variable(inject({}), "ISTIO_PROMETHEUS_ANNOTATIONS"), undefined);
    assert.deepEqual(shown(inject({ "prometheus.io/scrape": "false" })), ["false", undefined, undefined]);
    assert.deepEqual(shown(inject({ "prometheus.io/port": "8080", "prometheus.istio.io/merge-metrics": "false" })), [undefined, "8080", undefined]);
    assert.deepEqual(shown(inject({}, { mergeMetrics: false })), [undefined, undefined, undefined]);
    const own = inject({ "prometheus.io/scrape": "true", "prometheus.io/port": "15090" });
    assert.deepEqual(shown(own), ["true", "15090", undefined]);
    assert.match(own.warnings.join("\n"), /port 15090 is the sidecar's own/);
  });

  it("read Istio's proxy.istio.io/config, and warn of what it means nothing of", () => {
    const config = "concurrency: 3\nterminationDrainDuration: 7s\nstatusPort: 16020\nproxyMetadata: {X: '1'}\ntracing: {sampling: 1}\n";
    const injection = inject({ "proxy.istio.io/config": config, "kuma.io/sidecar-proxy-concurrency": "1" });
    const variables = ["PROBEPLANE_CONCURRENCY", "PROBEPLANE_DRAIN_TIME", "PROBEPLANE_STATUS_PORT", "X"];
    assert.deepEqual(variables.map((name) => variable(injection, name)), ["1", "7s", "16020", "1"]);
    assert.deepEqual(injection.warnings, [`metadata.annotations["proxy.istio.io/config"]: tracing: unknown field, ignored`]);
  });

  it("say which ports are not redirected, so that the control plane knows too", () => {
    const marked = (annotations: Readonly<Record<string, string>>, redirect: Partial<InjectionSettings["redirect"]>) => {
      const found = inject(annotations, { redirect: { ...defaultInjectionSettings.redirect, ...redirect } }).pod.metadata?.annotations ?? {};
      return [found["traffic.kuma.io/exclude-inbound-ports"], found["traffic.sidecar.istio.io/includeInboundPorts"]];
    };
    const seven = [{ from: 7, to: 9 }];
    assert.deepEqual(marked({}, { excludeInboundPorts: seven }), ["7-9", undefined]);
    assert.deepEqual(marked({}, { includeInboundPorts: seven }), [undefined, "7-9"]);
    assert.deepEqual(marked({}, { includeInboundPorts: [] }), [undefined, ""]);
    assert.deepEqual(marked({ "traffic.sidecar.istio.io/excludeInboundPorts": "1" }, { excludeInboundPorts: seven }), [undefined, undefined]);
    assert.deepEqual(marked({ "kuma.io/gateway": "enabled" }, {}), [undefined, undefined]);
  });

  it("say that the app listens on localhost, where the agent asks it then", () => {
    assert.equal(variable(inject({ "probeplane.io/app-address": "8080=127.0.0.1" }), "PROBEPLANE_APP_ADDRESS"), "8080=127.0.0.1");
    assert.equal(variable(inject({}), "PROBEPLANE_APP_ADDRESS"), undefined);
    const { outcome, violations } = inject({ "probeplane.io/app-address": "10.0.0.1" });
    assert.equal(outcome, "refused");
    assert.match(violations[0]?.message ?? "", /^must be 127\.0\.0\.1 or ::1/);
  });

  it("warn of what means nothing, and of what is near", () => {
    const { warnings, outcome } = inject({
      "sidecar.istio.io/rewriteAppHTTPProber": "true", "sidecar.istio.io/userVolume": "[]", "traffic.kuma.io/drop-invalid-packets": "true", "example.com/kuma.io": "x",
      "sidecar.istio.io/interceptionMode": "TPROXY", "sidecar.istio.io/nativeSidecar": "perhaps", "kuma.io/envoy-log-level": "info", "sidecar.istio.io/logLevel": "debug",
    });
    assert.equal(outcome, "injected");
    assert.deepEqual(warnings.map((warning) => warning.replace(/^metadata\.annotations/, "")), [
      `["sidecar.istio.io/rewriteAppHTTPProber"]: means nothing here; did you mean sidecar.istio.io/rewriteAppHTTPProbers?`,
      `["sidecar.istio.io/userVolume"]: means nothing here`,
      `["traffic.kuma.io/drop-invalid-packets"]: means nothing here`,
      `["sidecar.istio.io/logLevel"]: is "debug", and kuma.io/envoy-log-level, which counts more, is "info"`,
      `["sidecar.istio.io/nativeSidecar"]: must be true or false, and is "perhaps"; it counts for nothing`,
      `["sidecar.istio.io/interceptionMode"]: "TPROXY" is not known here; connections are redirected as with REDIRECT`,
    ]);
  });

  it("mean nothing as labels, but for those that may be labels too; that is told", () => {
    const labels = { "sidecar.istio.io/rewriteAppHTTPProbers": "false", "kuma.io/transparent-proxying": "disabled" };
    const { pod, warnings } = injectPod({ metadata: { labels }, spec: { containers: [{ name: "web", image: "web" }] } }, shop, defaultInjectionSettings);
    assert.deepEqual(warnings, [`metadata.labels["sidecar.istio.io/rewriteAppHTTPProbers"]: means nothing as a label; it has to be an annotation`]);
    assert.equal(pod.spec?.initContainers, undefined);
  });

  it("are refused, all at once, where the sidecar could not run with them", () => {
    const injection = inject({
      "status.sidecar.istio.io/port": "x", "sidecar.istio.io/proxyCPU": "lots", "traffic.kuma.io/exclude-inbound-ports": "1-0,http", "sidecar.istio.io/logLevel": "loud",
      "proxy.istio.io/config": "concurrency: [", "kuma.io/sidecar-env-vars": "A", "kuma.io/sidecar-drain-time": "soon", "kuma.io/transparent-proxying-ip-family-mode": "ipv5",
      "kuma.io/envoy-component-log-level": "http", "traffic.sidecar.istio.io/excludeOutboundIPRanges": "10.0.0.0/33", "sidecar.istio.io/proxyImage": "a b",
    });
    assert.equal(injection.outcome, "refused");
    assert.equal(injection.pod.spec?.containers?.length, 1);
    const paths = injection.violations.map(({ path }) => path.replace(/^metadata\.annotations\["(.*)"\]$/, "$1")).sort();
    assert.deepEqual(paths, [
      "kuma.io/envoy-component-log-level", "kuma.io/sidecar-drain-time", "kuma.io/sidecar-env-vars", "kuma.io/transparent-proxying-ip-family-mode", "proxy.istio.io/config",
      "sidecar.istio.io/logLevel", "sidecar.istio.io/proxyCPU", "sidecar.istio.io/proxyImage", "status.sidecar.istio.io/port", "traffic.kuma.io/exclude-inbound-ports", "traffic.sidecar.istio.io/excludeOutboundIPRanges",
    ]);
  });

  it("are refused where two parts of the sidecar would listen on one port", () => {
    for (const annotations of [{ "status.sidecar.istio.io/port": "15021" }, { "kuma.io/transparent-proxying-inbound-port": "15001" }]) assert.equal(inject(annotations).outcome, "refused");
  });

  it("that say nothing new of the redirection are told of", () => {
    assert.match(inject({ "traffic.sidecar.istio.io/includeOutboundPorts": "443" }).warnings.join("\n"), /^redirection: --include-outbound-ports changes nothing/);
  });
});

describe("a pod that does not go with a sidecar", () => {
  it("is told of ports and of a user that are the sidecar's", () => {
    const web = { name: "web", image: "web", ports: [{ containerPort: 15021 }], securityContext: { runAsUser: 1337 } };
    assert.deepEqual(inject({}, {}, { containers: [web] }).warnings, [
      "spec.containers[0].ports[0].containerPort: the sidecar listens on 15021 too; web or the sidecar will not start",
      "spec.containers[0].securityContext.runAsUser: 1337 is the sidecar's own; connections of web go past the sidecar",
    ]);
    assert.match(inject({}, {}, { securityContext: { runAsGroup: 1337 } }).warnings.join("\n"), /runAsGroup: 1337/);
  });

  it("is refused where something of its own is called as what is put in", () => {
    const { outcome, violations } = inject({}, {}, { initContainers: [{ name: "istio-init" }], volumes: [{ name: "probeplane-tmp" }] });
    assert.deepEqual([outcome, violations.map(({ path }) => path)], ["refused", ["spec.initContainers[0].name", "spec.volumes[0].name"]]);
  });
});

describe("a container istio-proxy with the image auto", () => {
  it("changes the sidecar, as in Istio, and is not there twice", () => {
    const own = {
      name: "istio-proxy", image: "auto", env: [{ name: "MINE", value: "1" }, { name: "PROBEPLANE_CP_ADDRESS", value: "https://other:1" }], volumeMounts: [{ name: "certs", mountPath: "/certs" }],
      resources: { requests: { cpu: "1" } }, securityContext: { runAsUser: 1500 }, lifecycle: { preStop: { sleep: { seconds: 3 } } },
    };
    const injection = inject({}, {}, { containers: [own, { name: "web", image: "web" }] });
    assert.deepEqual(injection.pod.spec?.containers?.map(({ name }) => name), ["web", "istio-proxy"]);
    const made = sidecar(injection);
    assert.equal(made.image, defaultInjectionSettings.image);
    assert.deepEqual([variable(injection, "MINE"), variable(injection, "PROBEPLANE_CP_ADDRESS"), variable(injection, "PROBEPLANE_MESH")], ["1", "https://other:1", "default"]);
    assert.deepEqual(made.volumeMounts?.map(({ mountPath }) => mountPath), ["/var/run/secrets/probeplane", "/var/run/probeplane", "/tmp", "/certs"]);
    assert.deepEqual((made["resources"] as { readonly requests: unknown }).requests, { cpu: "1", memory: "128Mi" });
    assert.deepEqual([made.lifecycle, (made["securityContext"] as { readonly runAsUser: number }).runAsUser, flags(injection)], [own.lifecycle, 1500, "--proxy-uid=1500"]);
  });

  it("becomes a native sidecar like any other", () => {
    const injection = inject({ "sidecar.istio.io/nativeSidecar": "true" }, {}, { containers: [{ name: "istio-proxy", image: "auto" }, { name: "web" }] });
    assert.deepEqual([injection.pod.spec?.containers, injection.pod.spec?.initContainers].map((list) => list?.map(({ name }) => name)), [["web"], ["istio-init", "istio-proxy"]]);
  });
});
