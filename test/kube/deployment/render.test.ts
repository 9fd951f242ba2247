import assert from "node:assert/strict";
import { parse } from "yaml";
import { decidedByChart } from "../../../scripts/lib/chart/options-schema.ts";
import { chartFolder, chartValues } from "../../../scripts/lib/chart/values-schema.ts";
import type { KubeBinaries } from "../../../scripts/lib/kube-binaries.mjs";
import { asObject } from "../../../src/core/base/json.ts";
import { readInjectionSettings } from "../../../src/core/injection/read-settings.ts";
import { defaultInjectionSettings } from "../../../src/core/injection/settings.ts";
import type { Config } from "../../../src/edge/config/config.ts";
import { loadConfig } from "../../../src/edge/config/load-config.ts";
import { options } from "../../../src/edge/config/options.ts";
import { runTool } from "../../kit/kube/tools.ts";
import { helmTemplate, objectOf, objectsOf, programsOrSkip, type ManifestObject } from "./render-chart.ts";
import { everySampleValue, everySwitchOff, nestedValues, sampleValues } from "./sample-values.ts";

interface Container {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

interface PodSpec {
  readonly containers: readonly [Container];
  readonly volumes: readonly Readonly<Record<string, { readonly name?: string; readonly secretName?: string }>>[];
}

function podOf(objects: readonly ManifestObject[]): PodSpec {
  return (objectOf(objects, "Deployment")["spec"] as { readonly template: { readonly spec: PodSpec } }).template.spec;
}

/** The configuration that the process in the container reads: its arguments, its environment and the file, by the code that reads them there. */
function configOf(objects: readonly ManifestObject[]): Config {
  const [{ args, env = [] }] = podOf(objects).containers;
  const text = (objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name.endsWith("-config"))?.["data"] as Readonly<Record<string, string>>)["probeplane.yaml"] ?? "";
  assert.deepEqual(args.slice(0, 2), ["run", "--config"]);
  const loaded = loadConfig(args.slice(1), { HOME: "/tmp", ...Object.fromEntries(env.map(({ name, value }) => [name, value])) }, { name: "probeplane.yaml", text });
  if (!loaded.ok) assert.fail(loaded.problems.join("\n"));
  return loaded.config;
}

