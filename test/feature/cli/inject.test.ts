import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseAllDocuments, parseDocument } from "yaml";
import { command, withFiles, type CommandResult } from "./command.ts";

interface Container {
  readonly name: string;
  readonly readinessProbe?: { readonly httpGet?: { readonly path: string; readonly port: number } };
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

interface Pod {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly containers: readonly Container[]; readonly initContainers?: readonly Container[] };
}

interface Workload {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly template: Pod };
}

const container = "{name: app, image: app:1, readinessProbe: {httpGet: {path: /ready, port: 8080}}}";
const template = `{metadata: {labels: {app: a}}, spec: {containers: [${container}]}}`;

function deployment(name = "web", more = ""): string {
  return `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}}\nspec:\n  selector: {matchLabels: {app: a}}\n  template: ${template}\n${more}`;
}

async function inject(input: string, ...args: readonly string[]): Promise<CommandResult> {
  return await command(["inject", "-f", "-", "--set", "controlPlane.url=http://cp.example:5678", ...args], input);
}

function sidecarNames({ spec }: Pod): readonly string[] {
  return spec.containers.map(({ name }) => name);
}

function podOf(text: string): Pod {
  return (parseDocument(text).toJS() as Workload).spec.template;
}

const injected = ["app", "istio-proxy"];

