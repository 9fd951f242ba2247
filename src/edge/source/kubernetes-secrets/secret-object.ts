import { deepFreeze } from "../../../core/base/deep-freeze.ts";
import { labelOf } from "../../../core/base/labels.ts";
import type { KubeObject } from "../../../core/kubernetes/kube-object.ts";
import { labelNames } from "../../../core/model/label-names.ts";
import type { Labels } from "../../../core/model/resource.ts";
import type { Secret } from "../../../core/model/secret-kind.ts";
import { withStoreLabels } from "../../../core/model/store-labels.ts";

/** A Secret of Kubernetes, as far as it is read and written here. */
export interface SecretObject extends KubeObject {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** The types by which Kuma knows its secrets among the others of its namespace. */
export const secretTypes: Readonly<Record<Secret["kind"], string>> = {
  Secret: "system.kuma.io/secret",
  GlobalSecret: "system.kuma.io/global-secret",
};

/** The key of the value in `data`, Kuma's. */
const valueKey = "value";

/** When it was last written through the API, in milliseconds: the API server keeps whole seconds. */
const modifiedAnnotation = "probeplane.io/modification-time";

/** The secret in an object; undefined when it has no value. A secret that names no mesh is the mesh `default`'s, as in Kuma. */
export function readSecret(kind: Secret["kind"], object: SecretObject): Secret | undefined {
  const { metadata, data = {} } = object;
  const value = data[valueKey];
  if (value === undefined) return undefined;
  const labels = metadata.labels ?? {};
  const mesh = kind === "Secret" ? (labelOf(labels, labelNames.mesh) ?? "default") : "";
  const creationTime = isoTime(metadata.creationTimestamp);
  return inKubernetes(deepFreeze({
    kind, mesh, name: metadata.name, labels, spec: { data: value },
    ...(creationTime === undefined ? {} : { creationTime }),
    modificationTime: lastTime([creationTime, metadata.annotations?.[modifiedAnnotation], ...managedTimes(metadata)]),
  }));
}

/** The object of a secret that is to be written; with the version and the annotations of what it replaces. */
export function secretObject(secret: Secret, namespace: string, before?: SecretObject): SecretObject {
  const { modificationTime } = secret;
  const resourceVersion = before?.metadata.resourceVersion;
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: secret.name,
      namespace,
      labels: secret.labels,
      annotations: { ...before?.metadata.annotations, ...(modificationTime === undefined ? {} : { [modifiedAnnotation]: modificationTime }) },
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    type: secretTypes[secret.kind],
    data: { [valueKey]: secret.spec.data },
  };
}

/** The same with the labels that it will have when it is read again. */
export function inKubernetes(secret: Secret): Secret {
  const labels: Labels = { ...secret.labels, ...(secret.mesh === "" ? {} : { [labelNames.env]: "kubernetes" }) };
  return withStoreLabels(deepFreeze({ ...secret, labels }));
}

/** Who edits with kubectl leaves no annotation of ours, but the API server notes the second. */
function managedTimes(metadata: KubeObject["metadata"]): readonly (string | undefined)[] {
  const { managedFields = [] } = metadata as { readonly managedFields?: readonly { readonly time?: string }[] };
  return managedFields.map(({ time }) => isoTime(time));
}

function isoTime(time: string | undefined): string | undefined {
  const ms = time === undefined ? NaN : Date.parse(time);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

function lastTime(times: readonly (string | undefined)[]): string {
  const sorted = times.filter((time) => time !== undefined).sort();
  return sorted.at(-1) ?? new Date(0).toISOString();
}
