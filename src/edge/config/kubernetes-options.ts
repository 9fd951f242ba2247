import type { Option } from "./option.ts";

/** Options of `--environment kubernetes` alone: a part of the one table of options. */
export const kubernetesOptions = {
  "kubernetes.kubeconfig": {
    type: "file",
    in: "kubernetes",
    default: undefined,
    doc: "kubeconfig file with the API server and the credentials to use. Default: the service account of the pod; outside of a pod KUBECONFIG, else ~/.kube/config.",
  },
  "kubernetes.namespace": {
    type: "name",
    in: "kubernetes",
    default: undefined,
    doc: "Namespace of the control plane itself: of its Secrets, its Lease and its reports. Default: that of the pod; outside of a pod that of the kubeconfig's context, else probeplane-system.",
  },
  "kubernetes.podName": {
    type: "name",
    in: "kubernetes",
    default: undefined,
    doc: "Name of the pod that it runs in, by which replicas know each other. Default: the name of the machine, which in a pod is the pod's.",
  },
  "kubernetes.serviceName": {
    type: "name",
    in: "kubernetes",
    default: "probeplane",
    doc: "Service by which the API server and proxies reach the control plane: its DNS names stand in the certificate that it makes for itself.",
  },
  "kubernetes.systemNamespaces": {
    type: "names",
    in: "kubernetes",
    default: "probeplane-system,kong-mesh-system,kuma-system",
    doc: "Namespaces whose policies are the mesh operators': they have the role `system`, and a bare name of a MeshService in them means that Service in every namespace. That of the control plane always counts as one.",
  },
  "kubernetes.tokenAudience": {
    type: "name",
    in: "kubernetes",
    default: "probeplane",
    doc: "Audience that the service account token has to have with which a pod's proxy proves which pod it is. A token for the API server itself is not taken.",
  },
  "kubernetes.certificateSecret": {
    type: "name",
    in: "kubernetes",
    default: "probeplane-certificates",
    doc: "Secret with the authority and the certificate that the control plane makes for itself, in its namespace; shared by its replicas.",
  },
  "kubernetes.caConfigMap": {
    type: "name",
    in: "kubernetes",
    default: "probeplane-ca",
    doc: "ConfigMap in which that authority is published, under `ca.crt`, for those who connect to the control plane.",
  },
  "kubernetes.leaseName": {
    type: "name",
    in: "kubernetes",
    default: "probeplane-leader",
    doc: "Lease by which replicas choose the one that writes the status of policies.",
  },
  "kubernetes.leaseDuration": {
    type: "duration",
    in: "kubernetes",
    default: "15s",
    doc: "How long a leader that is gone goes on being taken for one. It renews the Lease three times as often.",
  },
  "webhook.enabled": {
    type: "switch",
    in: "kubernetes",
    default: true,
    doc: "Whether the API server can ask the control plane if a resource is valid. Without it whoever writes one learns that from its conditions alone.",
  },
  "webhook.listen": {
    type: "address",
    in: "kubernetes",
    default: "127.0.0.1:5443",
    doc: "Where the API server asks whether a resource is valid, and what a pod is to become, with TLS.",
  },
  "webhook.configuration": {
    type: "name",
    in: "kubernetes",
    default: "probeplane-validating-webhook",
    doc: "ValidatingWebhookConfiguration in which the API server is told the authority of the webhook's certificate, when the control plane makes that itself.",
  },
  "webhook.tlsCert": {
    type: "file",
    in: "kubernetes",
    default: undefined,
    doc: "Certificate of the webhook, with its chain, as PEM; read again when it changes. Whoever makes it (cert-manager) tells the API server whom to trust. Default: one that the control plane makes and renews.",
  },
  "webhook.tlsKey": { type: "file", in: "kubernetes", default: undefined, doc: "Key of that certificate, as PEM." },
  "injector.enabled": {
    type: "switch",
    in: "kubernetes",
    default: true,
    doc: "Whether the API server can have the control plane put sidecars into pods when they are created, and point the probes of their apps at these. It listens at the address of the webhook.",
  },
  "injector.configuration": {
    type: "name",
    in: "kubernetes",
    default: "probeplane-sidecar-injector",
    doc: "MutatingWebhookConfiguration in which the API server is told the authority of the webhook's certificate, when the control plane makes that itself.",
  },
  "injector.configMap": {
    type: "name",
    in: "kubernetes",
    default: "istio-sidecar-injector",
    doc: "ConfigMap, in the control plane's namespace, that says under `values` what sidecars are made of and whether probes are rewritten. It is followed: a change holds for the next pod. Where there is none, defaults do.",
  },
} as const satisfies Readonly<Record<string, Option>>;
