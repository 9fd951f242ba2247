/**
 * Kubernetes namespaces in which a control plane of this family lives. A policy there is written by the operator: it has the
 * role `system`, is not bound to its namespace, and what it calls by name is meant in every namespace of the mesh.
 */
export const systemNamespaces: readonly string[] = ["kong-mesh-system", "kuma-system", "probeplane-system"];

export function isSystemNamespace(namespace: string): boolean {
  return systemNamespaces.includes(namespace);
}
