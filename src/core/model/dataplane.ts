import type { Labels, Resource } from "./resource.ts";

/** A proxy: where it listens, which app ports stand behind it, whom its app calls. Field names are Kuma's. */
export interface DataplaneSpec {
  readonly networking: Networking;
}

export interface Networking {
  /** IP address or DNS name under which the other proxies reach this one. */
  readonly address: string;
  readonly inbound?: readonly Inbound[];
  readonly outbound?: readonly Outbound[];
  /** Present on a delegated gateway: a proxy that takes traffic from outside the mesh. */
  readonly gateway?: { readonly type?: "DELEGATED" | "BUILTIN"; readonly tags?: Labels };
  readonly transparentProxying?: TransparentProxying;
  readonly admin?: { readonly port?: number };
}

/**
 * Present: the kernel redirects the app's connections to the proxy. Beside its outbounds the proxy then serves the MeshServices of its
 * mesh at their VIPs (those without VIPs at their Dataplanes' own addresses), and passes on what it does not know.
 */
export interface TransparentProxying {
  /** Where connections to the app arrive; absent: they are not redirected, and inbounds listen themselves. */
  readonly redirectPortInbound?: number;
  /** Ports of inbounds at which connections are not redirected all the same: the app itself answers there. Not one of Kuma's fields. */
  readonly excludedInboundPorts?: readonly number[];
  /** Where the app's own connections arrive; absent: they are not redirected. */
  readonly redirectPortOutbound?: number;
  /** What is redirected. Absent and UnSpecified: both families. */
  readonly ipFamilyMode?: IpFamilyMode;
  /** Names of the services that the app calls, all others are passed through; absent or with `*`: all of the mesh. Empty: none. */
  readonly reachableServices?: readonly string[];
}

export type IpFamilyMode = "UnSpecified" | "DualStack" | "IPv4" | "IPv6";

export interface Inbound {
  /** Port on which the proxy listens, at `address`, else at the Dataplane's address. */
  readonly port: number;
  readonly address?: string;
  /** The app's port; default: `port`. */
  readonly servicePort?: number;
  /** The app's address; default: the inbound's address. */
  readonly serviceAddress?: string;
  readonly tags?: Labels;
  readonly name?: string;
  /** Used when the tag `kuma.io/protocol` is not there. */
  readonly protocol?: string;
  /** Present and not ready: not an endpoint. */
  readonly health?: { readonly ready?: boolean };
  /** `Ready` when absent; only a Ready inbound is an endpoint. */
  readonly state?: "Ready" | "NotReady" | "Ignored";
}

export interface Outbound {
  /** Address on which the proxy listens for its app; default 127.0.0.1. */
  readonly address?: string;
  readonly port: number;
  /** Names the destination by `kuma.io/service`. Either this or `backendRef`. */
  readonly tags?: Labels;
  /** Names a MeshService or MeshExternalService, by name or by labels. */
  readonly backendRef?: BackendRef;
}

export interface BackendRef {
  readonly kind: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly labels?: Labels;
  /** The service's port (not its name). */
  readonly port?: number;
}

export type Dataplane = Resource<"Dataplane", DataplaneSpec>;
