/** A spec, and what the API server says to it. */
export interface RuleCase {
  readonly kind: string;
  readonly name: string;
  /** Absent: the object has none. */
  readonly spec: unknown;
  /** `field: message` of everything that is wrong, in any order; empty: nothing. */
  readonly refused: readonly string[];
  /** True: what needs the control plane's options or code to be refused is for the webhook alone. */
  readonly webhookRefuses?: boolean;
}
