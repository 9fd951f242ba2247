import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../../scripts/lib/root.mjs";
import { closeAfter } from "../kit/close-after.ts";
import { envoyFor } from "../kit/envoy-binary.ts";
import type { RunningPod } from "../kit/kubelet/run-pod.ts";
import { runPod } from "../kit/kubelet/run-pod.ts";
import { startPodNetwork } from "../kit/pods/pod-network.ts";
import type { PodNetwork } from "../kit/pods/pod-network.ts";
import { whyNoPods } from "../kit/pods/pods-for.ts";
import { socketTo } from "../kit/pods/sidecar.ts";
import { skipBecause } from "../kit/skip.ts";
import { waitUntil } from "../kit/wait-until.ts";
import { applyExample, configMapOfChart, exampleFile, imagesWith, istioSystem, node, startProbesFixture } from "./probes-fixture.ts";
import type { ProbesFixture } from "./probes-fixture.ts";

/** As the examples have it on the template; the second form would be on the Deployment itself. */
const annotationLine = /\n {8}sidecar\.istio\.io\/rewriteAppHTTPProbers: "(?:true|false)"/;
const annotationsBlock = /\n {6}annotations:\n {8}sidecar\.istio\.io\/rewriteAppHTTPProbers: "(?:true|false)"/;
const saying = (value: string) => (text: string): string => text.replace(annotationLine, `\n        sidecar.istio.io/rewriteAppHTTPProbers: "${value}"`);
const holding = (text: string): string => saying("true")(text).replace(annotationLine, '$&\n        kuma.io/wait-for-dataplane-ready: "true"');
const withoutAnnotation = (text: string): string => text.replace(annotationsBlock, "");
const onDeployment = (text: string): string => withoutAnnotation(text).replace(/\nmetadata:\n/, '\nmetadata:\n  annotations:\n    sidecar.istio.io/rewriteAppHTTPProbers: "false"\n');

/** The lines that docs/probes.md shows. */
const page = readPage(readFileSync(path.join(root, "docs", "probes.md"), "utf8"));