describe("the chart, rendered by Helm", () => {
  let tools: KubeBinaries;
  let defaults: readonly ManifestObject[];
  let everything: readonly ManifestObject[];

  before(async function () {
    tools = await programsOrSkip(this);
    defaults = objectsOf((await helmTemplate(tools.helm)).stdout);
    everything = objectsOf((await helmTemplate(tools.helm, everySampleValue())).stdout);
  });

  it("passes helm lint, strictly", async () => {
    await runTool(tools.helm, ["lint", "--strict", chartFolder]);
  });

  it("sets only options that there are, to values that they take", async () => {
    const off = objectsOf((await helmTemplate(tools.helm, everySwitchOff())).stdout);
    for (const objects of [defaults, everything, off]) assert.equal(configOf(objects).environment, "kubernetes");
    assert.equal(configOf(everything).compatibility.tcpPayload, "text");
  });

  it("hands every option that it knows to the process, which takes it", async () => {
    const config = { xds: { maxRequestSize: "8MiB", idleTimeout: "2m" }, maxConnections: 2_000_000, api: { loopbackIsAdmin: false }, kubernetes: { leaseDuration: "30s" } };
    const loaded = configOf(objectsOf((await helmTemplate(tools.helm, { config })).stdout));
    assert.deepEqual([loaded.xds.maxRequestSize, loaded.xds.idleTimeout, loaded.maxConnections, loaded.api.loopbackIsAdmin, loaded.kubernetes.leaseDuration], [8 << 20, 120_000, 2_000_000, false, 30_000]);
    assert.equal(loaded.kubernetes.serviceName, "probeplane", "what the chart sets stays");
  });

  it("leaves no option to `config` that it sets itself", () => {
    const text = (defaults.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name.endsWith("-config"))?.["data"] as Readonly<Record<string, string>>)["probeplane.yaml"] ?? "";
    const set = Object.entries(parse(text) as Readonly<Record<string, unknown>>).flatMap(([name, value]) => (asObject(value) === undefined ? [name] : Object.keys(asObject(value) ?? {}).map((key) => `${name}.${key}`)));
    assert.ok(set.length > 8);
    assert.deepEqual(set.filter((name) => !decidedByChart.has(name)), []);
    assert.deepEqual([...decidedByChart].filter((name) => !Object.hasOwn(options, name)), []);
  });

  it("listens where its Service, probes and webhook look for it, and not with the API that has no TLS", () => {
    const config = configOf(defaults);
    const [{ ports }] = podOf(defaults).containers;
    const listened = [config.xdsListen, config.diagnosticsListen, config.api.tlsListen, config.webhook.listen];
    assert.deepEqual(listened.map(({ port }) => port).sort(), ports.map(({ containerPort }) => containerPort).sort());
    assert.deepEqual(new Set(listened.map(({ host }) => host)), new Set(["0.0.0.0"]));
    assert.equal(config.apiListen.host, "127.0.0.1");
    const targets = (objectOf(defaults, "Service")["spec"] as { readonly ports: readonly { readonly targetPort: string }[] }).ports.map(({ targetPort }) => targetPort);
    assert.deepEqual(targets, ports.map(({ name }) => name));
  });

  it("gives streams the time to end that there is before the kubelet ends the process", async () => {
    assert.equal(configOf(defaults).drainGrace, 20_000);
    const longer = objectsOf((await helmTemplate(tools.helm, { terminationGracePeriodSeconds: 90, preStopSleepSeconds: 10 })).stdout);
    assert.equal(configOf(longer).drainGrace, 75_000);
    assert.equal(configOf(objectsOf((await helmTemplate(tools.helm, { terminationGracePeriodSeconds: 3 })).stdout)).drainGrace, 1_000);
  });

  it("names what it makes as its configuration does", () => {
    for (const objects of [defaults, everything]) {
      const { kubernetes, webhook, injector } = configOf(objects);
      assert.equal(kubernetes.serviceName, objectOf(objects, "Service").metadata.name);
      const configuration = objectOf(objects, "ValidatingWebhookConfiguration");
      assert.equal(webhook.configuration, configuration.metadata.name);
      assert.equal(injector.configuration, objectOf(objects, "MutatingWebhookConfiguration").metadata.name);
      assert.ok(objects.some(({ kind, metadata: { name, namespace } }) => kind === "ConfigMap" && name === injector.configMap && namespace === "probeplane-system"));
      const role = objectOf(objects, "ClusterRole")["rules"] as readonly { readonly resources: readonly string[]; readonly resourceNames?: readonly string[] }[];
      assert.deepEqual(role.flatMap(({ resources: [of], resourceNames = [] }) => resourceNames.map((name) => `${of}/${name}`)), [
        `validatingwebhookconfigurations/${webhook.configuration}`, `mutatingwebhookconfigurations/${injector.configuration}`,
      ]);
    }
  });

  it("has settings for the injector that mean something to it, all of them, and leave it to the documented sed to switch rewriting off", () => {
    for (const [objects, expected] of [[defaults, defaultInjectionSettings], [everything, undefined]] as const) {
      const text = (objects.find(({ metadata: { name } }) => name === configOf(objects).injector.configMap)?.["data"] as { readonly values: string }).values;
      const read = readInjectionSettings(text);
      if (!read.ok) assert.fail(JSON.stringify(read.violations));
      assert.deepEqual(read.warnings, []);
      if (expected !== undefined) assert.deepEqual(read.settings, { ...expected, image: "probeplane-sidecar:0.1.0" });
      if (expected !== undefined) assert.match(text, /"rewriteAppHTTPProbe": true/);
      else assert.deepEqual([read.settings.image, read.settings.statusPort, read.settings.startup, read.settings.concurrency], ["example.com/mesh/sidecar:2", 16_020, undefined, 2]);
    }
  });

  it("takes the certificates of cert-manager from where they are mounted, and trusts their authority", () => {
    const { webhook, xds } = configOf(everything);
    const pod = podOf(everything);
    const mount = pod.containers[0].volumeMounts.find(({ name }) => name === "tls")?.mountPath;
    assert.deepEqual([webhook.tlsCert, webhook.tlsKey, xds.tlsCert, xds.tlsKey, xds.tlsCa], ["tls.crt", "tls.key", "tls.crt", "tls.key", "ca.crt"].map((name) => `${mount}/${name}`));
    const secret = pod.volumes.find((volume) => "secret" in volume)?.["secret"]?.secretName;
    const certificate = objectOf(everything, "Certificate");
    assert.equal((certificate["spec"] as { readonly secretName: string }).secretName, secret);
    for (const kind of ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"]) {
      assert.equal(objectOf(everything, kind).metadata.annotations?.["cert-manager.io/inject-ca-from"], `probeplane-system/${certificate.metadata.name}`, kind);
    }
  });

  it("rolls the pods when the configuration changes, and only then", async () => {
    const checksum = async (values: unknown): Promise<unknown> => {
      const { template } = objectOf(objectsOf((await helmTemplate(tools.helm, values)).stdout), "Deployment")["spec"] as { readonly template: ManifestObject };
      return template.metadata.annotations?.["checksum/config"];
    };
    const before = await checksum({});
    assert.equal(await checksum({ replicas: 5 }), before);
    assert.notEqual(await checksum({ config: { logLevel: "debug" } }), before);
  });

  it("has a sample of every value, and each changes what comes out", async () => {
    assert.deepEqual(Object.keys(sampleValues), chartValues().map(({ name }) => name));
    const seen = new Map<string, Promise<string>>();
    const render = (flat: Readonly<Record<string, unknown>>): Promise<string> => {
      const key = JSON.stringify(flat);
      const found = seen.get(key) ?? helmTemplate(tools.helm, nestedValues(flat)).then(({ stdout }) => stdout);
      seen.set(key, found);
      return found;
    };
    const idle: string[] = [];
    const rest = Object.entries(sampleValues);
    const renderRest = async (): Promise<void> => {
      for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
        const [name, { value, with: more = {} }] = next;
        if ((await render(more)) === (await render({ ...more, [name]: value }))) idle.push(name);
      }
    };
    // More than one at once, as each is a process that mostly starts.
    await Promise.all([renderRest(), renderRest(), renderRest()]);
    assert.deepEqual(idle, []);
  });

  it("refuses values that are misspelt, of the wrong type or out of range", async () => {
    const cases: readonly (readonly [unknown, RegExp])[] = [
      [{ replica: 3 }, /replica.*not allowed/],
      [{ webhook: { failPolicy: "Fail" } }, /failPolicy.*not allowed/],
      [{ replicas: "three" }, /replicas.*integer/],
      [{ replicas: 0 }, /minimum/],
      [{ webhook: { failurePolicy: "Retry" } }, /one of/],
      [{ image: { digest: "sha256:short" } }, /pattern|match/],
      [{ runAsUser: 0 }, /minimum/],
      [{ config: { logLevl: "debug" } }, /logLevl.*not allowed/],
      [{ config: { xds: { idleTimeuot: "1m" } } }, /idleTimeuot.*not allowed/],
      [{ config: { api: { loopbackIsAdmin: "no" } } }, /loopbackIsAdmin.*boolean/],
      [{ config: { store: "sqlite" } }, /store.*not allowed/],
      [{ config: { xdsListen: "0.0.0.0:1" } }, /xdsListen.*not allowed/],
      [{ serviceAccount: { create: false } }, /serviceAccount\.name is needed/],
    ];
    for (const [values, expected] of cases) {
      const { status, stderr } = await helmTemplate(tools.helm, values, { mayFail: true });
      assert.notEqual(status, 0, JSON.stringify(values));
      assert.match(stderr, expected, JSON.stringify(values));
    }
  });

  it("leaves out what is switched off, and a disruption budget of a single replica", async () => {
    const off = objectsOf((await helmTemplate(tools.helm, everySwitchOff())).stdout).map(({ kind }) => kind);
    assert.deepEqual(off.sort(), ["ConfigMap", "Deployment", "Service"]);
    const single = objectsOf((await helmTemplate(tools.helm, { replicas: 1 })).stdout).map(({ kind }) => kind);
    assert.ok(!single.includes("PodDisruptionBudget") && single.includes("NetworkPolicy"));
  });

  it("keeps the kinds, and every policy with them, when it is uninstalled, unless told otherwise", async () => {
    const policies = (objects: readonly ManifestObject[]): readonly unknown[] => objects.filter(({ kind }) => kind === "CustomResourceDefinition").map(({ metadata }) => metadata.annotations?.["helm.sh/resource-policy"]);
    assert.deepEqual(new Set(policies(defaults)), new Set(["keep"]));
    assert.deepEqual(new Set(policies(objectsOf((await helmTemplate(tools.helm, { crds: { keep: false } })).stdout))), new Set([undefined]));
  });

  it("keeps quoted what only Prometheus and Grafana fill in", () => {
    const [group] = (objectOf(everything, "PrometheusRule")["spec"] as { readonly groups: readonly { readonly rules: readonly ManifestObject[] }[] }).groups;
    const notReady = group?.rules.find((rule) => rule["alert"] === "ProbeplaneNotReady");
    assert.deepEqual(notReady?.["labels"], { severity: "warning", team: "mesh" });
    assert.match(String(asObject(notReady["annotations"])?.["summary"]), /\(\{\{ \$labels\.instance \}\}\)$/);
    const board = everything.find(({ metadata }) => metadata.name === "health-dashboard")?.["data"] as Readonly<Record<string, string>>;
    assert.equal((JSON.parse(board["probeplane.json"] ?? "") as { readonly uid: string }).uid, "probeplane");
  });
});
