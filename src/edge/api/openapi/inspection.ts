import type { JsonObject } from "../../../core/base/json.ts";
import { anyObject, count, fields, flag, labels, listOf, mapOf, ref, text } from "./schema.ts";

const place: JsonObject = fields({ kri: text, port: count, protocol: text, proxyResourceName: text });
const origin: JsonObject = fields({ resourceMeta: ref("ResourceMeta"), ruleIndex: count });
const resourceRule: JsonObject = fields({ conf: listOf(anyObject), origin: listOf(origin), resourceMeta: ref("ResourceMeta"), resourceSectionName: text });
const inboundOrigin: JsonObject = fields({ list: { enum: ["rules", "from"] }, resourceMeta: ref("ResourceMeta"), ruleIndex: count });
const inboundRule: JsonObject = fields({ conf: listOf(anyObject), origin: listOf(inboundOrigin) }, { match: anyObject, callers: anyObject });
const inboundRules: JsonObject = fields({ inbound: fields({ port: count, tags: labels }, { name: text }), rules: listOf(inboundRule) });
const matcher: JsonObject = fields({ key: text, not: flag, value: text });
const taggedRule: JsonObject = fields({ conf: anyObject, matchers: listOf(matcher), origin: listOf(ref("ResourceMeta")) });
const kindRules: JsonObject = fields(
  { inboundRules: listOf(inboundRules), toResourceRules: listOf(resourceRule), type: text, warnings: listOf(text) },
  { toRules: listOf(taggedRule) },
);
const patch: JsonObject = listOf(fields({ op: { enum: ["add", "remove", "replace", "move", "copy", "test"] }, path: text }, { value: {}, from: text }));
const policy: JsonObject = fields({ conf: listOf(anyObject), kind: text, origins: listOf(fields({ kri: text })) });
const matched: JsonObject = fields({ type: text, name: text, service: text, matchedPolicies: mapOf(listOf(anyObject)) });

/** What the inspection of a Dataplane answers. */
export const schemas = {
  config: fields({ xds: mapOf(mapOf(anyObject)) }, { diff: patch }),
  rules: fields({ httpMatches: listOf(anyObject), resource: ref("ResourceMeta"), rules: listOf(kindRules) }),
  layout: fields({ inbounds: listOf(place), kri: text, labels, listeners: listOf(anyObject), outbounds: listOf(place) }),
  policies: fields({ policies: listOf(policy) }),
  matched: fields({ kind: { const: "SidecarDataplane" }, total: count, items: listOf(matched) }),
} as const satisfies Readonly<Record<string, JsonObject>>;
