import { fieldPath } from "./field-path.ts";
import { jsonTypeOf } from "./json.ts";
import type { JsonValue } from "./json.ts";
import type { Violation } from "./violation.ts";

/** Deepest nesting that a document may have; ours need 8. */
const maxDepth = 64;
/** Most values that a document may have, so that aliases that refer to each other cannot fill the memory. */
const maxValues = 250_000;

/**
 * A copy of what a parser gave, as plain JSON: fields that are null are left out (null means absent), nothing is shared with the
 * original. What is not JSON, too deep, too much, or named `__proto__` is a violation and left out.
 */
export function copyJson(value: unknown): { readonly value: JsonValue | undefined; readonly violations: readonly Violation[] } {
  const state: CopyState = { violations: [], values: 0 };
  return { value: copyValue(value, "", 0, state), violations: state.violations };
}

interface CopyState {
  readonly violations: Violation[];
  values: number;
}

function copyValue(value: unknown, path: string, depth: number, state: CopyState): JsonValue | undefined {
  state.values += 1;
  if (state.values > maxValues) return refuseOnce(path, `has more than ${maxValues} values`, state);
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value !== "object") return refuse(path, `is not JSON: ${typeof value === "number" ? String(value) : typeof value}`, state);
  if (depth >= maxDepth) return refuse(path, `is nested more than ${maxDepth} levels deep`, state);
  if (Array.isArray(value)) return copyList(value, path, depth, state);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return refuse(path, `is not JSON: ${jsonTypeOf(value)}`, state);
  return copyFields(value as Record<string, unknown>, path, depth, state);
}

function copyList(list: readonly unknown[], path: string, depth: number, state: CopyState): JsonValue[] {
  const copy: JsonValue[] = [];
  for (let i = 0; i < list.length && state.values <= maxValues; i++) {
    copy.push(copyValue(list[i] ?? null, fieldPath(path, i), depth + 1, state) ?? null);
  }
  return copy;
}

function copyFields(object: Readonly<Record<string, unknown>>, path: string, depth: number, state: CopyState): JsonValue {
  const copy: Record<string, JsonValue> = {};
  for (const name of Object.keys(object)) {
    if (state.values > maxValues) break;
    const value = object[name];
    if (value === undefined || value === null) continue;
    if (name === "__proto__") {
      refuse(fieldPath(path, name), "is not allowed as a name", state);
      continue;
    }
    const copied = copyValue(value, fieldPath(path, name), depth + 1, state);
    if (copied !== undefined) copy[name] = copied;
  }
  return copy;
}

function refuse(path: string, message: string, state: CopyState): JsonValue | undefined {
  state.violations.push({ path, message });
  return undefined;
}

function refuseOnce(path: string, message: string, state: CopyState): JsonValue | undefined {
  return state.values === maxValues + 1 ? refuse(path, message, state) : undefined;
}
