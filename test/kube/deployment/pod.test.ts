import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import { text } from "node:stream/consumers";
import type { ApiServer } from "../../kit/kube/api-server.ts";
import { playKubelet } from "../../kit/kube/kubelet.ts";
import { sharedApiServer } from "../../kit/kube/start-api-server.ts";
import { endChild } from "../../kit/children.ts";
import { freePorts } from "../../kit/ports.ts";
import { skipBecause } from "../../kit/skip.ts";
import { waitUntil } from "../../kit/wait-until.ts";
import { builtImage, canEnterImages, noImage, startInImage, type Image } from "./build-image.ts";
import { helmTemplate, objectOf, objectsOf, programsOrSkip, type ManifestObject } from "./render-chart.ts";

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly message: string;
}

/** What a kubelet mounts into the container, in the image's own file system, and what it sets in the environment. */
async function prepareContainer(api: ApiServer, image: Image, files: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> {
  for (const [file, content] of Object.entries(files)) {
    const at = path.join(image.folder, file);
    await mkdir(path.dirname(at), { recursive: true });
    await writeFile(at, content, { mode: 0o444 });
  }
  const { hostname, port } = new URL(api.url);
  return { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
}

describe("the chart's pod, run from the image against a real API server", () => {
  let api: ApiServer;
  let image: Image;
  let made = false;
  let objects: readonly ManifestObject[];
  let namespace: string;
  let name: string;

  before(async function () {
    if (noImage !== undefined) skipBecause(this, noImage);
    if (!canEnterImages) skipBecause(this, "it takes root to run a process with the image as the root of its file system");
    const { helm } = await programsOrSkip(this);
    api = await sharedApiServer(this);
    await api.applyCrds();
    image = await builtImage();
    namespace = await api.createNamespace("pod");
    name = `pp-${namespace}`;
    const values = { fullnameOverride: name, crds: { install: false }, config: { logLevel: "debug" } };
    const { stdout } = await helmTemplate(helm, values, { namespace });
    objects = objectsOf(stdout);
    made = true;
    await api.kubectl(["apply", "--filename", "-"], { stdin: stdout, namespace });
  });

  after(async () => {
    if (!made) return;
    // A webhook that nobody answers any more would refuse what other tests make.
    const ofCluster = objects.filter(({ metadata }) => metadata.namespace === undefined);
    await api.kubectl(["delete", "--ignore-not-found", "--filename", "-"], { stdin: ofCluster.map((object) => `---\n${stringify(object)}`).join("") });
  });

  it("gets ready by the token of its account alone, has its webhook trusted, leads, writes conditions, is scraped, and leaves in order", async () => {
    const { template } = objectOf(objects, "Deployment")["spec"] as { readonly template: ManifestObject };
    const pod = `${name}-0`;
    await api.kubectl(["apply", "--filename", "-"], { stdin: stringify({ ...template, apiVersion: "v1", kind: "Pod", metadata: { ...template.metadata, name: pod } }), namespace });
    await playKubelet(api, namespace, pod, { ips: ["10.1.2.3"] });
    const account = "/var/run/secrets/kubernetes.io/serviceaccount";
    const config = objects.find((object) => object.metadata.name === `${name}-config`)?.["data"] as Readonly<Record<string, string>>;
    const env = await prepareContainer(api, image, {
      "/etc/probeplane/config/probeplane.yaml": config["probeplane.yaml"] ?? "",
      [`${account}/token`]: await api.tokenFor({ namespace, serviceAccount: name, pod }),
      [`${account}/ca.crt`]: await readFile(api.caFile, "utf8"),
      [`${account}/namespace`]: namespace,
    });

    // Its ports would be taken on this machine; and its name is not this machine's.
    const [container] = (template["spec"] as { readonly containers: readonly [{ readonly args: readonly string[] }] }).containers;
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = await freePorts(5);
    const here = [`--api-listen=127.0.0.1:${a}`, `--api-tls-listen=127.0.0.1:${b}`, `--xds-listen=127.0.0.1:${c}`, `--diagnostics-listen=0.0.0.0:${d}`, `--webhook-listen=127.0.0.1:${e}`, `--kubernetes-pod-name=${pod}`];
    const child = startInImage(image, [...container.args, ...here], env);
    const said = Promise.all([text(child.stdout), text(child.stderr)]);
    const start = await waitUntil("it is ready", async () => {
      if (child.exitCode !== null) return (await said).join("\n");
      return (await fetch(`http://127.0.0.1:${d}/ready`, { headers: { connection: "close" } })).status === 200 ? "ready" : undefined;
    });
    assert.equal(start, "ready");

    const webhook = await waitUntil("the webhook is trusted", async () => {
      const { body } = await api.request("GET", `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/${name}-validating-webhook`);
      return (body as { readonly webhooks: readonly { readonly clientConfig: { readonly caBundle?: string } }[] }).webhooks[0]?.clientConfig.caBundle;
    });
    const authority = await api.request("GET", `/api/v1/namespaces/${namespace}/configmaps/${name}-ca`);
    assert.equal(Buffer.from(webhook, "base64").toString(), (authority.body as { readonly data: Readonly<Record<string, string>> }).data["ca.crt"]);

    const policy = { apiVersion: "kuma.io/v1alpha1", kind: "MeshHealthCheck", metadata: { name: "checked" }, spec: { targetRef: { kind: "Mesh" }, to: [{ targetRef: { kind: "Mesh" }, default: { interval: "10s", tcp: {} } }] } };
    await api.kubectl(["apply", "--filename", "-"], { stdin: stringify(policy), namespace });
    const accepted = await waitUntil("the policy has conditions", async () => {
      const { body } = await api.request("GET", `/apis/kuma.io/v1alpha1/namespaces/${namespace}/meshhealthchecks/checked`);
      return (body as { readonly status?: { readonly conditions?: readonly Condition[] } }).status?.conditions?.find(({ type }) => type === "Accepted");
    });
    assert.equal(accepted.status, "True", accepted.message);
    const lease = await api.request("GET", `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}-leader`);
    assert.match((lease.body as { readonly spec: { readonly holderIdentity: string } }).spec.holderIdentity, new RegExp(`^${pod}(_|$)`));

    // As docs/kubernetes.md says, for Prometheus; and from an address that is not this machine's own, nobody is let in without.
    const token = await text(startInImage(image, ["token", "user", "--name", "prometheus", "--valid-for", "8760h", "--address", `http://127.0.0.1:${a}`]).stdout);
    const outside = Object.values(networkInterfaces()).flat().find((each) => each?.internal === false && each.family === "IPv4")?.address;
    const metricsUrl = `http://${outside ?? "127.0.0.1"}:${d}/metrics`;
    const scraped = await fetch(metricsUrl, { headers: { authorization: `Bearer ${token.trim()}`, connection: "close" } });
    assert.match(await scraped.text(), /^probeplane_ready 1$/m);
    if (outside !== undefined) assert.equal((await fetch(metricsUrl, { headers: { connection: "close" } })).status, 401);

    await endChild(child, 15_000);
    const [out, log] = await said;
    assert.equal(child.exitCode, 0, `${out}${log}`);
    assert.deepEqual(log.split("\n").filter((line) => /forbidden|"status":403/i.test(line)), []);
  });
});
