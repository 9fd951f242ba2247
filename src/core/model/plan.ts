import type { Notice } from "../base/notice.ts";
import type { CircuitBreakerPlan } from "./circuit-breaker-plan.ts";
import type { DestinationTlsPlan, IdentityPlan, InboundTlsPlan, PermissionsPlan } from "./mesh-tls-plan.ts";
import type { NamePlan, TlsVersionPlan } from "./name-plan.ts";
import type { RetryPlan } from "./retry-plan.ts";
import type { TimeoutPlan } from "./timeout-plan.ts";

export type { NamePlan, TlsVersionPlan } from "./name-plan.ts";

/**
 * What one proxy should do, in our words, every default filled, no word of Envoy's.
 *
 * Identity is meaning here: a DestinationPlan or EndpointsPlan that is equal is the same frozen object for every proxy and in
 * every following World, so that later stages encode it once (they memoize on identity) and send only what changed.
 */
export interface ProxyPlan {
  readonly mesh: string;
  readonly proxy: string;
  /** The sender's tags (else labels), serialised for the header `x-kuma-tags`; empty: no header. */
  readonly senderTags: string;
  readonly inbounds: readonly InboundPlan[];
  readonly outbounds: readonly OutboundPlan[];
  /** Each destination once, however many outbounds lead to it, sorted by name. */
  readonly destinations: readonly DestinationPlan[];
  /** Present: the kernel redirects connections to the proxy. */
  readonly capture?: CapturePlan;
  /** Present: the mesh has mutual TLS, and there is something to call the proxy by. */
  readonly identity?: IdentityPlan;
  readonly notices: readonly Notice[];
}

/** Where redirected connections arrive; those that no inbound and no outbound is for are passed on to where they were meant to go. */
export interface CapturePlan {
  /** Connections to the app arrive here; absent: they are not redirected. */
  readonly inboundPort?: number;
  /** The app's own connections arrive here; absent: they are not redirected. */
  readonly outboundPort?: number;
  readonly families: readonly IpFamily[];
  /** False: the app's connections to what the proxy does not know are refused. */
  readonly passthrough: boolean;
  /** True: connections to the app at which no inbound is are refused; otherwise they are passed on, in plain text or whatever they are. */
  readonly refusesUndeclared?: true;
  /** Where they are passed on: ports, lowest first, to which none is, because a strict inbound has it at the Dataplane's address and the pod may have others. */
  readonly refusedPorts?: readonly number[];
}

export type IpFamily = "IPv4" | "IPv6";

/** Protocols that the mesh tells apart. `unknown`: no or mixed information; treated as TCP, never checked. */
export type Protocol = "http" | "http2" | "grpc" | "tcp" | "tls" | "kafka" | "mysql" | "unknown";

export interface InboundPlan {
  readonly listenAddress: string;
  readonly listenPort: number;
  readonly appAddress: string;
  readonly appPort: number;
  readonly protocol: Protocol;
  /** True: connections come by redirection, so that nobody listens at the address, and the app may. */
  readonly captured?: true;
  /** Absent: plain text, whatever the callers speak. */
  readonly tls?: InboundTlsPlan;
  /** Only with `tls`; absent: everyone of the mesh may call. */
  readonly permissions?: PermissionsPlan;
  readonly timeouts?: TimeoutPlan;
  readonly circuitBreaker?: CircuitBreakerPlan;
  /** Only where a circuit breaker says so. */
  readonly panic?: PanicPlan;
  /** Which policy, and which of its `rules` (or `from`), decided a field. Absent: no policy did. */
  readonly decidedBy?: Decisions;
}

export interface OutboundPlan {
  readonly listenAddress: string;
  readonly listenPort: number;
  /** True: connections come by redirection; the address is not the proxy's own. */
  readonly captured?: true;
  readonly destination: DestinationPlan;
}

