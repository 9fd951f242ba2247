import { withoutUndefined } from "../base/without-undefined.ts";
import type { Labels } from "../model/resource.ts";
import { annotationNames } from "./annotation-names.ts";
import type { KubeObject, ObjectMeta, OwnerReference } from "./kube-object.ts";

/** Istio's names that are read here besides Kuma's. */
const istioNames: readonly string[] = [annotationNames.istioInject, annotationNames.status, annotationNames.istioExcludeInboundPorts, annotationNames.includeInboundPorts];

/** Metadata without what nobody here reads: who wrote which field when, and annotations of others, which can be whole manifests. */
export function trimMetadata(metadata: ObjectMeta): ObjectMeta {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp, labels, annotations, ownerReferences } = metadata;
  const own = Object.entries(annotations ?? {}).filter(([key]) => key.includes("kuma.io/") || key.startsWith("probeplane.io/") || istioNames.includes(key));
  return withoutUndefined({
    name,
    namespace,
    uid,
    resourceVersion,
    generation,
    creationTimestamp,
    deletionTimestamp,
    labels,
    annotations: own.length === 0 ? undefined : (Object.fromEntries(own) as Labels),
    ownerReferences: ownerReferences?.filter(({ controller }) => controller === true).map(trimOwner),
  });
}

/** Only the metadata, trimmed: all there is to know of a Namespace. */
export function trimObject(object: KubeObject): KubeObject {
  return { metadata: trimMetadata(object.metadata) };
}

function trimOwner({ apiVersion, kind, name, uid, controller }: OwnerReference): OwnerReference {
  return { apiVersion, kind, name, uid, ...(controller === undefined ? {} : { controller }) };
}
