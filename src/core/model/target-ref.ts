import type { Labels, Resource } from "./resource.ts";

/** A reference as policies write it (Kuma's `targetRef`): who is meant. */
export interface TargetRef {
  readonly kind: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly tags?: Labels;
  readonly labels?: Labels;
  readonly mesh?: string;
  /** A port of a MeshService, or an inbound of a Dataplane, by name (default name: its number). */
  readonly sectionName?: string;
  readonly proxyTypes?: readonly string[];
}

/** One entry of a policy's `to`: a destination and the conf for it. */
export interface ToItem {
  readonly targetRef: TargetRef;
  /** The policy's own conf, as JSON; merged by RFC 7396. */
  readonly default?: Readonly<Record<string, unknown>>;
}

/** Which callers an entry of `rules` is for: all that is said has to hold. */
export interface RuleMatch {
  /** SPIFFE ID of the caller; only with mutual TLS. */
  readonly spiffeID?: { readonly type: "Exact" | "Prefix"; readonly value: string };
  /** Server name that the caller asks for. */
  readonly sni?: { readonly type: "Exact"; readonly value: string };
}

/** One entry of a policy's `rules` or `from`: a conf for what comes to an inbound. */
export interface RuleItem {
  /** Callers that are meant; `from` only. */
  readonly targetRef?: TargetRef;
  /** One of them has to fit; absent: whoever calls. `rules` only. */
  readonly matches?: readonly RuleMatch[];
  /** The policy's own conf, as JSON. */
  readonly default?: Readonly<Record<string, unknown>>;
}

/** The part that all policies have. An absent `targetRef` means the whole Mesh. */
export interface PolicySpec {
  readonly targetRef?: TargetRef;
  readonly to?: readonly ToItem[];
  readonly rules?: readonly RuleItem[];
  readonly from?: readonly RuleItem[];
}

export type Policy = Resource<string, PolicySpec>;
