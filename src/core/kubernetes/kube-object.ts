import type { Labels } from "../model/resource.ts";

/** What every object of the Kubernetes API has. Fields that nobody here reads are left out of the types, not out of the objects. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
}

export interface ObjectMeta {
  readonly name: string;
  /** Absent for what is cluster-scoped. */
  readonly namespace?: string;
  readonly uid?: string;
  /** Opaque; changes with every write of the object, its status included. */
  readonly resourceVersion?: string;
  /** Counts the writes of the spec alone. */
  readonly generation?: number;
  /** RFC 3339, whole seconds. */
  readonly creationTimestamp?: string;
  /** Set once somebody asked for the deletion; the object stays until its finalizers are gone, a Pod until its containers have stopped. */
  readonly deletionTimestamp?: string;
  readonly labels?: Labels;
  readonly annotations?: Labels;
  readonly ownerReferences?: readonly OwnerReference[];
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}
