import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { cp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parse, stringify } from "yaml";
import { kustomizeFiles } from "../../../scripts/lib/chart/kustomize-files.ts";
import { chartFolder } from "../../../scripts/lib/chart/values-schema.ts";
import type { KubeBinaries } from "../../../scripts/lib/kube-binaries.mjs";
import { root } from "../../../scripts/lib/root.mjs";
import { installManifest } from "../../../src/main/install-manifest.ts";
import type { ApiServer } from "../../kit/kube/api-server.ts";
import { ClusterControlPlane } from "../../kit/kube/control-plane.ts";
import { ownApiServer } from "../../kit/kube/start-api-server.ts";
import { scratchFolder } from "../../kit/scratch-folder.ts";
import { foreignKinds } from "./foreign-kinds.ts";
import { helmTemplate, objectOf, objectsOf, programsOrSkip, type ManifestObject } from "./render-chart.ts";
import { everySampleValue, everySwitchOff } from "./sample-values.ts";

const base = path.join(root, "deploy", "kustomize", "base");

/** `kind/name` of each object, sorted. */
function names(objects: readonly ManifestObject[]): readonly string[] {
  return objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort();
}

/** An object without what only Helm writes. */
function withoutHelm(object: ManifestObject): unknown {
  const clean = JSON.stringify(object, (key, value: unknown) => (key === "helm.sh/chart" || key === "app.kubernetes.io/managed-by" ? undefined : value));
  return JSON.parse(clean);
}

