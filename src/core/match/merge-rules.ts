import { deepFreeze } from "../base/deep-freeze.ts";
import type { Decision } from "../model/plan.ts";
import type { RuleMatch } from "../model/target-ref.ts";
import type { InboundEntry, InboundRules, MatchedConf } from "../policy/inbound-rules.ts";
import type { InboundSide } from "../policy/kind.ts";
import { mergeConfs, placeOf } from "./merge-confs.ts";

/** What entries come to, and who decided what: keys are paths of fields, those of a conf for certain callers after the match. */
export interface MergedRules {
  readonly rules: InboundRules;
  readonly decidedBy: Readonly<Record<string, Decision>>;
}

/** Merges entries, the last one winning, as `mergeConfs` does; those with matches once for each match. A kind may want them as they are. */
export function mergeRules(entries: readonly InboundEntry[], { keepsEntries }: Pick<InboundSide, "keepsEntries">): MergedRules {
  if (keepsEntries === true) return deepFreeze({ rules: { conf: {}, hasConf: false, matched: [], entries }, decidedBy: decisionsByEntry(entries) });
  const general = entries.filter(({ item }) => item.matches === undefined);
  const { conf, decidedBy } = mergeConfs(general);
  const decisions: Record<string, Decision> = { ...decidedBy };
  const matched = matchesIn(entries).map((match): MatchedConf => {
    const taking = [...general, ...entriesTaking(entries, match)];
    const merged = mergeConfs(taking);
    for (const [path, decision] of Object.entries(merged.decidedBy)) {
      if (!sameDecision(decidedBy[path], decision)) decisions[`[${matchText(match)}] ${path}`] = decision;
    }
    return { match, conf: merged.conf, entries: taking };
  });
  return deepFreeze({ rules: { conf, hasConf: general.length > 0, matched, entries }, decidedBy: decisions });
}

function sameDecision(one: Decision | undefined, other: Decision): boolean {
  return one?.policy === other.policy && one.item === other.item;
}

function decisionsByEntry(entries: readonly InboundEntry[]): Readonly<Record<string, Decision>> {
  return Object.fromEntries(entries.map((entry) => [`${entry.policy.name} ${placeOf(entry)}`, { policy: entry.policy.name, item: placeOf(entry) }]));
}

/** Every match that is written, once, the most specific first. */
function matchesIn(entries: readonly InboundEntry[]): readonly RuleMatch[] {
  const found = new Map(entries.flatMap(({ item }) => item.matches ?? []).map((match) => [matchText(match), match]));
  return [...found.values()].sort((a, b) => compareMatches(b, a) || (matchText(a) < matchText(b) ? -1 : 1));
}

/** The less specific first: no SPIFFE ID, prefixes by length, exact; then without a server name. */
function compareMatches(a: RuleMatch, b: RuleMatch): number {
  return (
    Number(a.spiffeID !== undefined) - Number(b.spiffeID !== undefined) ||
    Number(a.spiffeID?.type === "Exact") - Number(b.spiffeID?.type === "Exact") ||
    (a.spiffeID?.value.length ?? 0) - (b.spiffeID?.value.length ?? 0) ||
    Number(a.sni !== undefined) - Number(b.sni !== undefined)
  );
}

/** The entries of which some match takes in all that this one does, those that say it least exactly first. */
function entriesTaking(entries: readonly InboundEntry[], match: RuleMatch): readonly InboundEntry[] {
  const taking = entries.flatMap((entry) => {
    const [best] = (entry.item.matches ?? []).filter((wider) => takesIn(wider, match)).sort((a, b) => compareMatches(b, a));
    return best === undefined ? [] : [{ entry, best }];
  });
  return taking.sort((a, b) => compareMatches(a.best, b.best)).map(({ entry }) => entry);
}

function takesIn(wider: RuleMatch, { spiffeID, sni }: RuleMatch): boolean {
  if (wider.sni !== undefined && wider.sni.value !== sni?.value) return false;
  if (wider.spiffeID === undefined) return true;
  if (spiffeID === undefined) return false;
  if (wider.spiffeID.type === "Prefix") return spiffeID.value.startsWith(wider.spiffeID.value);
  return spiffeID.type === "Exact" && spiffeID.value === wider.spiffeID.value;
}

function matchText({ spiffeID, sni }: RuleMatch): string {
  const caller = spiffeID === undefined ? [] : [`${spiffeID.type} ${spiffeID.value}`];
  return [...caller, ...(sni === undefined ? [] : [`sni ${sni.value}`])].join(", ");
}
