import type { Labels, Resource } from "./resource.ts";

/** A reference as policies write it (Kuma's `targetRef`): who is meant. */
export interface TargetRef {
  readonly kind: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly tags?: Labels;
  readonly labels?: Labels;
  readonly mesh?: string;
  /** A port of a MeshService, by name (default name: its number). */
  readonly sectionName?: string;
  readonly proxyTypes?: readonly string[];
}

/** One entry of a policy's `to`: a destination and the conf for it. */
export interface ToItem {
  readonly targetRef: TargetRef;
  /** The policy's own conf, as JSON; merged by RFC 7396. */
  readonly default?: Readonly<Record<string, unknown>>;
}

/** The part that every policy with `to` has. An absent `targetRef` means the whole Mesh. */
export interface PolicySpec {
  readonly targetRef?: TargetRef;
  readonly to?: readonly ToItem[];
}

export type Policy = Resource<string, PolicySpec>;
