import type { JsonObject } from "../base/json.ts";
import { displayNameOf, namespaceOf } from "../model/kri.ts";
import { labelNames } from "../model/label-names.ts";
import type { Resource } from "../model/resource.ts";
import { kindNamed } from "./registry.ts";

/** Where a resource without a namespace would live: Kuma's own. */
const systemNamespace = "kuma-system";

/** Labels that say where a resource is stored; on Kubernetes that is another place. */
const ofStore: ReadonlySet<string> = new Set([labelNames.displayName, labelNames.namespace, labelNames.env, labelNames.origin, labelNames.zone, labelNames.policyRole]);

/**
 * A resource as a Kubernetes object, to be applied with kubectl. Kinds with their fields at the top, which Kuma has longest, name
 * their mesh beside the spec as well.
 */
export function formatKubernetesObject(resource: Resource, namespace?: string): JsonObject {
  const { kind, mesh, labels, creationTime } = resource;
  const kept = Object.entries(labels).filter(([name]) => !ofStore.has(name) && name !== labelNames.mesh);
  const inMesh = mesh === "" ? [] : [[labelNames.mesh, mesh] as const];
  const metadata = {
    name: displayNameOf(resource),
    ...(mesh === "" ? {} : { namespace: namespace ?? (namespaceOf(resource) || systemNamespace) }),
    ...(kept.length + inMesh.length === 0 ? {} : { labels: Object.fromEntries([...kept, ...inMesh]) }),
    ...(creationTime === undefined ? {} : { creationTimestamp: creationTime }),
  };
  const besideSpec = kindNamed(kind)?.fieldsAtTop === true && mesh !== "" ? { mesh } : {};
  return { apiVersion: "kuma.io/v1alpha1", kind, ...besideSpec, metadata, spec: resource.spec as JsonObject };
}