describe("probeplane inject", () => {
  it("puts the sidecar in, points probes at it and keeps the comments", async () => {
    const input = `# mine\n${deployment()}  replicas: 2 # enough\n`;
    const { status, out, err } = await inject(input);
    assert.deepEqual([status, err], [0, ""]);
    const pod = podOf(out);
    assert.deepEqual(sidecarNames(pod), injected);
    assert.deepEqual(pod.spec.containers[0]?.readinessProbe?.httpGet, { path: "/app-health/app/readyz", port: 15020 });
    assert.equal(pod.spec.containers[1]?.env?.find(({ name }) => name === "ISTIO_KUBE_APP_PROBERS")?.value, '{"/app-health/app/readyz":{"httpGet":{"path":"/ready","port":8080}}}');
    assert.match(out, /^# mine\napiVersion: apps\/v1\n/);
    assert.match(out, /replicas: 2 # enough\n/);
  });

  const workloads: readonly [kind: string, text: string][] = [
    ["Pod", `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [${container}]}\n`],
    ...(["StatefulSet", "DaemonSet", "ReplicaSet"] as const).map((kind): [string, string] => [kind, deployment().replace("Deployment", kind)]),
    ["Job", deployment().replace("apps/v1", "batch/v1").replace("Deployment", "Job").replace("containers:", "restartPolicy: Never, containers:")],
    ["CronJob", `apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\nspec: {schedule: "* * * * *", jobTemplate: {spec: {template: ${template.replace("containers:", "restartPolicy: Never, containers:")}}}}\n`],
    ["List", `apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: s}\n- apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: a}\n  spec: {template: ${template}}\n`],
  ];
  for (const [kind, text] of workloads) {
    it(`does so for a ${kind}`, async () => {
      const { status, out, err } = await inject(text);
      assert.deepEqual([status, err], [0, ""]);
      assert.match(out, /name: istio-proxy/);
      // A pod that is to end has a sidecar that ends with it.
      assert.equal(out.includes("restartPolicy: Always"), kind.endsWith("Job"));
      assert.match(out, /\/app-health\/app\/readyz/);
    });
  }

  it("leaves every byte of what it has nothing to do with, between documents too", async () => {
    const others = ["# nothing but this\n", "a:   1 # odd\n\n", "apiVersion: v1\nkind: ConfigMap\ndata: {x: 'y'}\r\n", "%YAML 1.2\n--- # marked\nb: [1,2]\n...\n", "--- {c: 1}\n# end"];
    for (const input of [others.join("---\n"), ""]) assert.deepEqual(await inject(input), { status: 0, out: input, err: "" });
    const [before, after] = [`${others.slice(0, 3).join("---\n")}---  # web\n`, `---\n${others[4]}`];
    const { out } = await inject(before + deployment() + after);
    assert.equal(out.startsWith(before), true, out);
    assert.equal(out.endsWith(after), true);
    assert.deepEqual(parseAllDocuments(out).map(({ errors }) => errors), Array.from({ length: 5 }, () => []));
  });

  it("does nothing more to what it has given", async () => {
    const { out } = await inject(`${deployment()}---\n${deployment("other")}`);
    assert.deepEqual(await inject(out), { status: 0, out, err: "" });
  });

  it("gives JSON for JSON, and line breaks of Windows for the same", async () => {
    const json = JSON.stringify(parseDocument(deployment()).toJS(), null, 4);
    const { out } = await inject(json);
    assert.deepEqual(sidecarNames((JSON.parse(out) as Workload).spec.template), injected);
    assert.match(out, /^\{\n {4}"apiVersion": "apps\/v1",\n/);
    const windows = await inject(deployment().replaceAll("\n", "\r\n"));
    assert.deepEqual(sidecarNames(podOf(windows.out)), injected);
    assert.doesNotMatch(windows.out, /[^\r]\n/);
  });

  it("copies what YAML says by reference before it changes one of the places", async () => {
    const text = `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    readinessProbe: &p {tcpSocket: {port: 1}} # shared\n    livenessProbe: *p\n  - <<: {livenessProbe: *p}\n    name: b\n`;
    const { out } = await inject(text);
    const { spec } = parseDocument(out).toJS() as Pod;
    assert.deepEqual(JSON.stringify(spec.containers).match(/\/app-health\/[ab]\/\w+(?=",")/g)?.sort(), ["/app-health/a/livez", "/app-health/a/readyz", "/app-health/b/livez"]);
    assert.match(out, /# shared/);
  });

  describe("which pods", () => {
    it("asks the objects and the Namespaces of the same documents, and says who goes without", async () => {
      const namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: off, labels: {kuma.io/sidecar-injection: disabled}}\n";
      const input = `${deployment("a").replace("name: a}", "name: a, namespace: off}")}---\n${namespace}---\n${deployment("b").replace("labels:", 'annotations: {sidecar.istio.io/inject: "false"}, labels:')}`;
      const { status, out, err } = await inject(input);
      assert.equal(status, 0);
      assert.equal(out, input);
      assert.match(err, /^no sidecar: standard input, document 1 \(line 1\): Deployment a: .*\nno sidecar: standard input, document 3 \(line 12\): Deployment b: .*\n$/);
    });

    it("says that what stands on a Deployment itself does nothing", async () => {
      const annotated = deployment().replace("{name: web}", '{name: web, annotations: {sidecar.istio.io/rewriteAppHTTPProbers: "false"}}');
      const { out, err } = await inject(annotated);
      assert.equal(podOf(out).spec.containers[0]?.readinessProbe?.httpGet?.port, 15020);
      assert.equal(
        err,
        'warning: standard input, document 1 (line 1): Deployment web: metadata.annotations["sidecar.istio.io/rewriteAppHTTPProbers"] does nothing on a Deployment itself: it belongs to spec.template.metadata.annotations\n',
      );
      const onBoth = deployment().replace("{name: web}", "{name: web, labels: {kuma.io/mesh: m}}").replace("labels: {app: a}}, spec", "labels: {app: a, kuma.io/mesh: m}}, spec");
      assert.equal((await inject(onBoth)).err, "");
    });
  });

  describe("settings", () => {
    const off = (out: string): boolean => podOf(out).spec.containers[0]?.readinessProbe?.httpGet?.port === 8080;

    it("are set one by one, in the words of Helm and of the guides", async () => {
      for (const setting of ["sidecarInjectorWebhook.rewriteAppHTTPProbe=false", "values.sidecarInjectorWebhook.rewriteAppHTTPProbe=false"]) {
        const { status, out } = await inject(deployment(), "--set", setting, "--set", "global.proxy.image=example.com/sidecar:1");
        assert.deepEqual([status, off(out)], [0, true]);
        assert.match(out, /image: example.com\/sidecar:1[,\n]/);
      }
      const annotated = deployment().replace("labels: {app: a}}, spec", 'labels: {app: a}, annotations: {sidecar.istio.io/rewriteAppHTTPProbers: "true"}}, spec');
      assert.equal(off((await inject(annotated, "--set", "sidecarInjectorWebhook.rewriteAppHTTPProbe=false")).out), false);
    });

    it("are read from their text and from the ConfigMap that holds it", async () => {
      const text = '{"sidecarInjectorWebhook": {"rewriteAppHTTPProbe": false}}';
      const configMap = `apiVersion: v1\nkind: ConfigMap\ndata:\n  values: |-\n    ${text}\n`;
      await withFiles({ "values.json": text, "map.yaml": configMap, "ca.pem": "-----BEGIN CERTIFICATE-----\nx\n" }, async (folder) => {
        for (const file of ["values.json", "map.yaml"]) {
          const { out } = await inject(deployment(), "--values", path.join(folder, file), "--ca-cert-file", path.join(folder, "ca.pem"));
          assert.equal(off(out), true);
          assert.match(out, /BEGIN CERTIFICATE/);
        }
      });
    });

    it("warn when nobody says by which CA agents know the control plane", async () => {
      const { status, err } = await command(["inject", "-f", "-"], deployment());
      assert.equal(status, 0);
      assert.match(err, /^warning: no CA is given for https:\/\/probeplane\.probeplane-system\.svc:5678: .*--ca-cert-file/);
    });

    it("that are wrong end the command", async () => {
      for (const [args, message] of [
        [["--set", "global.proxy.statusPort=x"], /global\.proxy\.statusPort/],
        [["--set", "novalue"], /"novalue" is not name\.of\.the\.setting=value/],
        [["--values", "/does/not/exist"], /--values: \/does\/not\/exist: ENOENT/],
        [["--ca-cert-file", "/does/not/exist"], /--ca-cert-file: /],
      ] as const) {
        const { status, out, err } = await inject(deployment(), ...args);
        assert.deepEqual([status, out], [64, ""]);
        assert.match(err, message);
      }
    });
  });

  describe("bad input", () => {
    const refused: readonly [title: string, text: string, message: RegExp][] = [
      ["broken YAML", "a: [\n", /standard input, document 1 \(line 1\): line 1, column 5/],
      ["a pod of another shape", deployment().replace("name: app", "name: [app]"), /Deployment web: spec\.template\.spec\.containers\[0\]\.name: in body must be of type string/],
      ["the agent's port 0", deployment().replace("labels: {app: a}}, spec", 'annotations: {status.sidecar.istio.io/port: "0"}}, spec'), /Deployment web: spec\.template\.metadata\.annotations\["status\.sidecar\.istio\.io\/port"\]/],
      ["no text", "\0", /is not text/],
    ];
    for (const [title, text, message] of refused) {
      it(`says what is wrong with ${title}, and prints nothing of the others`, async () => {
        const { status, out, err } = await inject(title === "no text" ? text : `${text}---\n${deployment("fine")}`);
        assert.deepEqual([status, out], [1, ""]);
        assert.match(err, message);
      });
    }

    it("says where a workload has no pod, and goes on", async () => {
      const text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n";
      const { status, out, err } = await inject(text);
      assert.deepEqual([status, out], [0, text]);
      assert.match(err, /warning: standard input, document 1 \(line 1\): Deployment a: spec\.template: there is no pod in it/);
    });

    it("hands on what the rewriting of probes warns of", async () => {
      const { status, err } = await inject(deployment().replace("port: 8080", "port: nowhere"));
      assert.equal(status, 0);
      assert.match(err, /Deployment web: spec\.template: container "app": readinessProbe is left as it is: the container has no port named "nowhere"/);
    });

    it("needs a file that is there", async () => {
      assert.deepEqual([(await command(["inject"])).status, (await command(["inject", "-f", "/does/not/exist"])).status], [64, 1]);
    });
  });

  it("takes several files, and prints their documents one after the other", async () => {
    await withFiles({ "a.yaml": deployment("a").trimEnd(), "b.yaml": `---\n${deployment("b")}` }, async (folder) => {
      const { out } = await command(["inject", "-f", path.join(folder, "a.yaml"), "-f", path.join(folder, "b.yaml")]);
      assert.deepEqual(parseAllDocuments(out).map((document) => (document.toJS() as Workload).metadata.name), ["a", "b"]);
    });
  });

  it("gives the documented pod of the guides", async () => {
    const text = await readFile("deploy/kubernetes/probes/http.yaml", "utf8");
    const { out } = await inject(text);
    assert.deepEqual(podOf(out).spec.containers[0]?.readinessProbe?.httpGet, { path: "/app-health/nginx/readyz", port: 15020, httpHeaders: [{ name: "X-Custom-Header", value: "hello" }] });
  });
});
