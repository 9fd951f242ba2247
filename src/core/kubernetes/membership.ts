import { annotationNames } from "./annotation-names.ts";
import type { KubeObject } from "./kube-object.ts";
import type { Pod } from "./pod.ts";
import { said } from "./read-annotation.ts";
import { decideSidecar, wordFor, type SidecarDecision } from "./sidecar-decision.ts";
import { sidecarOf } from "./sidecar-of.ts";

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
  return { injected: wordFor(namespace.metadata)?.value === true, mesh: said(namespace, annotationNames.mesh) ?? defaultMesh };
}

/**
 * The mesh that a pod is part of: by its own word, else by its namespace's; undefined when it is in none. A pod is in a mesh when it
 * is to have a sidecar and has one that can be ours: what was started before anybody asked for sidecars goes on as it is.
 */
export function meshOfPod(pod: Pod, namespace: NamespaceFacts): string | undefined {
  const sidecar = sidecarOf(pod);
  if (sidecar === undefined || sidecar === "Istio" || !sidecarDecision(pod, namespace).wanted) return undefined;
  return said(pod, annotationNames.mesh) ?? namespace.mesh;
}

/** Whether a pod is to be part of a mesh. A sidecar that the injector put in is one that was asked for, whatever the namespace says since. */
export function sidecarDecision(pod: Pod, namespace: NamespaceFacts): SidecarDecision {
  return decideSidecar(pod, namespace.injected || sidecarOf(pod) === "ours");
}

/** True when the containers have ended for good: the address may be another pod's by now. */
export function hasEnded({ status }: Pod): boolean {
  return status?.phase === "Failed" || status?.phase === "Succeeded";
}
