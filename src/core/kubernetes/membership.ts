import { annotationNames } from "./annotation-names.ts";
import type { KubeObject } from "./kube-object.ts";
import type { Pod } from "./pod.ts";
import { said, switchOf } from "./read-annotation.ts";

/** The mesh of what names none. */
export const defaultMesh = "default";

/** What a Namespace says for everything in it. */
export interface NamespaceFacts {
  /** Its pods have sidecars unless they say otherwise. */
  readonly injected: boolean;
  readonly mesh: string;
}

/** Facts of a Namespace that nobody has told of yet, or that says nothing. */
export const plainNamespace: NamespaceFacts = Object.freeze({ injected: false, mesh: defaultMesh });

export function namespaceFacts(namespace: KubeObject | undefined): NamespaceFacts {
  if (namespace === undefined) return plainNamespace;
  return { injected: switchOf(namespace, annotationNames.injection) === true, mesh: said(namespace, annotationNames.mesh) ?? defaultMesh };
}

/**
 * The mesh that a pod is part of: by its own word, else by its namespace's; undefined when it is in none. A pod on its node's
 * network is in none: what is redirected there is not the pod's alone.
 */
export function meshOfPod(pod: Pod, namespace: NamespaceFacts): string | undefined {
  const injected = switchOf(pod, annotationNames.injection) ?? namespace.injected;
  if (!injected || pod.spec?.hostNetwork === true) return undefined;
  return said(pod, annotationNames.mesh) ?? namespace.mesh;
}

/** True when the containers have ended for good: the address may be another pod's by now. */
export function hasEnded({ status }: Pod): boolean {
  return status?.phase === "Failed" || status?.phase === "Succeeded";
}
