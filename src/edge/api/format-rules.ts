import type { JsonObject } from "../../core/base/json.ts";
import type { InboundRules } from "../../core/inspect/inbound-rules.ts";
import type { KindRules, Rule } from "../../core/inspect/rules.ts";
import { kriOf } from "../../core/model/kri.ts";
import { labelNames } from "../../core/model/label-names.ts";
import type { Policy } from "../../core/model/target-ref.ts";
import type { PolicyKind } from "../../core/policy/kind.ts";
import { formatResource } from "../../core/policy/parse-resource.ts";
import { metaOf } from "./inspected.ts";

/** The rules of one kind, as `_rules` gives them. `toRules`, for services that only tags name, are there only when there are some. */
export function formatKindRules({ kind, forResources, forTagged, forInbounds }: KindRules): JsonObject {
  const toRules = forTagged.map(({ service, conf, origins }) => ({
    conf,
    matchers: [{ key: labelNames.service, not: false, value: service }],
    origin: policiesOf(origins).map(metaOf),
  }));
  return {
    inboundRules: forInbounds.map(formatInboundRules),
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

/** `ruleIndex` counts in the list that `list` names. */
function formatInboundRules({ place, confs }: InboundRules): JsonObject {
  const rules = confs.map(({ conf, match, callers, origins }) => ({
    conf: [conf],
    ...(match === undefined ? {} : { match: { ...match } }),
    ...(callers === undefined ? {} : { callers: { ...callers } }),
    origin: origins.map(({ policy, list, index }) => ({ list, resourceMeta: metaOf(policy), ruleIndex: index })),
  }));
  const [first] = place.inbounds;
  return { inbound: { ...(first?.name === undefined ? {} : { name: first.name }), port: place.plan.listenPort, tags: first?.tags ?? {} }, rules };
}

export function formatInboundPolicy({ kind, confs }: InboundRules): JsonObject {
  const origins = policiesOf(confs.flatMap(({ origins }) => origins)).map((policy) => ({ kri: kriOf(policy) }));
  return { conf: confs.map(({ conf }) => conf), kind: kind.kind, origins };
}

export function formatOutboundPolicy({ kind, conf, origins }: Rule & { readonly kind: PolicyKind }): JsonObject {
  return { conf: [conf], kind: kind.kind, origins: policiesOf(origins).map((policy) => ({ kri: kriOf(policy) })) };
}

/** Policies that act on the proxy as a whole, in the form of older versions: one attachment with all of them. */
export function formatMatched(rules: readonly KindRules[]): readonly JsonObject[] {
  if (rules.length === 0) return [];
  const matchedPolicies = rules.map(({ kind, forResources, forTagged, forInbounds }) => {
    const ofInbounds = forInbounds.flatMap(({ confs }) => confs).flatMap(({ origins }) => origins);
    const policies = policiesOf([...[...forResources, ...forTagged].flatMap(({ origins }) => origins), ...ofInbounds]);
    return [kind.kind, policies.map(formatResource)] as const;
  });
  return [{ type: "dataplane", name: "", service: "", matchedPolicies: Object.fromEntries(matchedPolicies) }];
}

/** Each policy once, where its first item stands. */
function policiesOf(items: readonly { readonly policy: Policy }[]): readonly Policy[] {
  return [...new Set(items.map(({ policy }) => policy))];
}
