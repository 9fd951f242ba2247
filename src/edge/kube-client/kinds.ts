import type { ResourceKindDescriptor } from "../../core/model/kind.ts";
import type { KubeKind } from "./port.ts";

/** API group and version of every kind of ours. */
export const ownGroup = "kuma.io";
export const ownVersion = "v1alpha1";

function builtIn(group: string, version: string, kind: string, plural: string, namespaced = true): KubeKind {
  return Object.freeze({ group, version, kind, plural, namespaced });
}

/** The kinds of Kubernetes itself that are read or written here. */
export const kubeKinds = Object.freeze({
  pod: builtIn("", "v1", "Pod", "pods"),
  service: builtIn("", "v1", "Service", "services"),
  namespace: builtIn("", "v1", "Namespace", "namespaces", false),
  secret: builtIn("", "v1", "Secret", "secrets"),
  configMap: builtIn("", "v1", "ConfigMap", "configmaps"),
  serviceAccount: builtIn("", "v1", "ServiceAccount", "serviceaccounts"),
  event: builtIn("events.k8s.io", "v1", "Event", "events"),
  lease: builtIn("coordination.k8s.io", "v1", "Lease", "leases"),
  tokenReview: builtIn("authentication.k8s.io", "v1", "TokenReview", "tokenreviews", false),
  validatingWebhookConfiguration: builtIn("admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", false),
  mutatingWebhookConfiguration: builtIn("admissionregistration.k8s.io", "v1", "MutatingWebhookConfiguration", "mutatingwebhookconfigurations", false),
  customResourceDefinition: builtIn("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false),
});

/** A kind of ours as its CRD has it. Only a Mesh is cluster-scoped. */
export function customKind(kind: Pick<ResourceKindDescriptor, "kind" | "path" | "scope">): KubeKind {
  return Object.freeze({ group: ownGroup, version: ownVersion, kind: kind.kind, plural: kind.path, namespaced: kind.scope === "Mesh" });
}
