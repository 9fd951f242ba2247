import type { ContainerSpec, PodTemplate } from "../probe/pod-spec.ts";

export type Place = "first" | "last";

/** Where the containers of a sidecar stand among those of its pod. */
export interface Places {
  readonly sidecar: string;
  /** Undefined: nothing is redirected. */
  readonly redirect: string | undefined;
  /** Start the other containers once the sidecar is ready: the kubelet starts them one after the other, and a hook holds it up. */
  readonly held: boolean;
  /** Redirect before the other init containers. */
  readonly initFirst: boolean;
}

/**
 * The pod with its sidecar's containers where they belong, as Istio places them: the sidecar last, so that the first container is the
 * app's; held, first. The redirection after the other init containers, which could call nobody once it is laid and the sidecar is not
 * there; before all with a native sidecar, which is there. The very pod when all is in order.
 */
export function ordered(pod: PodTemplate, { sidecar, redirect, held, initFirst }: Places): PodTemplate {
  const { containers = [], initContainers = [] } = pod.spec ?? {};
  const isNative = initContainers.some(({ name }) => name === sidecar);
  const placed = {
    containers: moved(containers, sidecar, held ? "first" : "last"),
    initContainers: moved(isNative ? moved(initContainers, sidecar, "first") : initContainers, redirect, isNative || initFirst ? "first" : "last"),
  };
  if (sameOrder(placed.containers, containers) && sameOrder(placed.initContainers, initContainers)) return pod;
  const spec = { ...pod.spec, ...(sameOrder(placed.containers, containers) ? {} : { containers: placed.containers }) };
  return { ...pod, spec: sameOrder(placed.initContainers, initContainers) ? spec : { ...spec, initContainers: placed.initContainers } };
}

function moved(containers: readonly ContainerSpec[], wanted: string | undefined, place: Place): readonly ContainerSpec[] {
  const ours = containers.filter(({ name }) => name === wanted);
  const others = containers.filter(({ name }) => name !== wanted);
  return place === "first" ? [...ours, ...others] : [...others, ...ours];
}

function sameOrder(a: readonly ContainerSpec[], b: readonly ContainerSpec[]): boolean {
  return a.every((container, i) => container === b[i]);
}
