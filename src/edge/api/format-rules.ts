import type { JsonObject } from "../../core/base/json.ts";
import type { KindRules, Rule } from "../../core/inspect/rules.ts";
import type { RankedItem } from "../../core/match/order-items.ts";
import { kriOf } from "../../core/model/kri.ts";
import { labelNames } from "../../core/model/label-names.ts";
import type { PolicyKind } from "../../core/policy/kind.ts";
import { formatResource } from "../../core/policy/parse-resource.ts";
import { metaOf } from "./inspected.ts";

/** The rules of one kind, as `_rules` gives them. `toRules`, for services that only tags name, are there only when there are some. */
export function formatKindRules({ kind, forResources, forTagged }: KindRules): JsonObject {
  const toRules = forTagged.map(({ service, conf, origins }) => ({
    conf,
    matchers: [{ key: labelNames.service, not: false, value: service }],
    origin: policiesOf(origins).map(metaOf),
  }));
  return {
    inboundRules: [],
    toResourceRules: forResources.map(({ resource, section, conf, origins }) => ({
      conf: [conf],
      origin: origins.map(({ policy, to }) => ({ resourceMeta: metaOf(policy), ruleIndex: to })),
      resourceMeta: metaOf(resource),
      resourceSectionName: section,
    })),
    ...(toRules.length === 0 ? {} : { toRules }),
    type: kind.kind,
    warnings: [],
  };
}

export function formatOutboundPolicy({ kind, conf, origins }: Rule & { readonly kind: PolicyKind }): JsonObject {
  return { conf: [conf], kind: kind.kind, origins: policiesOf(origins).map((policy) => ({ kri: kriOf(policy) })) };
}

/** Policies that act on the proxy as a whole, in the form of older versions: one attachment with all of them. */
export function formatMatched(rules: readonly KindRules[]): readonly JsonObject[] {
  if (rules.length === 0) return [];
  const matchedPolicies = rules.map(({ kind, forResources, forTagged }) => {
    const policies = policiesOf([...forResources, ...forTagged].flatMap(({ origins }) => origins));
    return [kind.kind, policies.map(formatResource)] as const;
  });
  return [{ type: "dataplane", name: "", service: "", matchedPolicies: Object.fromEntries(matchedPolicies) }];
}

/** Each policy once, where its first item stands. */
function policiesOf(items: readonly RankedItem[]): readonly RankedItem["policy"][] {
  return [...new Set(items.map(({ policy }) => policy))];
}
