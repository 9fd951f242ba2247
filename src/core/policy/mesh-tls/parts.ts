import { fieldPath } from "../../base/field-path.ts";
import { asArray, asObject, asString, ownField } from "../../base/json.ts";
import type { SchemaRule } from "../../base/json-schema.ts";
import type { Violation } from "../../base/violation.ts";
import type { PolicyParts } from "../policy-schema.ts";
import { validatePolicy } from "../validate-policy.ts";
import { confSchema } from "./conf-schema.ts";

type Fields = Readonly<Record<string, unknown>>;

const kinds: readonly string[] = ["Mesh", "MeshSubset", "Dataplane"];
const lists = ["rules", "from"] as const;
const meshOnly = ["tlsVersion", "tlsCiphers"] as const;

function meshOnlyText(field: string): string {
  return `${field} can only be defined with top level targetRef kind: Mesh`;
}

const meshOnlyRules: readonly SchemaRule[] = lists.flatMap((list) => meshOnly.map((field) => ({
  rule: `!has(self.targetRef) || self.targetRef.kind == 'Mesh' || !has(self.${list}) || self.${list}.all(r, !has(r.default) || !has(r.default.${field}))`,
  message: meshOnlyText(field),
})));

/** The shape of the spec, as Kuma 2.14 has it. */
export const meshTlsParts: PolicyParts = {
  description: "Says how inbounds take mutual TLS, where the Mesh has it: by itself or together with plain text, and by which versions and ciphers.",
  targetRef: "The proxies whose inbounds it is about; a Dataplane with sectionName: one inbound of theirs. Default: all of the mesh.",
  kinds,
  rules: { description: "What comes to the proxies. Not together with `from`.", conf: confSchema },
  from: { description: "As Kuma had it before `rules`: each entry is like one of `rules`.", targetRef: "Mesh: whoever calls.", kinds: ["Mesh"], conf: confSchema },
  specRules: meshOnlyRules,
};

/** All that is wrong with the spec; texts as in Kuma 2.14. */
export function validateMeshTls(spec: unknown): readonly Violation[] {
  const fields = asObject(spec);
  const top = asString(ownField(asObject(ownField(fields, "targetRef")), "kind")) ?? "Mesh";
  return validatePolicy(spec, {
    lists,
    kinds: { top: kinds, from: ["Mesh"] },
    validateItem: (item, path) => confProblems(asObject(ownField(item, "default")), fieldPath(path, "default"), top === "Mesh"),
  });
}

function confProblems(conf: Fields | undefined, path: string, wholeMesh: boolean): readonly Violation[] {
  const misplaced = wholeMesh ? [] : meshOnly.filter((field) => ownField(conf, field) !== undefined);
  return [
    ...misplaced.map((field) => ({ path: fieldPath(path, field), message: meshOnlyText(field) })),
    ...versionProblems(asObject(ownField(conf, "tlsVersion")), `${path}.tlsVersion`),
    ...((asArray(ownField(conf, "tlsCiphers")) ?? [0]).length === 0 ? [{ path: `${path}.tlsCiphers`, message: "must be undefined or have at least one element" }] : []),
  ];
}

/** TLSAuto compares with nothing. */
function versionProblems(version: Fields | undefined, path: string): readonly Violation[] {
  const [min, max] = ["min", "max"].map((field) => /^TLS(1\d)$/.exec(asString(ownField(version, field)) ?? "")?.[1]);
  return min !== undefined && max !== undefined && min > max ? [{ path: `${path}.min`, message: "min version must be lower than max" }] : [];
}
