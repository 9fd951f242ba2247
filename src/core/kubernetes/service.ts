import type { Labels } from "../model/resource.ts";
import type { KubeObject } from "./kube-object.ts";
import { trimMetadata } from "./trim-metadata.ts";

/** What is read of a Service. */
export interface Service extends KubeObject {
  readonly spec?: {
    /** ClusterIP when absent; ExternalName is a DNS alias and has no pods. */
    readonly type?: string;
    /** `None`: headless. */
    readonly clusterIP?: string;
    /** One for each IP family. */
    readonly clusterIPs?: readonly string[];
    /** Absent or empty: somebody else says where the endpoints are. */
    readonly selector?: Labels;
    readonly ports?: readonly ServicePort[];
    readonly externalName?: string;
    /** Its pods are meant to be found before they are ready. */
    readonly publishNotReadyAddresses?: boolean;
  };
}

export interface ServicePort {
  readonly port: number;
  readonly name?: string;
  /** Number, or name of a container's port; default: `port`. */
  readonly targetPort?: number | string;
  /** TCP when absent. */
  readonly protocol?: string;
  readonly appProtocol?: string;
}

/** The part of a Service that is read here. */
export function trimService({ metadata, spec }: Service): Service {
  const { type, clusterIP, clusterIPs, selector, ports, externalName, publishNotReadyAddresses } = spec ?? {};
  return {
    metadata: trimMetadata(metadata),
    spec: {
      ...(type === undefined ? {} : { type }),
      ...(clusterIP === undefined ? {} : { clusterIP }),
      ...(clusterIPs === undefined ? {} : { clusterIPs }),
      ...(selector === undefined ? {} : { selector }),
      ...(ports === undefined ? {} : { ports }),
      ...(externalName === undefined ? {} : { externalName }),
      ...(publishNotReadyAddresses === true ? { publishNotReadyAddresses } : {}),
    },
  };
}

/** The ports that a mesh of TCP connections can serve. */
export function tcpPorts({ spec }: Service): readonly ServicePort[] {
  return (spec?.ports ?? []).filter(({ protocol }) => isTcp(protocol));
}

/** True for TCP, which is what no protocol means in Kubernetes. */
export function isTcp(protocol: string | undefined): boolean {
  return protocol === undefined || protocol === "" || protocol === "TCP";
}

/** Addresses of its own; none for a headless Service. */
export function virtualAddresses({ spec }: Service): readonly string[] {
  const all = spec?.clusterIPs ?? (spec?.clusterIP === undefined ? [] : [spec.clusterIP]);
  return all.filter((address) => address !== "" && address !== "None");
}

/** True when its pods are called at their own addresses. */
export function isHeadless({ spec }: Service): boolean {
  return spec?.clusterIP === "None" || spec?.clusterIPs?.[0] === "None";
}