export interface DestinationPlan {
  /** Cluster name: the service's name for a tag-named outbound, the KRI of service and port for a MeshService or MeshExternalService. */
  readonly name: string;
  /** How people call it: the service's name, with the port for a MeshService or MeshExternalService (`backend:80`). */
  readonly displayName: string;
  readonly protocol: Protocol;
  /** HTTP version of the hop between two proxies, or to the service outside; none when the traffic is not HTTP. */
  readonly httpVersion?: 1 | 2;
  /** Present: outside the mesh, there is no proxy at the other end. */
  readonly external?: ExternalPlan;
  readonly endpoints: EndpointsPlan;
  readonly healthCheck?: HealthCheckPlan;
  readonly panic?: PanicPlan;
  readonly retry?: RetryPlan;
  readonly timeouts?: TimeoutPlan;
  readonly circuitBreaker?: CircuitBreakerPlan;
  /** Present: mutual TLS inside the mesh. */
  readonly tls?: DestinationTlsPlan;
  /** Which policy, and which of its `to` items, decided a field. */
  readonly decidedBy: Decisions;
}

/** By kind of policy, then by the path of the field in its conf (`http.path`). */
export type Decisions = Readonly<Record<string, Readonly<Record<string, Decision>>>>;

export interface Decision {
  /** Name of the policy. */
  readonly policy: string;
  /** Where in its spec: `to[0]`, `rules[1]`, `from[0]`. */
  readonly item: string;
}

/** What it takes to call a destination outside the mesh. */
export interface ExternalPlan {
  /** Name of the MeshExternalService; what a proxy refuses of it is told there. */
  readonly service: string;
  /** Absent: no TLS. */
  readonly tls?: TlsPlan;
}

/** TLS to a destination outside the mesh. */
export interface TlsPlan {
  readonly minVersion: TlsVersionPlan;
  readonly maxVersion: TlsVersionPlan;
  readonly allowRenegotiation: boolean;
  /** What is asked for in the handshake; absent: the endpoint's DNS name. */
  readonly serverName?: string;
  readonly verify: "ca-and-name" | "ca" | "nothing";
  /** PEM text; absent: what the proxy's machine trusts. */
  readonly trustedCa?: string;
  /** The certificate has to have one of them; absent: the server name, else the endpoint's address. */
  readonly names?: readonly NamePlan[];
  /** PEM texts. */
  readonly client?: { readonly certificateChain: string; readonly privateKey: string };
}

/** The endpoints of one destination; sorted by priority, address and port, each once. */
export interface EndpointsPlan {
  readonly endpoints: readonly EndpointPlan[];
}

export interface EndpointPlan {
  /** IP address or DNS name. */
  readonly address: string;
  readonly port: number;
  /** 0, the default, is used first; no number is left out. */
  readonly priority?: number;
  /** The proxy there takes mutual TLS; said only where the mesh takes plain text as well. */
  readonly mutualTls?: true;
  /** Those of its tags by which some policy tells endpoints apart; absent: none. */
  readonly tags?: Readonly<Record<string, string>>;
}

export interface PanicPlan {
  /** 0 disables panic mode; absent: Envoy's 50. */
  readonly thresholdPercent?: number;
  readonly failTraffic?: boolean;
}

/** An active check. Milliseconds may have a fraction. */
export interface HealthCheckPlan {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly unhealthyThreshold: number;
  readonly healthyThreshold: number;
  readonly noTrafficIntervalMs: number;
  readonly initialJitterMs?: number;
  readonly intervalJitterMs?: number;
  readonly intervalJitterPercent?: number;
  readonly eventLogPath?: string;
  readonly alwaysLogHealthCheckFailures: boolean;
  readonly reuseConnection: boolean;
  readonly check: HttpCheckPlan | TcpCheckPlan | GrpcCheckPlan;
}

export interface HttpCheckPlan {
  readonly kind: "http";
  readonly path: string;
  readonly httpVersion: 1 | 2;
  /** Statuses that pass; Envoy's default is only 200. */
  readonly expectedStatuses: readonly number[];
  /** Any other status counts towards the threshold (ours), or ejects at the first (Envoy's own behaviour). */
  readonly otherStatuses: "count-to-threshold" | "eject-at-once";
  readonly addHeaders: readonly HeaderPlan[];
  readonly setHeaders: readonly HeaderPlan[];
}

export interface HeaderPlan {
  readonly name: string;
  readonly value: string;
}

export interface TcpCheckPlan {
  readonly kind: "tcp";
  /** Lower-case hex of the bytes to send; absent: connect only. */
  readonly sendHex?: string;
  /** Blocks that must come back, in this order. */
  readonly receiveHex: readonly string[];
}

export interface GrpcCheckPlan {
  readonly kind: "grpc";
  readonly serviceName: string;
  /** Empty: the cluster's name. */
  readonly authority: string;
}
