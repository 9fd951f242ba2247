import { chmod, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Context } from "mocha";
import { root } from "../../scripts/lib/root.mjs";
import type { ApiServer } from "../kit/kube/api-server.ts";
import { ClusterControlPlane } from "../kit/kube/control-plane.ts";
import { registerInjector } from "../kit/kube/injector.ts";
import { podOfDeployment } from "../kit/kube/pod-of-deployment.ts";
import { openShell } from "../kit/kube/shell.ts";
import type { Shell } from "../kit/kube/shell.ts";
import { sharedApiServer } from "../kit/kube/start-api-server.ts";
import type { Image } from "../kit/kubelet/run-container.ts";
import { scratchFolder } from "../kit/scratch-folder.ts";
import { waitUntil } from "../kit/wait-until.ts";

/** The namespace in which Istio's users look for the injector's ConfigMap. */
export const istioSystem = "istio-system";

/** Where pods of the kit find the control plane: an address of their node. */
export const node = { address: "10.213.0.1", port: 5678 } as const;

/** A cluster with the injector, as the chart installs it; the control plane's own namespace is `istio-system`. */
export interface ProbesFixture {
  readonly api: ApiServer;
  readonly shell: Shell;
  readonly controlPlane: ClusterControlPlane;
  /** A namespace whose pods get sidecars. */
  readonly shop: string;
  /** A namespace whose pods get none. */
  readonly plain: string;
}

/** Starts it, handing over how each part is closed. Skips where there is no API server. */
export async function startProbesFixture(context: Context, closeLater: (close: () => unknown) => void): Promise<ProbesFixture> {
  const api = await sharedApiServer(context);
  const shell = await openShell(context, api);
  await api.applyCrds();
  await shell(`kubectl create namespace ${istioSystem}`);
  const [shop, plain] = [await api.createNamespace("shop", { "kuma.io/sidecar-injection": "enabled" }), await api.createNamespace("plain")];
  // Control planes of other suites would find them in their mesh.
  for (const namespace of [shop, plain]) closeLater(() => shell("kubectl delete pods --all --grace-period=0 --force", { namespace }));
  const controlPlane = await ClusterControlPlane.create(api, { namespace: istioSystem, args: [`--tls-names=${node.address}`] });
  const name = controlPlane.webhookConfiguration;
  closeLater(await registerInjector(api, { name, url: `https://127.0.0.1:${controlPlane.webhookPort}/inject`, namespaces: [shop], failurePolicy: "Fail" }));
  closeLater(() => controlPlane.close());
  await shell(`${configMapOfChart()} | kubectl apply -f -`);
  await controlPlane.start();
  await waitUntil("the API server trusts the webhook", async () => (await shell(`kubectl get mutatingwebhookconfiguration ${name} -o=jsonpath='{.webhooks[*].clientConfig.caBundle}'`)).stdout !== "");
  return { api, shell, controlPlane, shop, plain };
}

/** A line that prints the ConfigMap that the chart makes with these values, telling sidecars where they find the control plane. */
export function configMapOfChart(...values: readonly string[]): string {
  const set = values.map((value) => `--set ${value}`).join(" ");
  const template = `helm template probeplane deploy/helm/probeplane --namespace ${istioSystem} --kube-version 1.36.0 --show-only templates/injector-configmap.yaml ${set}`;
  const controlPlane = `"controlPlane": {"url": "https://${node.address}:${node.port}"},`;
  return `${template} | sed 's|^    {$|    {${controlPlane}|'`;
}

/** Applies one of the files and makes the Pod of its Deployment. Gives the Pod's name. */
export async function applyExample({ api, shell }: ProbesFixture, namespace: string, file: string, edit: (text: string) => string = (text) => text): Promise<string> {
  const { stdout } = await shell(`cat ${exampleFile(file)}`);
  const { stdout: applied } = await shell("kubectl apply -f - -o json", { namespace, stdin: edit(stdout) });
  const objects = JSON.parse(applied) as { readonly kind: string; readonly metadata: { readonly name: string }; readonly items?: readonly { readonly kind: string; readonly metadata: { readonly name: string } }[] };
  const deployment = [objects, ...(objects.items ?? [])].find(({ kind }) => kind === "Deployment");
  return await podOfDeployment(api, namespace, deployment?.metadata.name ?? "");
}

export function exampleFile(name: string): string {
  return path.join("deploy", "kubernetes", "probes", `${name}.yaml`);
}

/** What stands for the images of the examples: for the sidecar's our command, with an Envoy on the PATH; nginx is an app of the kit. */
export async function imagesWith(envoy: string): Promise<(image: string) => Image | undefined> {
  const programs = await scratchFolder("programs");
  // Sidecars do not run as root.
  await chmod(programs, 0o755);
  await symlink(envoy, path.join(programs, "envoy"));
  const command = [process.execPath, path.join(root, "dist", "main", "probeplane.js")];
  await writeFile(path.join(programs, "probeplane"), `#!/bin/sh\nexec ${command.join(" ")} "$@"\n`, { mode: 0o755 });
  const machine = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  return (image) => {
    if (image.includes("sidecar")) return { entrypoint: command, path: `${programs}:${machine}` };
    return image.startsWith("busybox") ? { entrypoint: [], path: machine } : undefined;
  };
}
