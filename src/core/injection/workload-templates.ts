import { asArray, asObject, asString, ownField } from "../base/json.ts";
import type { JsonPath } from "../base/json-path.ts";

/** A pod, or the template from which a workload makes pods. */
export interface WorkloadTemplate {
  /** `Deployment`. */
  readonly kind: string;
  /** Empty when the object has none yet. */
  readonly name: string;
  /** As the object says it; undefined: that of whoever applies it. */
  readonly namespace: string | undefined;
  /** Where the object stands in the document; not empty for an item of a list. */
  readonly objectPath: JsonPath;
  /** Where the pod stands in the object; empty when it is the object. */
  readonly podPath: JsonPath;
  /** The pod; undefined when the object has none where it belongs. */
  readonly pod: unknown;
  /** What the object says that is around the pod, the outermost first: nobody reads there what is meant for the pod. */
  readonly outerMetadata: readonly { readonly path: JsonPath; readonly metadata: Readonly<Record<string, unknown>> }[];
}

type Fields = Readonly<Record<string, unknown>>;

interface WorkloadKind {
  /** API groups that have had the kind, in any version. */
  readonly groups: readonly string[];
  readonly podPath: readonly string[];
}

const inSpec = ["spec", "template"];

/** Kinds that pods come from: Kubernetes' own, OpenShift's, and Argo's, which takes the place of a Deployment. */
const workloadKinds: Readonly<Record<string, WorkloadKind>> = {
  Pod: { groups: [""], podPath: [] },
  PodTemplate: { groups: [""], podPath: ["template"] },
  ReplicationController: { groups: [""], podPath: inSpec },
  Deployment: { groups: ["apps", "extensions"], podPath: inSpec },
  ReplicaSet: { groups: ["apps", "extensions"], podPath: inSpec },
  DaemonSet: { groups: ["apps", "extensions"], podPath: inSpec },
  StatefulSet: { groups: ["apps"], podPath: inSpec },
  Job: { groups: ["batch"], podPath: inSpec },
  CronJob: { groups: ["batch"], podPath: ["spec", "jobTemplate", "spec", "template"] },
  DeploymentConfig: { groups: ["apps.openshift.io"], podPath: inSpec },
  Rollout: { groups: ["argoproj.io"], podPath: inSpec },
};

/** The pods and templates of a document: one object, or a list of them. What is something else has none. */
export function workloadTemplates(document: unknown, objectPath: JsonPath = []): readonly WorkloadTemplate[] {
  const object = asObject(document);
  const kind = asString(ownField(object, "kind")) ?? "";
  const items = kind.endsWith("List") ? asArray(ownField(object, "items")) : undefined;
  if (items !== undefined) return items.flatMap((item, index) => workloadTemplates(item, [...objectPath, "items", index]));
  const found = Object.hasOwn(workloadKinds, kind) ? workloadKinds[kind] : undefined;
  if (object === undefined || found?.groups.includes(groupOf(object)) !== true) return [];
  return [templateOf(object, kind, found.podPath, objectPath)];
}

function templateOf(object: Fields, kind: string, podPath: readonly string[], objectPath: JsonPath): WorkloadTemplate {
  const metadata = asObject(ownField(object, "metadata"));
  return {
    kind,
    name: asString(ownField(metadata, "name")) ?? asString(ownField(metadata, "generateName")) ?? "",
    namespace: asString(ownField(metadata, "namespace")),
    objectPath,
    podPath,
    pod: memberAt(object, podPath),
    outerMetadata: podPath.flatMap((_, depth) => {
      const outer = asObject(memberAt(object, [...podPath.slice(0, depth), "metadata"]));
      return outer === undefined ? [] : [{ path: [...podPath.slice(0, depth), "metadata"], metadata: outer }];
    }),
  };
}

function groupOf(object: Fields): string {
  const apiVersion = asString(ownField(object, "apiVersion")) ?? "";
  return apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
}

function memberAt(object: Fields, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => ownField(asObject(value), name), object) ?? undefined;
}
