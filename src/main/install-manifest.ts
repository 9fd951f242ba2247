import { readFile } from "node:fs/promises";
import { isMap, isSeq, parseAllDocuments, type Document } from "yaml";
import { CommandFailure, exitStatus, messageOf } from "./exit-status.ts";
import { version } from "./version.ts";

/** What the chart makes with its defaults; generated from it, and part of what is installed. */
const base = new URL("../../deploy/kustomize/base/", import.meta.url);

/** The namespace that stands in the base. */
export const installNamespace = "probeplane-system";

export interface InstallManifestOptions {
  readonly namespace: string;
  readonly image?: string;
  /** Default: `-sidecar` after the repository of `image`, and its tag. */
  readonly sidecarImage?: string;
  readonly replicas?: number;
  readonly crds: boolean;
}

/** Everything as one YAML stream: the namespace, then the kinds, then the control plane. @throws CommandFailure when a file is not there */
export async function installManifest(options: InstallManifestOptions): Promise<string> {
  const [namespace = "", crds = "", controlPlane = ""] = await Promise.all(["namespace.yaml", "crds.yaml", "probeplane.yaml"].map(readPart));
  const kinds = options.crds ? [crds] : [];
  return [edited(namespace, options), ...kinds, edited(controlPlane, options)].map((text) => `---\n${text.replace(/^---\n/, "").trimEnd()}\n`).join("");
}

async function readPart(name: string): Promise<string> {
  return await readFile(new URL(name, base), "utf8").catch((error: unknown) => {
    throw new CommandFailure(exitStatus.internal, `the objects to install are not there: ${messageOf(error)}`);
  });
}

/** Comments and order stay as they are. */
function edited(text: string, options: InstallManifestOptions): string {
  // The line above the first object tells of this file, not of what is printed.
  const documents = parseAllDocuments(text.replace(/^#.*\n(?=---\n)/, "")) as Document[];
  for (const document of documents) {
    setNamespace(document, options.namespace);
    if (document.get("kind") === "Deployment") setDeployment(document, options);
    setSidecarImage(document, options);
  }
  return documents.map((document) => document.toString({ lineWidth: 0 })).map((text) => text.replace(/^---\n/, "")).join("---\n");
}

function setNamespace(document: Document, namespace: string): void {
  if (document.get("kind") === "Namespace") document.setIn(["metadata", "name"], namespace);
  const references = [["metadata"], ...indexed(document, "subjects", []), ...indexed(document, "webhooks", ["clientConfig", "service"])];
  for (const path of references) {
    if (document.getIn([...path, "namespace"]) === installNamespace) document.setIn([...path, "namespace"], namespace);
  }
}

/** The path of `below` in each item of a list. */
function indexed(document: Document, list: string, below: readonly string[]): readonly (readonly (string | number)[])[] {
  const items = document.get(list);
  return isSeq(items) ? items.items.flatMap((item, index) => (isMap(item) ? [[list, index, ...below]] : [])) : [];
}

function setDeployment(document: Document, { image, replicas }: InstallManifestOptions): void {
  if (image !== undefined) document.setIn(["spec", "template", "spec", "containers", 0, "image"], image);
  if (replicas !== undefined) document.setIn(["spec", "replicas"], replicas);
}

/** In the settings of the injector, which are JSON as Helm writes it. */
function setSidecarImage(document: Document, { image, sidecarImage = image === undefined ? undefined : besideImage(image) }: InstallManifestOptions): void {
  const at = ["data", "values"];
  const text = document.getIn(at);
  if (document.get("kind") !== "ConfigMap" || typeof text !== "string" || sidecarImage === undefined) return;
  const values = JSON.parse(text) as { global: { proxy: { image: string } } };
  values.global.proxy.image = sidecarImage;
  document.setIn(at, JSON.stringify(values, undefined, 2));
}

/** The sidecar's image of the same registry and release. A digest says nothing of the other image. */
function besideImage(image: string): string {
  const [named = image] = image.split("@");
  const [, repository = named, tag = version] = /^(.+?)(?::([^:/]+))?$/.exec(named) ?? [];
  return `${repository}-sidecar:${tag}`;
}
