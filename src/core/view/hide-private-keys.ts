import type { ChangedField } from "../base/changed-fields.ts";
import type { JsonObject, JsonValue } from "../base/json.ts";

/** Stands where a private key was. */
export const notShown = "(not shown)";

/** What holds a private key: `privateKey` in Envoy's words, `clientKey` in those of a MeshExternalService. */
const names: ReadonlySet<string> = new Set(["privateKey", "clientKey"]);

/** The same value, with every text of a private key replaced; the very same when there is none. */
export function hidePrivateKeys<T extends JsonValue>(value: T): T {
  return walk(value, false) as T;
}

/** A difference in which no private key can be read; that one differs can. */
export function hideChangedKeys({ path, before, after }: ChangedField): ChangedField {
  const isKey = path.split(/[.[\]]/).some((name) => names.has(name));
  return { path, ...(before === undefined ? {} : { before: walk(before, isKey) }), ...(after === undefined ? {} : { after: walk(after, isKey) }) };
}

function walk(value: JsonValue, isKey: boolean): JsonValue {
  if (typeof value === "string") return isKey ? notShown : value;
  if (typeof value !== "object" || value === null) return value;
  return isList(value) ? walkList(value, isKey) : walkFields(value, isKey);
}

function walkList(list: readonly JsonValue[], isKey: boolean): JsonValue {
  const walked = list.map((item) => walk(item, isKey));
  return walked.every((item, at) => item === list[at]) ? list : walked;
}

function walkFields(fields: JsonObject, isKey: boolean): JsonValue {
  const walked = Object.entries(fields).map(([name, field]) => [name, walk(field, isKey || names.has(name))] as const);
  return walked.every(([name, field]) => field === fields[name]) ? fields : Object.fromEntries(walked);
}

function isList(value: readonly JsonValue[] | JsonObject): value is readonly JsonValue[] {
  return Array.isArray(value);
}
