import { asArray, asObject, asString, ownField } from "../base/json.ts";
import { labelOf } from "../base/labels.ts";
import { annotationNames } from "./annotation-names.ts";
import { switchIn } from "./read-annotation.ts";
import type { PodShape } from "./sidecar-decision.ts";

/** What stands under `revision` in the status annotation that our injector writes; Istio writes the name of its own. */
export const ourRevision = "probeplane";

/** Containers that are sidecars by their name: Istio's, which our own has too unless a setting changes it, and Kuma's. */
const knownNames: readonly string[] = ["istio-proxy", "kuma-sidecar"];

/** Whose sidecar a pod has: our injector's, another's, or somebody's own. */
export type SidecarOf = "ours" | "Istio" | "Kuma" | "by hand";

/** Undefined: it has none. */
export function sidecarOf(pod: PodShape): SidecarOf | undefined {
  const status = labelOf(pod.metadata?.annotations, annotationNames.status) ?? "";
  const names = containerNames(pod);
  if (status !== "") {
    const mark = readMark(status);
    if (mark?.revision !== ourRevision) return "Istio";
    // Else a copy of what a running pod said, without what it had.
    if (mark.sidecar !== undefined && names.has(mark.sidecar)) return "ours";
  } else if (switchIn(labelOf(pod.metadata?.annotations, annotationNames.injected)) === true) {
    return "Kuma";
  }
  return names.has("kuma-sidecar") ? "Kuma" : knownNames.some((name) => names.has(name)) ? "by hand" : undefined;
}

/** The containers that our injector put into a pod, by its status annotation. */
export interface OurContainers {
  /** Name of the sidecar. */
  readonly sidecar: string;
  /** Name of the init container that redirects; undefined: nothing is redirected. */
  readonly redirect: string | undefined;
}

/** Undefined unless the pod has a sidecar of ours. */
export function ourContainers(pod: PodShape): OurContainers | undefined {
  if (sidecarOf(pod) !== "ours") return undefined;
  const { sidecar = "", redirect } = readMark(labelOf(pod.metadata?.annotations, annotationNames.status) ?? "") ?? {};
  return { sidecar, redirect };
}

interface Mark {
  readonly revision: string | undefined;
  readonly sidecar: string | undefined;
  readonly redirect: string | undefined;
}

function readMark(text: string): Mark | undefined {
  const status = asObject(parsed(text));
  if (status === undefined) return undefined;
  const [containers, initContainers] = [listIn(status, "containers"), listIn(status, "initContainers")];
  // A native sidecar is the last of the init containers.
  const [redirect, native] = containers.length > 0 || initContainers.length > 1 ? initContainers : [undefined, initContainers[0]];
  return { revision: asString(ownField(status, "revision")), sidecar: asString(containers[0] ?? native), redirect: asString(redirect) };
}

function listIn(status: Readonly<Record<string, unknown>>, field: string): readonly unknown[] {
  return asArray(ownField(status, field)) ?? [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function containerNames({ spec }: PodShape): ReadonlySet<string> {
  return new Set([...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].map(({ name }) => name));
}
