import type { NamePlan, TlsVersionPlan } from "./name-plan.ts";

/** Versions and ciphers; absent: Envoy's own. */
export interface TlsParametersPlan {
  readonly minVersion?: TlsVersionPlan;
  readonly maxVersion?: TlsVersionPlan;
  /** Of TLS 1.2 and lower. */
  readonly ciphers?: readonly string[];
}

/** Who a proxy is in its mesh. The certificate itself is no part of a plan: it has a private key, and an end. */
export interface IdentityPlan {
  readonly mesh: string;
  /** Name of the mesh's CA backend. */
  readonly backend: string;
  /** URI SANs of the certificate, sorted: `spiffe://<mesh>/<service>` for each service, then `kuma://<tag>/<value>`. At least one. */
  readonly names: readonly string[];
  /** How long a certificate is good for. */
  readonly certificateLifetimeMs: number;
}

/** Mutual TLS to a destination of the mesh. */
export interface DestinationTlsPlan extends TlsParametersPlan {
  readonly mesh: string;
  readonly serverName: string;
  /** SPIFFE IDs of which the peer has to have one. */
  readonly peers: readonly NamePlan[];
  /** `always`, or only to endpoints that are marked as taking it (`EndpointPlan.mutualTls`): the mesh is PERMISSIVE. */
  readonly use: "always" | "marked-endpoints";
  /** Names of the MeshTLS policies that the versions and ciphers are from, sorted. Absent: none says any. */
  readonly parametersFrom?: readonly string[];
}

/** What an inbound takes. */
export interface InboundTlsPlan extends TlsParametersPlan {
  readonly mesh: string;
  /** permissive: plain text as well. */
  readonly mode: "strict" | "permissive";
}

/** Who may call an inbound, by the SPIFFE IDs and names asked for. Absent on an inbound: everyone of the mesh. */
export interface PermissionsPlan {
  /** First of all; each refuses. */
  readonly deny: readonly PermissionPlan[];
  readonly allow: readonly PermissionPlan[];
  /** Let through, but counted as what a refusal would be. */
  readonly shadowDeny: readonly PermissionPlan[];
  /** What becomes of callers that nothing is said of. */
  readonly others: "allow" | "deny";
}

export interface PermissionPlan {
  /** Name of the policy that says so. */
  readonly policy: string;
  /** All of these have to hold; a caller has several names (SPIFFE IDs, `kuma://` tags), of which one has to match each. Empty: anyone of the mesh. */
  readonly names: readonly NamePlan[];
  /** Not who has all names of one of these lists. */
  readonly except?: readonly (readonly NamePlan[])[];
  readonly serverName?: string;
}
