import type { ContainerSpec, PodTemplate } from "./pod-spec.ts";

export type ContainerList = "containers" | "initContainers";

/** Where a container stands in its pod. */
export interface ContainerPlace {
  readonly list: ContainerList;
  readonly index: number;
}

/** The container that the agent runs in: one of this name among `containers`, else among `initContainers`. */
export function findSidecar({ spec }: PodTemplate, name: string): (ContainerPlace & { readonly container: ContainerSpec; readonly path: string }) | undefined {
  for (const list of ["containers", "initContainers"] as const) {
    const index = (spec?.[list] ?? []).findIndex((container) => container.name === name);
    const container = spec?.[list]?.[index];
    if (container !== undefined) return { list, index, container, path: `spec.${list}[${index}]` };
  }
  return undefined;
}

/** All containers of a pod but the ephemeral ones, which have no probes. */
export function containersOf({ spec }: PodTemplate): readonly ContainerSpec[] {
  return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
}

/** True when a container is started, and its hook or startup probe waited for, before the kubelet gets to the sidecar. */
export function startsBefore(place: ContainerPlace, sidecar: ContainerPlace): boolean {
  return place.list === sidecar.list ? place.index < sidecar.index : place.list === "initContainers";
}
