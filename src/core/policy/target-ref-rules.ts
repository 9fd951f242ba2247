import type { SchemaRule } from "../base/json-schema.ts";
import { disallowedFields, kindsIn, refusedKinds } from "./target-ref-kinds.ts";
import type { TargetRefPlace } from "./target-ref-kinds.ts";

/** What `validateTargetRef` says, for Kubernetes' API server: the same rules in the same words. */
export function targetRefRules(place: TargetRefPlace, kinds?: readonly string[]): readonly SchemaRule[] {
  const known = kindsIn(place, kinds);
  const has = (kind: string): boolean => known.includes(kind);
  return [
    supportedKind(known),
    ...disallowedRules(place, known),
    { rule: `self.kind != 'Mesh' || ${unset("name")}`, message: "using name with kind Mesh is not yet supported", fieldPath: ".name" },
    ...(has("MeshServiceSubset") ? [nameRequired] : []),
    nameCharacters(known),
    someProxyTypes(known),
    ...["MeshService", "MeshExternalService"].filter(has).map((kind) => nameOrLabels(kind)),
    labelsAlone(["MeshService", "Dataplane"].filter(has), "either labels or name and namespace must be specified"),
    ...(has("MeshExternalService") ? [labelsAlone(["MeshExternalService"], "either labels or name must be specified")] : []),
    ...(has("Dataplane") && place === "top" ? [noSection] : []),
  ];
}

/** Of a map of tags; where tags are allowed at all. */
export const tagRules: readonly SchemaRule[] = [
  { rule: "self.all(k, k != '')", message: "tag name must be non-empty" },
  { rule: "self.all(k, k.matches('^[a-zA-Z0-9.\\\\-_:/]*$'))", message: "tag name must consist of alphanumeric characters, dots, dashes, slashes and underscores" },
  { rule: "self.all(k, self[k] != '')", message: "tag value must be non-empty" },
  {
    rule: "self.all(k, self[k] == '*' || self[k].matches('^[a-zA-Z0-9.\\\\-_:]*$'))",
    message: "tag value must consist of alphanumeric characters, dots, dashes and underscores",
  },
];

const nameRequired: SchemaRule = {
  rule: `self.kind != 'MeshServiceSubset' || ${isSet("name")}`,
  message: "must be set when kind is MeshServiceSubset",
  fieldPath: ".name",
};

/** Of the whole spec, where the kind of policy may have `rules` or `from`. */
export function sectionRule(lists: readonly string[]): SchemaRule {
  const some = lists.filter((list) => list !== "to").map((list) => `(has(self.${list}) && size(self.${list}) > 0)`).join(" || ");
  const ref = "self.targetRef";
  return {
    rule: `!has(${ref}) || ${ref}.kind != 'Dataplane' || !has(${ref}.sectionName) || size(${ref}.sectionName) == 0 || ${some}`,
    message: noSection.message,
    fieldPath: ".targetRef.sectionName",
  };
}

const noSection: SchemaRule = { rule: `self.kind != 'Dataplane' || ${unset("sectionName")}`, message: "can only be used with inbound policies", fieldPath: ".sectionName" };

function supportedKind(known: readonly string[]): SchemaRule {
  const reasons = [...refusedKinds].map(([kind, reason]) => `self.kind == '${kind}' ? '${reason}' : `).join("");
  return {
    rule: `self.kind in ${listOf(known)}`,
    message: `supported kinds: ${known.join(", ")}`,
    messageExpression: `"value '" + self.kind + "' is not supported" + (${reasons}'')`,
    fieldPath: ".kind",
  };
}

/** For each field: the kinds with which it may not be set. */
function disallowedRules(place: TargetRefPlace, known: readonly string[]): readonly SchemaRule[] {
  const disallowed = [...disallowedFields[place]].filter(([kind]) => known.includes(kind));
  const fields = [...new Set(disallowed.flatMap(([, ofKind]) => ofKind))].sort();
  return fields.map((field) => {
    const kinds = disallowed.filter(([, ofKind]) => ofKind.includes(field)).map(([kind]) => kind);
    return {
      rule: `!(self.kind in ${listOf(kinds)}) || ${unset(field)}`,
      message: `must not be set with kind ${kinds.join(" or ")}`,
      messageExpression: "'must not be set with kind ' + self.kind",
      fieldPath: `.${field}`,
    };
  });
}

function nameCharacters(known: readonly string[]): SchemaRule {
  const kinds = ["MeshService", "MeshServiceSubset", "MeshExternalService"].filter((kind) => known.includes(kind));
  return {
    rule: `!(self.kind in ${listOf(kinds)}) || !has(self.name) || self.name.matches('^[0-9a-z.\\\\-_]*$')`,
    message: "invalid characters: must consist of lower case alphanumeric characters, '-', '.' and '_'.",
    fieldPath: ".name",
  };
}

function someProxyTypes(known: readonly string[]): SchemaRule {
  const kinds = ["Mesh", "MeshSubset"].filter((kind) => known.includes(kind));
  return {
    rule: `!(self.kind in ${listOf(kinds)}) || !has(self.proxyTypes) || size(self.proxyTypes) > 0`,
    message: "must be undefined or have at least one element",
    fieldPath: ".proxyTypes",
  };
}

function nameOrLabels(kind: string): SchemaRule {
  return { rule: `self.kind != '${kind}' || ${isSet("name")} || ${isSet("labels")}`, message: `name or labels must be set when kind is ${kind}` };
}

function labelsAlone(kinds: readonly string[], message: string): SchemaRule {
  return { rule: `!(self.kind in ${listOf(kinds)}) || ${unset("labels")} || (${unset("name")} && ${unset("namespace")})`, message, fieldPath: ".labels" };
}

/** As Go sees it: an empty text, map or list is not set. */
function isSet(field: string): string {
  return `(has(self.${escaped(field)}) && size(self.${escaped(field)}) > 0)`;
}

function unset(field: string): string {
  return `(!has(self.${escaped(field)}) || size(self.${escaped(field)}) == 0)`;
}

/** `namespace` is a word of the language. */
function escaped(field: string): string {
  return field === "namespace" ? "__namespace__" : field;
}

function listOf(texts: readonly string[]): string {
  return `[${texts.map((text) => `'${text}'`).join(", ")}]`;
}
