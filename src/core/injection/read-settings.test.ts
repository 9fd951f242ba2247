import assert from "node:assert/strict";
import { readInjectionSettings } from "./read-settings.ts";
import { defaultInjectionSettings, type InjectionSettings } from "./settings.ts";

const base: InjectionSettings = { ...defaultInjectionSettings, image: "r/probeplane-sidecar:0.1.0", controlPlaneUrl: "https://cp:5678", caCertPem: "PEM" };

function read(values: object | string): InjectionSettings {
  const result = readInjectionSettings(typeof values === "string" ? values : JSON.stringify(values), base);
  assert.ok(result.ok, JSON.stringify(result));
  assert.deepEqual(result.warnings, []);
  return result.settings;
}

describe("the settings of the injector", () => {
  it("are what the control plane knows where nothing is said", () => {
    for (const nothing of ["", "{}", "null", '{"global": {}}', '{"global": {"proxy": null}}']) assert.deepEqual(read(nothing), base);
  });

  it("are Istio's values, JSON or YAML", () => {
    const settings = read({
      global: {
        imagePullPolicy: "Always",
        imagePullSecrets: ["regcred"],
        proxy: {
          image: "r/own:1", resources: { requests: { cpu: 1, memory: "1Gi" } }, logLevel: "warn", componentLogLevel: "http:debug", statusPort: 16020, holdApplicationUntilProxyStarts: true,
          readinessInitialDelaySeconds: 1, readinessPeriodSeconds: 2, readinessFailureThreshold: 3, startupProbe: { enabled: true, failureThreshold: 4 },
          includeInboundPorts: "*", excludeInboundPorts: "9102", includeIPRanges: "10.0.0.0/8", excludeIPRanges: "10.1.0.0/16", includeOutboundPorts: "443", excludeOutboundPorts: "22,25",
        },
        proxy_init: { image: "r/init:1", resources: {} },
      },
      meshConfig: { enablePrometheusMerge: false, defaultConfig: { concurrency: 2, terminationDrainDuration: "7s", proxyMetadata: { A: "1" } } },
      sidecarInjectorWebhook: { rewriteAppHTTPProbe: false, enableNamespacesByDefault: true, injectedAnnotations: { a: "b" }, reinvocationPolicy: "IfNeeded" },
    });
    const port = (number: number) => ({ from: number, to: number });
    assert.deepEqual(settings, {
      ...base, imagePullPolicy: "Always", imagePullSecrets: ["regcred"], image: "r/own:1", initImage: "r/init:1", resources: { requests: { cpu: 1, memory: "1Gi" } }, initResources: {},
      logLevel: "warning", componentLogLevel: "http:debug", statusPort: 16_020, holdApplication: true, mergeMetrics: false, concurrency: 2, drainTime: "7s", sidecarEnv: { A: "1" },
      rewriteAppHTTPProbe: false, enableNamespacesByDefault: true, injectedAnnotations: { a: "b" },
      readiness: { initialDelaySeconds: 1, periodSeconds: 2, timeoutSeconds: 3, failureThreshold: 3 }, startup: { initialDelaySeconds: 0, periodSeconds: 1, timeoutSeconds: 3, failureThreshold: 4 },
      redirect: {
        ...base.redirect, excludeInboundPorts: [port(9102)], includeOutboundCidrs: ["10.0.0.0/8"], excludeOutboundCidrs: ["10.1.0.0/16"], includeOutboundPorts: [port(443)], excludeOutboundPorts: [port(22), port(25)],
      },
    });
    assert.equal(read("sidecarInjectorWebhook:\n  rewriteAppHTTPProbe: false\n").rewriteAppHTTPProbe, false);
    assert.equal(read("sidecarInjectorWebhook: {rewriteAppHTTPProbe: true}").rewriteAppHTTPProbe, true);
    assert.equal(read({ global: { proxy: { startupProbe: { enabled: false } } } }).startup, undefined);
    assert.equal(read({ global: { imagePullPolicy: "" } }).imagePullPolicy, undefined);
    assert.deepEqual(read({ global: { proxy: { includeInboundPorts: "", includeIPRanges: "" } } }).redirect, { ...base.redirect, includeInboundPorts: [], includeOutboundCidrs: [] });
  });

  it("obey the documented sed on the ConfigMap's text", () => {
    const text = '{\n  "global": {},\n  "sidecarInjectorWebhook": {\n    "rewriteAppHTTPProbe": true\n  }\n}';
    assert.equal(read(text).rewriteAppHTTPProbe, true);
    assert.equal(read(text.replace('"rewriteAppHTTPProbe": true', '"rewriteAppHTTPProbe": false')).rewriteAppHTTPProbe, false);
  });

  it("have images as Istio puts them together", () => {
    const image = (global: object) => read({ global }).image;
    assert.equal(image({ hub: "docker.io/x", tag: 1.2, proxy: { image: "sidecar" } }), "docker.io/x/sidecar:1.2");
    assert.equal(image({ hub: "docker.io/x", tag: "2", proxy: { image: "r/whole:1" } }), "r/whole:1");
    assert.equal(image({ hub: "mirror/x" }), "mirror/x/probeplane-sidecar:0.1.0");
    assert.equal(image({ hub: "mirror/x", tag: "9" }), "mirror/x/probeplane-sidecar:9");
    assert.equal(image({ proxy: { image: "" } }), base.image);
    assert.equal(read({ global: { hub: "h", tag: "1", proxy_init: { image: "init" } } }).initImage, "h/init:1");
    assert.equal(read({ global: { hub: "h" } }).initImage, undefined);
  });

  it("have names, addresses and whom to trust of our own", () => {
    const settings = read({ global: { proxy: { containerName: "mesh-proxy", nativeSidecar: true, drainTime: "60s", concurrency: 0 }, proxy_init: { containerName: "redirect" } }, controlPlane: { url: "http://a:1", caCertificate: "", tokenAudience: "x" } });
    const { sidecarName, initName, native, drainTime, concurrency, controlPlaneUrl, caCertPem, tokenAudience } = settings;
    assert.deepEqual([sidecarName, initName, native, drainTime, concurrency, controlPlaneUrl, caCertPem, tokenAudience], ["mesh-proxy", "redirect", true, "1m0s", 0, "http://a:1", "", "x"]);
  });

  it("warn of names without a meaning here", () => {
    const result = readInjectionSettings(JSON.stringify({ global: { proxy: { tracer: "zipkin" } }, sidecarInjectorWebhook: { rewriteAppHttpProbe: false } }));
    assert.deepEqual(result.ok && result.warnings, ["global.proxy.tracer: unknown field, ignored", "sidecarInjectorWebhook.rewriteAppHttpProbe: unknown field, ignored; did you mean rewriteAppHTTPProbe?"]);
  });

  const wrong: readonly (readonly [string, readonly string[]])[] = [
    ["{", [""]],
    ["[]", [""]],
    ["text", [""]],
    ['{"a": 1, "a": 2}', [""]],
    ['{"sidecarInjectorWebhook": {"rewriteAppHTTPProbe": "false"}}', ["sidecarInjectorWebhook.rewriteAppHTTPProbe"]],
    ['{"global": {"proxy": {"statusPort": 70000, "logLevel": "loud", "image": 3}}}', ["global.proxy.image", "global.proxy.logLevel", "global.proxy.statusPort"]],
    ['{"global": {"proxy": {"excludeInboundPorts": "x", "includeIPRanges": "y", "drainTime": "2h", "containerName": "A", "resources": {"limits": {"cpu": "much"}}, "componentLogLevel": "x"}}}', ["global.proxy.componentLogLevel", "global.proxy.containerName", "global.proxy.drainTime", "global.proxy.excludeInboundPorts", "global.proxy.includeIPRanges", "global.proxy.resources.limits.cpu"]],
    ['{"global": {"proxy": {"statusPort": 15090}}, "controlPlane": {"url": "cp:5678"}}', ["controlPlane.url", "global.proxy.statusPort"]],
  ];
  for (const [text, paths] of wrong) {
    it(`are refused, with all that is wrong: ${text.slice(0, 60)}`, () => {
      const result = readInjectionSettings(text, base);
      assert.deepEqual(!result.ok && result.violations.map(({ path }) => path).sort(), paths);
    });
  }
});
