/** What names a resource. Two resources with one key are one resource. */
export interface ResourceKey {
  /** `Mesh`, `Dataplane`, `MeshService`, `MeshHealthCheck` … */
  readonly kind: string;
  /** The mesh it lives in; empty for a Mesh itself. */
  readonly mesh: string;
  /** Its name in that mesh. A namespaced Kubernetes object is called `<name>.<namespace>`. */
  readonly name: string;
}
