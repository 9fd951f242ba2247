import type { Labels, Resource } from "./resource.ts";

/** A destination with ports of its own, made of the Dataplanes that its selector fits. */
export interface MeshServiceSpec {
  readonly selector?: {
    /** Fits an inbound that has all of these tags. */
    readonly dataplaneTags?: Labels;
    /** Fits a Dataplane that has all of these labels. */
    readonly dataplaneLabels?: { readonly matchLabels?: Labels };
    /** Fits the Dataplane of this name. */
    readonly dataplaneRef?: { readonly name?: string };
  };
  readonly ports?: readonly MeshServicePort[];
  /** Addresses at which apps call the service where their connections are redirected; none: they call its Dataplanes' own addresses. */
  readonly vips?: readonly { readonly ip: string }[];
  readonly state?: "Available" | "Unavailable";
  /** Who has to answer where there is mutual TLS; default: who its proxies are. ServiceTag: value of the tag `kuma.io/service`. */
  readonly identities?: readonly { readonly type?: "ServiceTag" | "SpiffeID"; readonly value: string }[];
}

export interface MeshServicePort {
  readonly port: number;
  /** The inbound's port, or its name; default: `port`. */
  readonly targetPort?: number | string;
  /** Default: the port's number as text. */
  readonly name?: string;
  /** Default: tcp. */
  readonly appProtocol?: string;
}

export type MeshService = Resource<"MeshService", MeshServiceSpec>;

/** The name by which `sectionName` and KRIs mean a port. */
export function portName(port: MeshServicePort): string {
  return port.name ?? String(port.port);
}
