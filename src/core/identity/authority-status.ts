import type { GenerationState } from "./generations.ts";

/** How the certificates of a mesh stand, for people: nothing in it is secret. Times are RFC 3339. */
export interface AuthorityStatus {
  readonly mesh: string;
  /** Name and type of the backend in use. */
  readonly backend: string;
  readonly type: "builtin" | "provided";
  /** Oldest first. Empty: not made yet. */
  readonly authorities: readonly AuthorityReport[];
  /** Certificates that proxies hold which are connected to this control plane. */
  readonly certificates: { readonly issued: number; readonly awaiting: number; readonly earliestEnd?: string };
  /** What is amiss. */
  readonly problems: readonly string[];
}

export interface AuthorityReport {
  readonly serial: number;
  readonly state: GenerationState;
  readonly origin: string;
  /** SHA-256 of its certificate, in hex. */
  readonly fingerprint: string;
  readonly notAfter: string;
  readonly signsFrom: string;
  /** When it is trusted no more; absent: no other is to follow it. */
  readonly trustedUntil?: string;
}
