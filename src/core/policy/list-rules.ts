import type { SchemaRule } from "../base/json-schema.ts";
import { asArray, ownField } from "../base/json.ts";
import type { Violation } from "../base/violation.ts";
import type { ConfList } from "./kind.ts";
import { sectionRule } from "./target-ref-rules.ts";

/** Whether the lists of a policy go together, and whether there is any entry, in the texts of Kuma 2.14. */
export function listProblems(spec: Readonly<Record<string, unknown>> | undefined, lists: readonly ConfList[], someRequired: boolean): readonly Violation[] {
  const has = (list: string) => (asArray(ownField(spec, list)) ?? []).length > 0;
  const wrongType = lists.some((list) => ownField(spec, list) !== undefined && asArray(ownField(spec, list)) === undefined);
  if (lists.includes("rules") && has("rules") && besideRules(lists).some(has)) return [{ path: "", message: mixedText(lists) }];
  return someRequired && !wrongType && !lists.some(has) ? [{ path: "", message: noneText(lists) }] : [];
}

/** The same for Kubernetes' API server, and that only what comes in has a section. */
export function listRules(lists: readonly ConfList[], someRequired: boolean): readonly SchemaRule[] {
  if (!lists.includes("rules")) return someRequired ? [{ rule: lists.map(isSet).join(" || "), message: noneText(lists) }] : [];
  const mixed: SchemaRule = { rule: `!${isSet("rules")} || !(${besideRules(lists).map(isSet).join(" || ")})`, message: mixedText(lists) };
  const none: SchemaRule = { rule: lists.map(isSet).join(" || "), message: noneText(lists) };
  return [...(besideRules(lists).length === 0 ? [] : [mixed]), ...(someRequired ? [none] : []), sectionRule(lists)];
}

function besideRules(lists: readonly ConfList[]): readonly ConfList[] {
  return lists.filter((list) => list !== "rules");
}

function mixedText(lists: readonly ConfList[]): string {
  const others = besideRules(lists).map((list) => `'${list}'`);
  return `field${others.length > 1 ? "s" : ""} ${others.join(" and ")} must be empty when 'rules' is defined`;
}

function noneText(lists: readonly ConfList[]): string {
  const [last = "", ...others] = (["from", "to", "rules"] as const).filter((list) => lists.includes(list)).map((list) => `'${list}'`).reverse();
  return others.length === 0 ? `${last} has to be defined` : `at least one of ${others.reverse().join(", ")} or ${last} has to be defined`;
}

function isSet(list: string): string {
  return `(has(self.${list}) && size(self.${list}) > 0)`;
}
