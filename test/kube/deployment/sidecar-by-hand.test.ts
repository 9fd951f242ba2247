import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { root } from "../../../scripts/lib/root.mjs";
import { redirectRules } from "../../../src/core/redirect/redirect-rules.ts";
import { defaultRedirect } from "../../../src/core/redirect/settings.ts";
import { envoyFor } from "../../kit/envoy-binary.ts";
import type { ApiServer } from "../../kit/kube/api-server.ts";
import { applyObject } from "../../kit/kube/apply-objects.ts";
import { ClusterControlPlane } from "../../kit/kube/control-plane.ts";
import { playKubelet } from "../../kit/kube/kubelet.ts";
import { sharedApiServer } from "../../kit/kube/start-api-server.ts";
import { scratchFolder } from "../../kit/scratch-folder.ts";
import { spawnEnvoy } from "../../kit/spawn-envoy.ts";
import { waitUntil } from "../../kit/wait-until.ts";
import { objectOf, objectsOf, type ManifestObject } from "./render-chart.ts";

const run = promisify(execFile);

interface Container {
  readonly name: string;
  readonly args: readonly string[];
  readonly securityContext: { readonly runAsUser: number; readonly runAsGroup: number };
}

interface PodSpec {
  readonly initContainers: readonly [Container];
  readonly containers: readonly [Container, Container];
  readonly volumes: readonly { readonly projected?: { readonly sources: readonly [{ readonly serviceAccountToken: { readonly audience: string } }] } }[];
}

describe("the sidecar that is written by hand, as docs/kubernetes.md shows it", () => {
  let text: string;
  let template: ManifestObject;
  let spec: PodSpec;

  before(async () => {
    text = await readFile(path.join(root, "deploy", "kubernetes", "web-with-sidecar.yaml"), "utf8");
    template = (objectOf(objectsOf(text), "Deployment")["spec"] as { readonly template: ManifestObject }).template;
    spec = template["spec"] as PodSpec;
  });

  it("redirects by the rules that are tried with a real Envoy in real network namespaces, but for what its own user calls", async () => {
    const [init] = spec.initContainers;
    const sidecar = spec.containers[1].securityContext;
    const { stdout } = await run(process.execPath, [path.join(root, "dist", "main", "probeplane.js"), ...init.args, "--dry-run", "--ip-family-mode=dualstack"]);
    const { v4, v6 } = redirectRules({ ...defaultRedirect, proxyUid: sidecar.runAsUser, proxyGid: sidecar.runAsGroup });
    const printed = stdout.split("\n").filter((line) => !line.startsWith("#")).join("\n");
    assert.equal(printed, `${v4 ?? ""}${v6 ?? ""}`);
  });

  it("gets its own pod's configuration from the control plane, by the bootstrap that all pods share and the token of its pod", async function () {
    const binary = await envoyFor(this);
    const api: ApiServer = await sharedApiServer(this);
    await api.applyCrds();
    await applyObject(api, { apiVersion: "kuma.io/v1alpha1", kind: "Mesh", metadata: { name: "default" } });
    const namespace = await api.createNamespace("shop");
    await api.kubectl(["apply", "--validate=strict", "--filename", "-"], { stdin: text, namespace });
    const name = "web-5d9c7";
    await api.tokenFor({ namespace });
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { ...template.metadata, name, namespace }, spec: { ...spec, serviceAccountName: "default" } };
    await applyObject(api, pod);
    await playKubelet(api, namespace, name, { ips: ["10.9.8.7"] });

    const controlPlane = await ClusterControlPlane.start(api);
    const folder = await scratchFolder("sidecar");
    const secrets = path.join(folder, "token");
    await mkdir(folder, { recursive: true });
    const audience = spec.volumes.find(({ projected }) => projected !== undefined)?.projected?.sources[0].serviceAccountToken.audience ?? "";
    await writeFile(secrets, await api.tokenFor({ namespace, audiences: [audience], pod: name }));
    const { stdout: ca } = await api.kubectl(["get", "configmap", "probeplane-ca", "--output", "jsonpath={.data.ca\\.crt}"], { namespace: controlPlane.namespace });
    await writeFile(path.join(folder, "ca.crt"), ca);
    const command = ["bootstrap", "--dataplane", "any.shop", "--xds-address", `127.0.0.1:${controlPlane.xdsPort}`, "--ca-cert-file", path.join(folder, "ca.crt"), "--token-file", secrets];
    const { stdout: bootstrap } = await run(process.execPath, [path.join(root, "dist", "main", "probeplane.js"), ...command]);

    const args = spec.containers[1].args.slice(2).map((arg) => arg.replace("$(POD_NAME)", name).replace("$(POD_NAMESPACE)", namespace));
    const envoy = await spawnEnvoy({ binary, bootstrap, args });
    try {
      // By the address of this pod, and by the Service's port: nobody else's.
      await waitUntil("it has the listener of its pod", async () => (await envoy.admin.text("/listeners")).includes("10.9.8.7:8080"));
      assert.match(await envoy.admin.text("/server_info"), new RegExp(`"id": "default\\.${name}\\.${namespace}"`));
    } finally {
      await envoy.close();
      await controlPlane.close();
    }
  });
});
