/** Kinds of cert-manager and of Prometheus' operator, as far as the chart uses them: that they exist, not what their fields mean. */
const kinds = [
  ["cert-manager.io", "v1", "Certificate", "certificates"],
  ["cert-manager.io", "v1", "Issuer", "issuers"],
  ["monitoring.coreos.com", "v1", "ServiceMonitor", "servicemonitors"],
  ["monitoring.coreos.com", "v1", "PrometheusRule", "prometheusrules"],
] as const;

/** Definitions that make these kinds known to an API server. */
export const foreignKinds = kinds
  .map(([group, version, kind, plural]) => `---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ${plural}.${group}}
spec:
  group: ${group}
  scope: Namespaced
  names: {kind: ${kind}, plural: ${plural}, singular: ${kind.toLowerCase()}, listKind: ${kind}List}
  versions:
    - name: ${version}
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`)
  .join("");
