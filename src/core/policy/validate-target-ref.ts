import { joinPaths, keyPath } from "../base/field-path.ts";
import { asArray, asObject, asString, ownField } from "../base/json.ts";
import type { Violation } from "../base/violation.ts";
import { disallowedFields, kindsIn, refusedKinds, targetRefKinds } from "./target-ref-kinds.ts";
import type { TargetRefPlace } from "./target-ref-kinds.ts";

type Ref = Readonly<Record<string, unknown>>;
type Rule = (ref: Ref) => readonly Violation[];

/** What holds with a kind, beside what may not be set; in the order in which Kuma 2.14 names it. */
interface KindRules {
  readonly before?: readonly Rule[];
  readonly after?: readonly Rule[];
}

const serviceRules: KindRules = {
  before: [nameCharacters],
  after: [(ref) => nameOrLabels(ref, "name and namespace")],
};

const atTop: readonly (readonly [string, KindRules])[] = [
  ["Mesh", { before: [noNameWithMesh], after: [someProxyTypes] }],
  ["Dataplane", { after: [nameXorLabels] }],
  ["MeshSubset", { after: [validTags, someProxyTypes] }],
  ["MeshService", serviceRules],
  ["MeshServiceSubset", { before: [nameRequired, nameCharacters], after: [validTags] }],
];

const rules: Readonly<Record<TargetRefPlace, ReadonlyMap<string, KindRules>>> = {
  top: new Map<string, KindRules>([...atTop, ["Dataplane", { after: [nameXorLabels, noSection] }]]),
  "top-with-rules": new Map<string, KindRules>(atTop),
  from: new Map<string, KindRules>(atTop),
  to: new Map<string, KindRules>([
    ["Mesh", { before: [noNameWithMesh], after: [someProxyTypes] }],
    ["MeshService", serviceRules],
    ["MeshExternalService", { before: [nameCharacters], after: [(ref) => nameOrLabels(ref, "name")] }],
  ]),
};

/**
 * What is wrong with a targetRef beyond its shape, in the rules and texts of Kuma 2.14; paths relative to it. An unknown kind is
 * the schema's to report; a kind that is not for this place ends the checks. `kinds`: those that the kind of policy takes; default: all.
 */
export function validateTargetRef(value: unknown, place: TargetRefPlace, kinds?: readonly string[]): readonly Violation[] {
  const ref = asObject(value);
  const kind = asString(ownField(ref, "kind"));
  if (ref === undefined || kind === undefined || !(targetRefKinds as readonly string[]).includes(kind)) return [];
  const fields = disallowedFields[place].get(kind);
  if (fields === undefined || !kindsIn(place, kinds).includes(kind)) return [{ path: "kind", message: `value '${kind}' is not supported${refusedKinds.get(kind) ?? ""}` }];
  const kindRules = rules[place].get(kind) ?? {};
  const disallowed = fields
    .filter((field) => isSet(ownField(ref, field)))
    .map((field) => ({ path: field, message: `must not be set with kind ${kind}` }));
  const run = (list: readonly Rule[] = []) => list.flatMap((rule) => rule(ref));
  return [...run(kindRules.before), ...disallowed, ...run(kindRules.after)];
}

/** As Go sees it: an empty text, map or list is not set. */
function isSet(value: unknown): boolean {
  if (typeof value === "string") return value !== "";
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

function noNameWithMesh(ref: Ref): readonly Violation[] {
  return isSet(ownField(ref, "name")) ? [{ path: "name", message: "using name with kind Mesh is not yet supported" }] : [];
}

function nameRequired(ref: Ref): readonly Violation[] {
  const name = ownField(ref, "name");
  return name === undefined || name === "" ? [{ path: "name", message: `must be set when kind is ${String(ownField(ref, "kind"))}` }] : [];
}

function nameCharacters(ref: Ref): readonly Violation[] {
  const name = asString(ownField(ref, "name")) ?? "";
  if (/^[0-9a-z.\-_]*$/.test(name)) return [];
  return [{ path: "name", message: "invalid characters: must consist of lower case alphanumeric characters, '-', '.' and '_'." }];
}

/** Either is there, also in a wrong type: that is the schema's to report. */
function nameOrLabels(ref: Ref, names: string): readonly Violation[] {
  const wrongType = [ownField(ref, "name"), ownField(ref, "labels")].some((value) => value !== undefined && value !== "" && !isSet(value) && !asObject(value));
  if (wrongType) return [];
  if (!isSet(ownField(ref, "name")) && !isSet(ownField(ref, "labels"))) {
    return [{ path: "", message: `name or labels must be set when kind is ${String(ownField(ref, "kind"))}` }];
  }
  return labelsAlone(ref, `either labels or ${names} must be specified`);
}

function nameXorLabels(ref: Ref): readonly Violation[] {
  return labelsAlone(ref, "either labels or name and namespace must be specified");
}

function labelsAlone(ref: Ref, message: string): readonly Violation[] {
  const both = isSet(ownField(ref, "labels")) && (isSet(ownField(ref, "name")) || isSet(ownField(ref, "namespace")));
  return both ? [{ path: "labels", message }] : [];
}

function noSection(ref: Ref): readonly Violation[] {
  return isSet(ownField(ref, "sectionName")) ? [{ path: "sectionName", message: "can only be used with inbound policies" }] : [];
}

function someProxyTypes(ref: Ref): readonly Violation[] {
  const empty = asArray(ownField(ref, "proxyTypes"))?.length === 0;
  return empty ? [{ path: "proxyTypes", message: "must be undefined or have at least one element" }] : [];
}

function validTags(ref: Ref): readonly Violation[] {
  return Object.entries(asObject(ownField(ref, "tags")) ?? {}).flatMap(([key, value]) =>
    tagProblems(key, value).map((message) => ({ path: joinPaths("tags", keyPath("", key)), message })),
  );
}

function tagProblems(key: string, value: unknown): readonly string[] {
  const problems: string[] = [];
  if (key === "") problems.push("tag name must be non-empty");
  if (!/^[a-zA-Z0-9.\-_:/]*$/.test(key)) problems.push("tag name must consist of alphanumeric characters, dots, dashes, slashes and underscores");
  if (value === "") problems.push("tag value must be non-empty");
  if (typeof value === "string" && value !== "*" && !/^[a-zA-Z0-9.\-_:]*$/.test(value)) {
    problems.push("tag value must consist of alphanumeric characters, dots, dashes and underscores");
  }
  return problems;
}
