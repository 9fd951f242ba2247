import type { Labels } from "../model/resource.ts";
import { trimMetadata } from "./trim-metadata.ts";
import type { KubeObject } from "./kube-object.ts";

/** What is read of a Pod. */
export interface Pod extends KubeObject {
  readonly spec?: {
    readonly hostNetwork?: boolean;
    readonly containers?: readonly Container[];
    readonly initContainers?: readonly Container[];
  };
  readonly status?: {
    /** Pending, Running, Succeeded, Failed, Unknown. */
    readonly phase?: string;
    readonly podIP?: string;
    readonly podIPs?: readonly { readonly ip?: string }[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

export interface Container {
  readonly name: string;
  readonly ports?: readonly ContainerPort[];
  /** `Always` on an init container: it runs beside the others, as a sidecar does. */
  readonly restartPolicy?: string;
}

export interface ContainerPort {
  readonly containerPort: number;
  readonly name?: string;
  /** TCP when absent. */
  readonly protocol?: string;
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
}

/** The part of a Pod that is read here: a tenth of it, and thousands are kept. */
export function trimPod({ metadata, spec, status }: Pod): Pod {
  return { metadata: trimMetadata(metadata), spec: trimSpec(spec ?? {}), status: trimPodStatus(status ?? {}) };
}

function trimSpec({ hostNetwork, containers = [], initContainers = [] }: NonNullable<Pod["spec"]>): NonNullable<Pod["spec"]> {
  return {
    ...(hostNetwork === true ? { hostNetwork } : {}),
    containers: containers.map(trimContainer),
    initContainers: initContainers.filter(isSidecar).map(trimContainer),
  };
}

function trimPodStatus({ phase, podIP, podIPs, ...rest }: NonNullable<Pod["status"]>): NonNullable<Pod["status"]> {
  return {
    ...(phase === undefined ? {} : { phase }),
    ...(podIP === undefined ? {} : { podIP }),
    ...(podIPs === undefined ? {} : { podIPs }),
    containerStatuses: (rest.containerStatuses ?? []).map(trimStatus),
    initContainerStatuses: (rest.initContainerStatuses ?? []).map(trimStatus),
    conditions: (rest.conditions ?? []).filter(({ type }) => type === "Ready").map(({ type, status }) => ({ type, status })),
  };
}

/** True for an init container that goes on running: a sidecar in Kubernetes' own sense. */
export function isSidecar({ restartPolicy }: Container): boolean {
  return restartPolicy === "Always";
}

/** The containers that run as long as the pod does. */
export function runningContainers({ spec }: Pod): readonly Container[] {
  return [...(spec?.containers ?? []), ...(spec?.initContainers ?? []).filter(isSidecar)];
}

/** Labels of a pod; empty when it has none. */
export function labelsOfObject({ metadata }: KubeObject): Labels {
  return metadata.labels ?? {};
}

function trimContainer({ name, ports, restartPolicy }: Container): Container {
  return {
    name,
    ...(ports === undefined ? {} : { ports: ports.map(trimPort) }),
    ...(restartPolicy === undefined ? {} : { restartPolicy }),
  };
}

function trimPort({ containerPort, name, protocol }: ContainerPort): ContainerPort {
  return { containerPort, ...(name === undefined ? {} : { name }), ...(protocol === undefined ? {} : { protocol }) };
}

function trimStatus({ name, ready }: ContainerStatus): ContainerStatus {
  return { name, ready: ready === true };
}
