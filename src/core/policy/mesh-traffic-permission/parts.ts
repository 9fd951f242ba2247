import { fieldPath } from "../../base/field-path.ts";
import { asArray, asObject, ownField } from "../../base/json.ts";
import type { JsonSchema } from "../../base/json-schema.ts";
import type { Violation } from "../../base/violation.ts";
import { matchSchema } from "../match-schema.ts";
import type { PolicyParts } from "../policy-schema.ts";
import type { PolicyChecks } from "../validate-policy.ts";
import { validateMatches } from "../validate-match.ts";

type Fields = Readonly<Record<string, unknown>>;

const matchLists = ["deny", "allowWithShadowDeny", "allow"] as const;
const noneText = "at least one of 'allow', 'allowWithShadowDeny', 'deny' has to be defined";

function matches(description: string): JsonSchema {
  return { type: "array", description, items: matchSchema, kubernetes: { maxItems: 64 } };
}

const rulesConf: JsonSchema = {
  type: "object",
  description: "Who may call, by what is in their certificates. Whom nothing fits may not.",
  properties: {
    deny: matches("Who may not: goes before everything that any policy allows."),
    allowWithShadowDeny: matches("Who may, and is counted as one who may not (statistics `shadow_denied`): to see whom a refusal would meet."),
    allow: matches("Who may."),
  },
};

const fromConf: JsonSchema = {
  type: "object",
  description: "What becomes of those callers.",
  properties: {
    action: {
      type: "string",
      enum: ["Allow", "Deny", "AllowWithShadowDeny"],
      description: "Allow, Deny, or AllowWithShadowDeny: let in, and counted as one who may not. Required.",
    },
  },
};

const some = matchLists.map((list) => `(has(self.default.${list}) && size(self.default.${list}) > 0)`).join(" || ");

/** The shape of the spec, as Kuma 2.14 has it. */
export const meshTrafficPermissionParts: PolicyParts = {
  description: "Says who may call the inbounds of proxies, known by their certificates. Where no policy selects an inbound, everyone of the mesh may.",
  targetRef: "The proxies that are called; a Dataplane with sectionName: one inbound of theirs. Default: all of the mesh.",
  rules: {
    description: "Who may call, and who may not. Not together with `from`.",
    conf: rulesConf,
    itemRules: [{ rule: `has(self.default) && (${some})`, message: noneText }],
  },
  from: {
    description: "As Kuma had it before `rules`: callers by their tags. Of entries that mean the same caller, the last counts.",
    targetRef: "The callers that are meant.",
    conf: fromConf,
    itemRules: [{ rule: "has(self.default) && has(self.default.action)", message: "must be defined", fieldPath: ".default.action" }],
  },
  someListRequired: true,
};

/** What the schema cannot say; texts as in Kuma 2.14. */
export const meshTrafficPermissionChecks: PolicyChecks = { lists: ["rules", "from"], someListRequired: true, validateItem };

function validateItem(item: Fields, path: string, list: "to" | "rules" | "from"): readonly Violation[] {
  const conf = asObject(ownField(item, "default"));
  const at = fieldPath(path, "default");
  if (list === "from") return ownField(conf, "action") === undefined ? [{ path: `${at}.action`, message: "must be defined" }] : [];
  const found = matchLists.flatMap((name) => validateMatches(ownField(conf, name), fieldPath(at, name)));
  return matchLists.every((name) => (asArray(ownField(conf, name)) ?? []).length === 0) ? [{ path, message: noneText }, ...found] : found;
}
