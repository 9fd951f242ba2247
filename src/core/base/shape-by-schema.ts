import { normalDuration } from "./duration.ts";
import { fieldPath } from "./field-path.ts";
import { asObject } from "./json.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { JsonSchema } from "./json-schema.ts";
import { didYouMean } from "./nearest-name.ts";

/** A field that the schema does not know. */
export interface UnknownField {
  readonly path: string;
  readonly message: string;
}

/**
 * The value as the schema has it: unknown fields left out (and told in `unknown`), fields in the schema's order, durations in
 * Go's normal form. Meant for a value that the schema accepts; what does not fit is passed on as it is.
 */
export function shapeBySchema(schema: JsonSchema, value: JsonValue, path: string, unknown: UnknownField[]): JsonValue {
  if (schema.format === "duration" && typeof value === "string") return normalDuration(value) ?? value;
  const items = schema.items;
  if (Array.isArray(value)) {
    const list: readonly JsonValue[] = value;
    return items === undefined ? list : list.map((item, i) => shapeBySchema(items, item, fieldPath(path, i), unknown));
  }
  const object = asObject(value) as JsonObject | undefined;
  return object === undefined || schema.additionalProperties === true ? value : shapeFields(schema, object, path, unknown);
}

function shapeFields(schema: JsonSchema, object: JsonObject, path: string, unknown: UnknownField[]): JsonValue {
  const shaped: Record<string, JsonValue> = {};
  const known = schema.properties ?? {};
  for (const [name, fieldSchema] of Object.entries(known)) {
    const value = Object.hasOwn(object, name) ? object[name] : undefined;
    if (value !== undefined) shaped[name] = shapeBySchema(fieldSchema, value, fieldPath(path, name), unknown);
  }
  for (const [name, value] of Object.entries(object)) {
    if (Object.hasOwn(known, name)) continue;
    if (schema.additionalProperties === undefined) unknown.push(unknownField(path, name, Object.keys(known)));
    else if (schema.additionalProperties !== true) {
      shaped[name] = shapeBySchema(schema.additionalProperties, value, fieldPath(path, name), unknown);
    }
  }
  return shaped;
}

/** What is said of a name that nobody knows. */
export function unknownField(parent: string, name: string, known: Iterable<string>): UnknownField {
  return { path: fieldPath(parent, name), message: `unknown field, ignored${didYouMean(name, known)}` };
}
