import type { Policy, RuleItem, RuleMatch } from "../model/target-ref.ts";

export type Conf = Readonly<Record<string, unknown>>;

/** One entry of a policy that selects an inbound. */
export interface InboundEntry {
  readonly policy: Policy;
  readonly list: "rules" | "from";
  /** Index in that list. */
  readonly index: number;
  readonly item: RuleItem;
}

/** A conf for what fits a match. */
export interface MatchedConf {
  readonly match: RuleMatch;
  /** Merged from all entries without matches, then from all whose match takes in this one, the most specific last. */
  readonly conf: Conf;
  /** The entries that it was merged from, in this order. */
  readonly entries: readonly InboundEntry[];
}

/** All that the policies of one kind say of one inbound. */
export interface InboundRules {
  /** Merged from the entries without matches; empty where there are none. */
  readonly conf: Conf;
  /** False: no entry is without matches. */
  readonly hasConf: boolean;
  /** Most specific first: with a SPIFFE ID before without, exact before prefix, longer before shorter, with a server name before without. */
  readonly matched: readonly MatchedConf[];
  /** The entries that this comes from, least specific first. */
  readonly entries: readonly InboundEntry[];
}

export const noRules: InboundRules = Object.freeze({ conf: Object.freeze({}), hasConf: false, matched: Object.freeze([]), entries: Object.freeze([]) });
