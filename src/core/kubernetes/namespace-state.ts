import type { Dataplane } from "../model/dataplane.ts";
import type { MeshService } from "../model/mesh-service.ts";
import { createLabelIndex } from "./label-index.ts";
import type { LabelIndex } from "./label-index.ts";
import { plainNamespace } from "./membership.ts";
import type { NamespaceFacts } from "./membership.ts";
import type { Pod } from "./pod.ts";
import type { Service } from "./service.ts";

/** A pod, and what it is in the mesh. */
export interface PodState {
  readonly pod: Pod;
  /** Undefined: in none. */
  readonly mesh: string | undefined;
  /** Names of the Services that select it, sorted. */
  readonly services: readonly string[];
  dataplane?: Dataplane | undefined;
}

/** A Service, and what it is in the meshes of its pods. */
export interface ServiceState {
  readonly service: Service;
  /** How many of its pods are in each mesh; those in none under the empty name. */
  readonly meshes: Map<string, number>;
  derived: readonly MeshService[];
}

/** What is known of one namespace. Selectors do not reach beyond it. */
export interface NamespaceState {
  readonly name: string;
  /** False: nobody has told of the Namespace itself, or it is gone. */
  told: boolean;
  facts: NamespaceFacts;
  readonly pods: Map<string, PodState>;
  readonly services: Map<string, ServiceState>;
  readonly index: LabelIndex;
}

export function createNamespaceState(name: string): NamespaceState {
  return { name, told: false, facts: plainNamespace, pods: new Map(), services: new Map(), index: createLabelIndex() };
}

/** Counts a pod in or out (`by` is 1 or -1); true when there are other meshes now than before. */
export function countPod({ meshes }: ServiceState, mesh: string | undefined, by: 1 | -1): boolean {
  const name = mesh ?? "";
  const before = meshes.get(name) ?? 0;
  if (before + by === 0) meshes.delete(name);
  else meshes.set(name, before + by);
  return before === 0 || before + by === 0;
}
