import type { JsonSchema, SchemaRule } from "../base/json-schema.ts";
import type { ConfList } from "./kind.ts";
import { listRules } from "./list-rules.ts";
import { matchSchema } from "./match-schema.ts";
import { targetRefSchema } from "./target-ref-schema.ts";

/** One list of a policy: what it is for, and the conf of its entries (`default`). */
export interface ListPart {
  readonly description: string;
  readonly conf: JsonSchema;
  /** Rules for a whole entry. */
  readonly itemRules?: readonly SchemaRule[];
}

export interface ReferringPart extends ListPart {
  /** Says what the entry's targetRef means. */
  readonly targetRef: string;
  /** Kinds that it may be; default: all of the place. */
  readonly kinds?: readonly string[];
}

export interface RulesPart extends ListPart {
  /** Present: entries may say for which callers they are; the text says what that does. */
  readonly matches?: string;
}

/** What is peculiar to a kind of policy in the shape of its spec. */
export interface PolicyParts {
  readonly description: string;
  /** Says what the policy's own targetRef selects. */
  readonly targetRef: string;
  readonly kinds?: readonly string[];
  readonly to?: ReferringPart;
  readonly rules?: RulesPart;
  readonly from?: ReferringPart;
  /** True: a policy without any entry is refused, as `PolicyChecks.someListRequired`. */
  readonly someListRequired?: true;
  /** Further rules for the whole spec. */
  readonly specRules?: readonly SchemaRule[];
}

/** The schema of a policy's spec: targetRef, and those of the lists `to`, `rules` and `from` that it has, in this order. */
export function policySchema(parts: PolicyParts): JsonSchema {
  const lists = listsOf(parts);
  const place = lists.some((list) => list !== "to") ? "top-with-rules" : "top";
  const { to, rules, from } = parts;
  return {
    type: "object",
    description: parts.description,
    properties: {
      targetRef: targetRefSchema(place, parts.targetRef, parts.kinds),
      ...(to === undefined ? {} : { to: referringList(to, "to") }),
      ...(rules === undefined ? {} : { rules: rulesList(rules) }),
      ...(from === undefined ? {} : { from: referringList(from, "from") }),
    },
    rules: [...listRules(lists, parts.someListRequired === true), ...(parts.specRules ?? [])],
  };
}

export function listsOf(parts: Pick<PolicyParts, ConfList>): readonly ConfList[] {
  return (["to", "rules", "from"] as const).filter((list) => parts[list] !== undefined);
}

function referringList({ description, conf, itemRules, targetRef, kinds }: ReferringPart, place: "to" | "from"): JsonSchema {
  return listOf(description, {
    type: "object",
    required: ["targetRef"],
    properties: { targetRef: targetRefSchema(place, targetRef, kinds), default: conf },
    ...(itemRules === undefined ? {} : { rules: itemRules }),
  });
}

function rulesList({ description, conf, itemRules, matches }: RulesPart): JsonSchema {
  const matching: JsonSchema | undefined = matches === undefined ? undefined : { type: "array", description: matches, kubernetes: { maxItems: 64 }, items: matchSchema };
  return listOf(description, {
    type: "object",
    properties: { ...(matching === undefined ? {} : { matches: matching }), default: conf },
    ...(itemRules === undefined ? {} : { rules: itemRules }),
  });
}

function listOf(description: string, items: JsonSchema): JsonSchema {
  return { type: "array", description, kubernetes: { maxItems: 256 }, items };
}
