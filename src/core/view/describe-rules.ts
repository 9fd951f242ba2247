import { asArray, asObject, asString } from "../base/json.ts";
import { flatFields } from "./flat-fields.ts";

/** What the policies say to a proxy, from its `_rules`: by kind and destination or inbound, each setting, and the policies that were merged. */
export function describeRules(rules: unknown): readonly string[] {
  const kinds = objects(asObject(rules)?.["rules"]).flatMap((kind) => {
    const resources = objects(kind["toResourceRules"]).flatMap((rule) => destination(resourceName(rule), asArray(rule["conf"])?.[0], objects(rule["origin"]).map(originOf)));
    const tagged = objects(kind["toRules"]).flatMap((rule) => destination(matchersText(rule["matchers"]), rule["conf"], objects(rule["origin"]).map(nameOf)));
    const inbounds = objects(kind["inboundRules"]).flatMap(describeInbound);
    return [`${asString(kind["type"]) ?? ""}:`, ...resources, ...tagged, ...inbounds];
  });
  return kinds.length === 0 ? ["no policy selects this proxy"] : kinds;
}

function destination(name: string, conf: unknown, origins: readonly string[]): readonly string[] {
  return said(`to ${name}`, conf, origins);
}

function said(of: string, conf: unknown, origins: readonly string[]): readonly string[] {
  return [`  ${of}, by ${origins.join(", ")}`, ...flatFields(conf).map(([path, value]) => `    ${path}: ${value}`)];
}

function describeInbound({ inbound, rules }: Readonly<Record<string, unknown>>): readonly string[] {
  const { name, port } = asObject(inbound) ?? {};
  const what = `what comes to ${typeof port === "number" ? port : "?"}${name === undefined ? "" : ` (${asString(name) ?? ""})`}`;
  return objects(rules).flatMap(({ conf, match, callers, origin }) => {
    const from = [match, callers].flatMap((who) => flatFields(who ?? {}).map(([path, value]) => `${path} ${value}`)).join(", ");
    return said(`${what}${from === "" ? "" : ` from ${from}`}`, asArray(conf)?.[0], objects(origin).map(originOf));
  });
}

function resourceName(rule: Readonly<Record<string, unknown>>): string {
  const meta = asObject(rule["resourceMeta"]);
  const section = asString(rule["resourceSectionName"]) ?? "";
  if (asString(meta?.["type"]) === "Mesh") return "everything in the mesh";
  return `${asString(meta?.["type"]) ?? ""} ${asString(meta?.["name"]) ?? ""}${section === "" ? "" : `:${section}`}`;
}

function matchersText(matchers: unknown): string {
  const texts = objects(matchers).map(({ key, value, not }) => `${asString(key) ?? ""}${not === true ? "!=" : "="}${asString(value) ?? ""}`);
  return texts.length === 0 ? "everything in the mesh" : texts.join(" ");
}

function originOf({ resourceMeta, ruleIndex, list }: Readonly<Record<string, unknown>>): string {
  return `${nameOf(asObject(resourceMeta) ?? {})} ${asString(list) ?? "to"}[${typeof ruleIndex === "number" ? ruleIndex : "?"}]`;
}

function nameOf({ name }: Readonly<Record<string, unknown>>): string {
  return asString(name) ?? "?";
}

function objects(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return (asArray(value) ?? []).map((item) => asObject(item) ?? {});
}
