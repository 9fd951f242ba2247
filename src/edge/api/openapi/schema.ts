import type { JsonObject } from "../../../core/base/json.ts";

export const text: JsonObject = { type: "string" };
export const count: JsonObject = { type: "integer", minimum: 0 };
export const flag: JsonObject = { type: "boolean" };
export const time: JsonObject = { type: "string", format: "date-time" };
/** Any object, whatever is in it. */
export const anyObject: JsonObject = { type: "object", additionalProperties: true };
export const labels: JsonObject = { type: "object", additionalProperties: text };

/** An object with these fields. `optional` fields may be missing, all others are always there. */
export function fields(properties: Readonly<Record<string, JsonObject>>, optional: Readonly<Record<string, JsonObject>> = {}): JsonObject {
  return { type: "object", required: Object.keys(properties), properties: { ...properties, ...optional } };
}

export function listOf(items: JsonObject): JsonObject {
  return { type: "array", items };
}

/** An object whose names are not known beforehand. */
export function mapOf(values: JsonObject): JsonObject {
  return { type: "object", additionalProperties: values };
}

/** A schema that stands once in the document, by its name. */
export function ref(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` };
}

export function described(schema: JsonObject, description: string): JsonObject {
  return { ...schema, description };
}
