import type { ObjectMeta } from "../../core/kubernetes/kube-object.ts";
import type { Replica } from "./port.ts";

/** By which what replicas write about themselves is found. */
const roleLabel = "probeplane.io/replica";

/** What a replica writes about itself: that it is there (a Lease), and how policies stand with its proxies (a ConfigMap). */
export type ReplicaRole = "presence" | "report";

export function selectorOf(role: ReplicaRole): string {
  return `${roleLabel}=${role}`;
}

/** Metadata of such an object; it goes with the replica's Pod. */
export function ownedMeta(namespace: string, role: ReplicaRole, { name, pod }: Replica): ObjectMeta {
  const owner = pod === undefined ? {} : { ownerReferences: [{ apiVersion: "v1", kind: "Pod", name: pod.name, uid: pod.uid }] };
  const labels = { [roleLabel]: role, "app.kubernetes.io/managed-by": "probeplane" };
  return { name: `${prefixOf(role)}${name}`, namespace, labels, ...owner };
}

/** The replica that such an object is about. */
export function replicaOf(role: ReplicaRole, objectName: string): string {
  return objectName.startsWith(prefixOf(role)) ? objectName.slice(prefixOf(role).length) : objectName;
}

function prefixOf(role: ReplicaRole): string {
  return `probeplane-${role}-`;
}
