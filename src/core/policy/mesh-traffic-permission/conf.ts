import type { RuleMatch } from "../../model/target-ref.ts";

/** What an entry of `rules` says: who is let in, and who is not. */
export interface RulesConf {
  readonly deny?: readonly RuleMatch[];
  readonly allowWithShadowDeny?: readonly RuleMatch[];
  readonly allow?: readonly RuleMatch[];
}

/** What an entry of `from` says of those that its targetRef means. */
export interface FromConf {
  readonly action?: "Allow" | "Deny" | "AllowWithShadowDeny";
}
