import { fieldPath } from "../base/field-path.ts";
import { asObject } from "../base/json.ts";
import { oneLine } from "./format-table.ts";

/** Every setting of a nested value with its path, lists and empty objects as JSON on one line. */
export function flatFields(value: unknown, path = ""): readonly (readonly [path: string, value: string])[] {
  const object = asObject(value);
  if (object !== undefined && Object.keys(object).length > 0) return Object.entries(object).flatMap(([name, inner]) => flatFields(inner, fieldPath(path, name)));
  if (value === undefined) return [];
  return [[path, oneLine(typeof value === "string" ? value : JSON.stringify(value))]];
}
