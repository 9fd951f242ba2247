import { annotationNames } from "./annotation-names.ts";
import { saidBy, switchIn, type Said, type Speaking } from "./read-annotation.ts";

/** As much of a pod, or of the template of one, as the decision takes. */
export interface PodShape {
  readonly metadata?: Speaking;
  readonly spec?: {
    readonly hostNetwork?: boolean;
    readonly containers?: readonly NamedContainer[];
    readonly initContainers?: readonly NamedContainer[];
  };
}

interface NamedContainer {
  readonly name: string;
  readonly restartPolicy?: string;
}

/** Whether a pod is to have a sidecar, and by whose word or for which reason not. */
export type SidecarDecision = { readonly wanted: true; readonly by: "pod" | "namespace" } | { readonly wanted: false; readonly reason: string };

/**
 * Whether a pod is to have a sidecar: by its own word, else by what holds in its namespace. A pod on its node's network never: what
 * is redirected there is not the pod's alone. The one decision that the injector takes, and whoever works out what is in the mesh.
 */
export function decideSidecar(pod: PodShape, namespaceWants: boolean): SidecarDecision {
  const own = wordFor(pod.metadata);
  if (own?.value === false) return { wanted: false, reason: `the pod's ${own.kind} ${own.name} says ${JSON.stringify(own.text)}` };
  if (own === undefined && !namespaceWants) return { wanted: false, reason: "neither the pod nor its namespace asks for a sidecar" };
  if (pod.spec?.hostNetwork === true) return { wanted: false, reason: "the pod is on its node's network, where nothing can be redirected for it alone" };
  return { wanted: true, by: own === undefined ? "namespace" : "pod" };
}

export interface Word extends Said {
  readonly value: boolean;
}

const names = [annotationNames.injection, annotationNames.istioInject] as const;

/** What an object says of sidecars: a label counts more than an annotation, then Kuma's name more than Istio's. */
export function wordFor(metadata: Speaking | undefined): Word | undefined {
  return wordsFor(metadata)[0];
}

/** Everything that it says, what counts first. */
export function wordsFor(metadata: Speaking | undefined): readonly Word[] {
  const found = (["label", "annotation"] as const).flatMap((kind) => names.map((name) => saidBy(metadata, name, kind)));
  return found.flatMap((said) => {
    const value = switchIn(said?.text);
    return said === undefined || value === undefined ? [] : [{ ...said, value }];
  });
}

/** What it says that means neither yes nor no, and so counts for nothing. */
export function unreadableWords(metadata: Speaking | undefined): readonly Said[] {
  const found = (["label", "annotation"] as const).flatMap((kind) => names.map((name) => saidBy(metadata, name, kind)));
  return found.filter((said): said is Said => said !== undefined && switchIn(said.text) === undefined);
}