describe("installing into a real API server", () => {
  let api: ApiServer;
  let tools: KubeBinaries;
  let started = false;

  before(async function () {
    tools = await programsOrSkip(this);
    // Its own: kinds that are there already are not Helm's to take over.
    api = await ownApiServer(this);
    started = true;
    await api.kubectl(["apply", "--filename", "-"], { stdin: foreignKinds });
    await api.kubectl(["wait", "--for=condition=Established", "crd", "--all"]);
  });

  after(async () => {
    if (started) await api.stop();
  });

  /** As a user would: `… | kubectl apply --dry-run=server -f -`, which fails for a field that the API server does not know. */
  async function dryRun(yaml: string, namespace: string): Promise<void> {
    await api.kubectl(["apply", "--dry-run=server", "--validate=strict", "--filename", "-"], { stdin: yaml, namespace });
  }

  it("takes what helm template makes: of the defaults, of every value, and with everything off", async () => {
    const namespace = await api.createNamespace("dry");
    for (const values of [{}, everySampleValue(), everySwitchOff()]) await dryRun((await helmTemplate(tools.helm, values, { namespace })).stdout, namespace);
  });

  it("refuses what it does not know, so that the dry run means something", async () => {
    const namespace = await api.createNamespace("dry");
    const { stdout } = await helmTemplate(tools.helm, {}, { namespace });
    await assert.rejects(dryRun(stdout.replace("minReadySeconds:", "minReadySecond:"), namespace), /unknown field "spec\.minReadySecond"/);
  });

  it("takes pods where only restricted ones may run", async () => {
    const namespace = await api.createNamespace("restricted", { "pod-security.kubernetes.io/enforce": "restricted" });
    for (const values of [{}, everySampleValue()]) {
      const { template } = objectOf(objectsOf((await helmTemplate(tools.helm, values, { namespace })).stdout), "Deployment")["spec"] as { readonly template: ManifestObject };
      const pod = { ...template, apiVersion: "v1", kind: "Pod", metadata: { ...template.metadata, name: "probeplane" } };
      const answer = await api.request("POST", `/api/v1/namespaces/${namespace}/pods?dryRun=All&fieldValidation=Strict`, { body: pod });
      assert.equal(answer.status, 201, JSON.stringify(answer.body));
    }
  });

  it("has a Kustomize base and a component that are what the chart makes with its defaults", () => {
    for (const [file, text] of Object.entries(kustomizeFiles(tools.helm))) assert.equal(readFileSync(path.join(root, file), "utf8"), text, `${file} is not what npm run generate makes`);
  });

  it("takes the Kustomize base, and an overlay with another namespace, image and number", async () => {
    const built = await api.kubectl(["kustomize", base]);
    await api.kubectl(["apply", "--dry-run=server", "--validate=strict", "--filename", "-"], { stdin: objectsYaml(built.stdout, ({ kind }) => kind === "Namespace" || kind === "CustomResourceDefinition") });
    const folder = await scratchFolder("overlay");
    const shared = path.join(folder, "deploy");
    await cp(path.join(root, "deploy", "kustomize"), shared, { recursive: true });
    const overlay = { resources: ["../deploy/base"], components: ["../deploy/components/monitoring"], namespace: "mesh", images: [{ name: "probeplane", newName: "example.com/probeplane", newTag: "9" }], replicas: [{ name: "probeplane", count: 4 }] };
    await cp(path.join(shared, "base", "kustomization.yaml"), path.join(folder, "overlay", "kustomization.yaml"));
    await writeFile(path.join(folder, "overlay", "kustomization.yaml"), stringify(overlay));
    const { stdout } = await api.kubectl(["kustomize", path.join(folder, "overlay")]);
    const objects = objectsOf(stdout);
    const text = JSON.stringify(objects.filter(({ kind }) => kind !== "CustomResourceDefinition"));
    assert.ok(!text.includes("probeplane-system"), "the namespace of the base is still named");
    assert.match(text, /"image":"example\.com\/probeplane:9"/);
    await api.request("POST", "/api/v1/namespaces", { body: { metadata: { name: "mesh" } } });
    await dryRun(stdout, "mesh");
  });

  it("prints by `probeplane install kubernetes` what Helm would install there", async () => {
    const printed = objectsOf(await installManifest({ namespace: "mesh-two", image: "example.com/mesh/probeplane:0.1.0", replicas: 3, crds: true }));
    const wanted = objectsOf((await helmTemplate(tools.helm, { replicas: 3, image: { repository: "example.com/mesh/probeplane" }, crds: { keep: false } }, { namespace: "mesh-two" })).stdout);
    assert.deepEqual(names(printed), [...names(wanted), "Namespace/mesh-two"].sort());
    for (const object of wanted) assert.deepEqual(printed.find(({ kind, metadata }) => kind === object.kind && metadata.name === object.metadata.name), withoutHelm(object));
    await api.request("POST", "/api/v1/namespaces", { body: { metadata: { name: "mesh-two" } } });
    await dryRun(await installManifest({ namespace: "mesh-two", crds: true }), "mesh-two");
    assert.ok(!(await installManifest({ namespace: "mesh-two", crds: false })).includes("CustomResourceDefinition"));
    const sidecarImage = async (options: { readonly image?: string; readonly sidecarImage?: string }): Promise<unknown> => {
      const settings = objectsOf(await installManifest({ namespace: "mesh-two", crds: false, ...options })).find(({ metadata: { name } }) => name === "istio-sidecar-injector");
      return (JSON.parse((settings?.["data"] as { readonly values: string }).values) as { readonly global: { readonly proxy: { readonly image: string } } }).global.proxy.image;
    };
    assert.equal(await sidecarImage({}), "probeplane-sidecar:0.1.0");
    assert.equal(await sidecarImage({ image: "localhost:5000/mesh/probeplane" }), "localhost:5000/mesh/probeplane-sidecar:0.1.0");
    assert.equal(await sidecarImage({ image: `example.com/probeplane@sha256:${"0".repeat(64)}` }), "example.com/probeplane-sidecar:0.1.0");
    assert.equal(await sidecarImage({ image: "example.com/probeplane:2", sidecarImage: "example.com/sidecar:3" }), "example.com/sidecar:3");
  });

  it("installs, upgrades kinds, and keeps them and their policies when it is uninstalled", async () => {
    const namespace = "probeplane-system";
    await api.helm(["install", "probeplane", chartFolder, "--create-namespace"], { namespace });
    const { stdout } = await api.kubectl(["get", "deployments,services,poddisruptionbudgets,networkpolicies,roles", "--output", "name"], { namespace });
    assert.deepEqual(stdout.trim().split("\n").sort(), [
      "deployment.apps/probeplane", "networkpolicy.networking.k8s.io/probeplane", "poddisruptionbudget.policy/probeplane", "role.rbac.authorization.k8s.io/probeplane", "service/probeplane",
    ]);
    await api.kubectl(["wait", "--for=condition=Established", "crd/meshhealthchecks.kuma.io"]);
    const policy = { apiVersion: "kuma.io/v1alpha1", kind: "MeshHealthCheck", metadata: { name: "kept" }, spec: { targetRef: { kind: "Mesh" }, to: [{ targetRef: { kind: "Mesh" }, default: { interval: "10s", tcp: {} } }] } };
    // The webhook is not there, as no pod runs here: with `Ignore`, policies are taken all the same.
    await api.kubectl(["apply", "--filename", "-"], { stdin: stringify(policy), namespace });

    const newer = path.join(await scratchFolder("newer-chart"), "probeplane");
    await cp(chartFolder, newer, { recursive: true });
    const file = path.join(newer, "files", "crds", "kuma.io_meshhealthchecks.yaml");
    const crd = parse(await readFile(file, "utf8")) as { spec: { names: { shortNames: string[] } } };
    crd.spec.names.shortNames.push("mhcs");
    await writeFile(file, stringify(crd));
    await api.helm(["upgrade", "probeplane", newer, "--reuse-values"], { namespace });
    const upgraded = await api.request("GET", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/meshhealthchecks.kuma.io");
    assert.deepEqual((upgraded.body as typeof crd).spec.names.shortNames, ["mhc", "mhcs"]);

    await api.helm(["uninstall", "probeplane"], { namespace });
    const left = await api.kubectl(["get", "meshhealthchecks.kuma.io", "--output", "name"], { namespace });
    assert.equal(left.stdout.trim(), "meshhealthcheck.kuma.io/kept");
    assert.equal((await api.kubectl(["get", "clusterroles,validatingwebhookconfigurations,mutatingwebhookconfigurations", "--selector", "app.kubernetes.io/name=probeplane", "--output", "name"])).stdout, "");
  });

  it("has a mesh from the first start of a control plane on, and leaves the choice of meshes to who made one", async () => {
    await api.applyCrds();
    const meshes = async (): Promise<readonly string[]> => (await api.kubectl(["get", "meshes", "--output", "name"])).stdout.split("\n").filter((line) => line !== "");
    assert.deepEqual(await meshes(), []);
    const controlPlane = await ClusterControlPlane.start(api);
    assert.deepEqual(await meshes(), ["mesh.kuma.io/default"]);
    await api.kubectl(["apply", "--filename", "-"], { stdin: stringify({ apiVersion: "kuma.io/v1alpha1", kind: "Mesh", metadata: { name: "demo" } }) });
    await api.kubectl(["delete", "mesh", "default"]);
    await controlPlane.stop();
    await controlPlane.start();
    assert.deepEqual(await meshes(), ["mesh.kuma.io/demo"]);
    await controlPlane.close();
  });

  it("installs by kubectl apply -k, and changes nothing when it is applied again", async () => {
    await api.kubectl(["apply", "--kustomize", base]);
    const { stdout } = await api.kubectl(["apply", "--kustomize", base]);
    const lines = stdout.trim().split("\n");
    assert.ok(lines.length > 12);
    // kubectl sends the selector of a disruption budget anew each time; nothing comes of it.
    assert.deepEqual(lines.filter((line) => !line.endsWith(" unchanged") && !line.startsWith("poddisruptionbudget")), []);
    const { body } = await api.request("GET", "/apis/policy/v1/namespaces/probeplane-system/poddisruptionbudgets/probeplane");
    assert.equal((body as { readonly metadata: { readonly generation: number } }).metadata.generation, 1);
  });
});

/** Of a manifest only some objects, as YAML. */
function objectsYaml(yaml: string, wanted: (object: ManifestObject) => boolean): string {
  return objectsOf(yaml).filter(wanted).map((object) => `---\n${stringify(object)}`).join("");
}