function readPage(text: string): { readonly nginxProbe: string; readonly variable: string; readonly printedProbe: unknown; readonly sed: string; readonly fromFile: string } {
  const [nginxProbe = "", variable = ""] = [...text.matchAll(/^\$ (kubectl get pod POD .*)$/gm)].map((match) => match[1] ?? "");
  const sed = /^kubectl get cm [^#]*kubectl apply -f -/m.exec(text)?.[0].replace("probeplane-system", istioSystem) ?? "";
  const fromFile = /^kubectl .* > ca\.crt\nprobeplane inject -f \S+http\.yaml .*(?= \| kubectl apply)/m.exec(text)?.[0].replace("probeplane-system", istioSystem) ?? "";
  return { fromFile, nginxProbe, variable, printedProbe: JSON.parse(/^\{"httpHeaders".*$/m.exec(text)?.[0] ?? "null"), sed };
}

describe("kubelet probes, as the documentation of Istio and ASM shows them", () => {
  const closeLater = closeAfter();
  let cluster: ProbesFixture;

  before(async function () {
    cluster = await startProbesFixture(this, closeLater);
  });

  /** Runs a documented line in the namespace of the examples and reads what it prints. */
  async function printed(line: string, namespace: string): Promise<unknown> {
    return JSON.parse((await cluster.shell(line, { namespace })).stdout);
  }

  const rewrittenHttp = { httpHeaders: [{ name: "X-Custom-Header", value: "hello" }], path: "/app-health/nginx/readyz", port: 15020, scheme: "HTTP" };
  const originalHttp = { ...rewrittenHttp, path: "/index.html", port: 80 };
  const probeOf = (pod: string): string => page.nginxProbe.replace("POD", pod);
  const variableOf = (pod: string): string => page.variable.replace("POD", pod);

  async function livenessProbe(pod: string, namespace = cluster.shop): Promise<unknown> {
    return await printed(`kubectl get pod ${pod} -o json | jq '.spec.containers[] | select(.name=="liveness-http") | .livenessProbe.httpGet'`, namespace);
  }
  const originalLiveness = { path: "/foo", port: 8001, scheme: "HTTP" };
  const rewrittenLiveness = { path: "/app-health/liveness-http/livez", port: 15020, scheme: "HTTP" };

  it("are printed as the page prints them", () => {
    assert.deepEqual(page.printedProbe, rewrittenHttp);
    for (const line of [page.nginxProbe, page.variable, page.sed, page.fromFile]) assert.notEqual(line, "");
  });

  for (const way of ["the webhook", "probeplane inject"] as const) {
    describe(`by ${way}`, () => {
      /** Applies an example, through the injector of this way, and gives the name of its Pod and the namespace. */
      async function apply(file: string, edit: (text: string) => string = (text) => text): Promise<readonly [pod: string, namespace: string]> {
        if (way === "the webhook") return [await applyExample(cluster, cluster.shop, file, edit), cluster.shop];
        const { stdout: text } = await cluster.shell(`cat ${exampleFile(file)}`);
        const { stdout: injected } = await cluster.shell("probeplane inject -f -", { stdin: edit(text) });
        return [await applyExample(cluster, cluster.plain, file, () => injected), cluster.plain];
      }

      it("an HTTP probe asks the agent, with its headers; the original is in the sidecar's variable", async () => {
        const [pod, namespace] = await apply("http");
        assert.deepEqual(await printed(probeOf(pod), namespace), rewrittenHttp);
        const { name, value } = (await printed(variableOf(pod), namespace)) as { readonly name: string; readonly value: string };
        assert.equal(name, "ISTIO_KUBE_APP_PROBERS");
        // The webhook sees what the API server has filled in, a file what its author wrote.
        const filled = way === "the webhook" ? { scheme: '"scheme":"HTTP",', timeout: ',"timeoutSeconds":1' } : { scheme: "", timeout: "" };
        assert.equal(value, `{"/app-health/nginx/readyz":{"httpGet":{"path":"/index.html","port":80,${filled.scheme}"httpHeaders":[{"name":"X-Custom-Header","value":"hello"}]}${filled.timeout}}}`);
        const timings = await printed(`kubectl get pod ${pod} -o json | jq '.spec.containers[] | select(.name=="nginx") | .readinessProbe | del(.httpGet)'`, namespace);
        assert.deepEqual(timings, { initialDelaySeconds: 5, periodSeconds: 3, timeoutSeconds: 1, successThreshold: 1, failureThreshold: 3 });
      });

      it("a TCP probe becomes one that asks the agent", async () => {
        const [pod, namespace] = await apply("tcp");
        assert.deepEqual(await printed(probeOf(pod), namespace), { path: "/app-health/nginx/readyz", port: 15020, scheme: "HTTP" });
        const { value } = (await printed(variableOf(pod), namespace)) as { readonly value: string };
        assert.match(value, /^\{"\/app-health\/nginx\/readyz":\{"tcpSocket":\{"port":2940\}/);
      });

      it("a command stays as it is", async () => {
        const [pod, namespace] = await apply("liveness-command");
        const probe = await printed(`kubectl get pod ${pod} -o json | jq '.spec.containers[] | select(.name=="liveness") | .livenessProbe'`, namespace);
        assert.deepEqual((probe as { readonly exec: unknown }).exec, { command: ["cat", "/tmp/healthy"] });
        assert.equal((probe as { readonly httpGet?: unknown }).httpGet, undefined);
        assert.deepEqual(await printed(`kubectl get pod ${pod} -o json | jq '[.spec.containers[].name] | sort'`, namespace), ["istio-proxy", "liveness"]);
        assert.equal((await cluster.shell(variableOf(pod), { namespace })).stdout, "");
      });

      it('the annotation "false" leaves the probe alone', async () => {
        assert.deepEqual(await livenessProbe(...(await apply("liveness-http"))), originalLiveness);
      });

      it("the same annotation on the Deployment does nothing", async () => {
        assert.deepEqual(await livenessProbe(...(await apply("liveness-http", onDeployment))), rewrittenLiveness);
      });
    });
  }

  it("probeplane inject says that an annotation on the Deployment does nothing", async () => {
    const { stdout: text } = await cluster.shell(`cat ${exampleFile("liveness-http")}`);
    const { stderr } = await cluster.shell("probeplane inject -f -", { stdin: onDeployment(text) });
    assert.match(stderr, /sidecar\.istio\.io\/rewriteAppHTTPProbers/);
    assert.doesNotMatch((await cluster.shell("probeplane inject -f -", { stdin: text })).stderr, /rewriteAppHTTPProbers/);
  });

  describe("off everywhere", () => {
    async function untilDefaultIs(wanted: unknown): Promise<void> {
      await waitUntil("the injector goes by it", async () => {
        const pod = await applyExample(cluster, cluster.shop, "liveness-http", withoutAnnotation);
        const found = await livenessProbe(pod);
        await cluster.shell(`kubectl delete pod ${pod} --now --wait=false`, { namespace: cluster.shop });
        return JSON.stringify(found) === JSON.stringify(wanted);
      });
    }

    async function exampleOf(edit: (text: string) => string): Promise<unknown> {
      return await printed(probeOf(await applyExample(cluster, cluster.shop, "http", edit)), cluster.shop);
    }

    afterEach(async () => {
      await cluster.shell(`${configMapOfChart()} | kubectl apply -f -`);
      await untilDefaultIs(rewrittenLiveness);
    });

    for (const [how, line] of [["by the chart's value", `${configMapOfChart("sidecarInjectorWebhook.rewriteAppHTTPProbe=false")} | kubectl apply -f -`], ["by sed on the ConfigMap", page.sed]] as const) {
      it(`${how}: probes stay, but for pods that ask for it, and nothing is started anew`, async () => {
        const { pid } = cluster.controlPlane;
        await cluster.shell(line);
        await untilDefaultIs(originalLiveness);
        assert.deepEqual(await exampleOf(withoutAnnotation), originalHttp);
        assert.deepEqual(await exampleOf(saying("true")), rewrittenHttp);
        assert.equal(cluster.controlPlane.pid, pid);
        assert.equal((await cluster.controlPlane.readiness()).status, 200);
      });
    }
  });

  describe("with pods that run, redirected to a real Envoy", () => {
    const cases = [
      { name: "HTTP, rewritten", file: "http", edit: holding, serves: 80 },
      { name: "HTTP, as it is", file: "http", edit: saying("false"), serves: 80 },
      { name: "TCP, rewritten", file: "tcp", edit: saying("true"), serves: 80 },
      { name: "TCP, as it is", file: "tcp", edit: saying("false"), serves: 80 },
      { name: "a command", file: "liveness-command", edit: (text: string) => text, serves: undefined },
      { name: "from a file", file: "http", edit: undefined, serves: 80 },
    ] as const;
    type Case = (typeof cases)[number]["name"];
    const pods = new Map<Case, RunningPod>();
    let network: PodNetwork;

    before(async function () {
      const reason = await whyNoPods();
      if (reason !== undefined) skipBecause(this, reason);
      const imageOf = await imagesWith(await envoyFor(this));
      network = await startPodNetwork(...cases.map(({ name }) => name));
      closeLater(() => network.close());
      const xds = await socketTo(cluster.controlPlane.xdsPort);
      closeLater(() => xds.close());
      await network.node.relay(node.port, xds.path);
      closeLater(() => Promise.all([...pods.values()].map((pod) => pod.close())));
      const made: (readonly [Case, string])[] = [];
      // One after the other: the examples' Deployments share their names.
      for (const { name, file, edit } of cases) made.push([name, edit === undefined ? await applyFromFile() : await applyExample(cluster, cluster.shop, file, edit)]);
      await Promise.all(made.map(async ([name, pod], i) => {
        const own = network.pods[i];
        if (own === undefined) return;
        const { serves } = cases[i] ?? {};
        if (serves !== undefined) await own.serve(serves);
        pods.set(name, await runPod({ api: cluster.api, namespace: name === "from a file" ? cluster.plain : cluster.shop, name: pod, network: own, node: network.node, imageOf }));
      }));
    });

    /** As the page shows it, with what the cluster sets; in a namespace that asks for no sidecars. */
    async function applyFromFile(): Promise<string> {
      const values = `kubectl -n ${istioSystem} get configmap istio-sidecar-injector -o yaml > "$HOME"/values.yaml`;
      const inject = page.fromFile.replace(/(?<=> |--ca-cert-file )ca\.crt/g, '"$HOME"/ca.crt');
      const { stdout } = await cluster.shell(`${values}\n${inject} --values "$HOME"/values.yaml --set global.proxy.nativeSidecar=true`);
      return await applyExample(cluster, cluster.plain, "http", () => stdout);
    }

    function running(name: Case): RunningPod {
      const pod = pods.get(name);
      assert.ok(pod, name);
      return pod;
    }

    /** `READY STATUS RESTARTS` of `kubectl get pod`. */
    async function stateOf(name: Case): Promise<string> {
      const { metadata } = running(name).object;
      const { stdout } = await cluster.shell(`kubectl get pod ${metadata.name} --no-headers`, { namespace: metadata.namespace });
      return stdout.split(/ +/).slice(1, 4).join(" ");
    }

    /** What kubelets told of the app's container. */
    async function unhealthy(name: Case, container = "nginx"): Promise<string> {
      await running(name).settled();
      const selector = `involvedObject.name=${running(name).object.metadata.name},involvedObject.fieldPath=spec.containers{${container}},reason=Unhealthy`;
      return (await cluster.shell(`kubectl get events --field-selector '${selector}' -o=jsonpath='{range .items[*]}{.message}{"\\n"}{end}'`, { namespace: cluster.shop })).stdout;
    }

    it("an HTTP probe through the agent: the pod, held until its sidecar is ready, gets ready, and nobody complains", async () => {
      assert.deepEqual(running("HTTP, rewritten").object.spec.containers.map(({ name, lifecycle }) => [name, lifecycle?.postStart !== undefined]), [["istio-proxy", true], ["nginx", false]]);
      await running("HTTP, rewritten").untilReady();
      assert.equal(await stateOf("HTTP, rewritten"), "2/2 Running 0");
      assert.equal(await unhealthy("HTTP, rewritten"), "");
      const seen = (await network.pods[0]?.seen(80)) ?? [];
      assert.ok(seen.length > 0);
      assert.deepEqual([...new Set(seen.map(({ path, from }) => `${path} from ${from}`))], ["/index.html from 127.0.0.6"]);
    });

    it("a TCP probe through the agent tells the truth: nothing listens, so the pod does not get ready", async () => {
      const message = await waitUntil("the kubelet has told why", async () => (await unhealthy("TCP, rewritten")) || undefined);
      assert.equal(message, "Readiness probe failed: HTTP probe failed with statuscode: 500\n");
      await waitUntil("its sidecar is ready", async () => (await stateOf("TCP, rewritten")) === "1/2 Running 0");
    });

    it("a TCP probe as it is does not: the sidecar takes every connection", async () => {
      await running("TCP, as it is").untilReady();
      assert.equal(await stateOf("TCP, as it is"), "2/2 Running 0");
    });

    it("an HTTP probe works as it is where there is no mutual TLS", async () => {
      await running("HTTP, as it is").untilReady();
      assert.equal(await stateOf("HTTP, as it is"), "2/2 Running 0");
    });

    it("a pod whose sidecar was put in from a file, a native one, does as well, in a namespace that asks for none", async () => {
      assert.deepEqual(running("from a file").object.spec.initContainers?.map(({ name }) => name), ["istio-init", "istio-proxy"]);
      await running("from a file").untilReady();
      assert.equal(await stateOf("from a file"), "2/2 Running 0");
      const seen = (await network.pods.at(-1)?.seen(80)) ?? [];
      assert.deepEqual([...new Set(seen.map(({ path, from }) => `${path} from ${from}`))], ["/index.html from 127.0.0.6"]);
    });

    it("a command is run in its container, which is never started anew", async () => {
      await running("a command").untilReady();
      assert.equal(await stateOf("a command"), "2/2 Running 0");
      assert.equal(await unhealthy("a command", "liveness"), "");
    });
  });
});
