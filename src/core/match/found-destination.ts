import type { DestinationTlsPlan } from "../model/mesh-tls-plan.ts";
import type { EndpointPlan, ExternalPlan, Protocol } from "../model/plan.ts";
import type { Target } from "./resolve-target.ts";

/** What a ref means, without a look at who is behind it. */
export interface NamedDestination {
  readonly target: Target;
  readonly displayName: string;
}

/** A destination as the World has it, before any policy. */
export interface FoundDestination extends NamedDestination {
  /** Cluster name. */
  readonly name: string;
  readonly protocol: Protocol;
  readonly endpoints: readonly EndpointPlan[];
  readonly external?: ExternalPlan;
  /** How those talk to it who have an identity; the marks of its endpoints belong to it. */
  readonly tls?: DestinationTlsPlan;
}

/** A destination that is not there, and why, as the end of a sentence. */
export interface Missing {
  readonly missing: string;
}
