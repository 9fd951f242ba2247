import { equalJson } from "./equal-json.ts";
import { fieldPath } from "./field-path.ts";
import { asObject } from "./json.ts";
import type { JsonValue } from "./json.ts";

/** One place in which two values differ. Absent: there was or is nothing. */
export interface ChangedField {
  /** `healthChecks[0].interval`; empty: the values themselves. */
  readonly path: string;
  readonly before?: JsonValue;
  readonly after?: JsonValue;
}

/**
 * Where two values differ, as deep down as both have something: a new object is one change, not one for each of its fields. Lists of
 * one length are compared item by item; of others, the items that one has and the other has not are told.
 */
export function changedFields(before: JsonValue | undefined, after: JsonValue | undefined, path = ""): readonly ChangedField[] {
  if (equalJson(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) return changedItems(before as readonly JsonValue[], after as readonly JsonValue[], path);
  const [left, right] = [asObject(before), asObject(after)];
  if (left === undefined || right === undefined) return [changeOf(path, before, after)];
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return names.flatMap((name) => changedFields(own(left, name), own(right, name), fieldPath(path, name)));
}

function changedItems(before: readonly JsonValue[], after: readonly JsonValue[], path: string): readonly ChangedField[] {
  if (before.length === after.length) return before.flatMap((item, at) => changedFields(item, after[at], fieldPath(path, at)));
  const [gone, come] = [lacking(before, after), lacking(after, before)];
  return [
    ...gone.map(([at, item]) => ({ path: fieldPath(path, at), before: item })),
    ...come.map(([at, item]) => ({ path: fieldPath(path, at), after: item })),
  ];
}

/** Items of a list, each with its place, that another has not, or not as often. */
function lacking(list: readonly JsonValue[], other: readonly JsonValue[]): readonly (readonly [at: number, item: JsonValue])[] {
  const left = new Map<string, number>();
  for (const item of other) left.set(sortedText(item), (left.get(sortedText(item)) ?? 0) + 1);
  return list.flatMap((item, at) => {
    const text = sortedText(item);
    const count = left.get(text) ?? 0;
    left.set(text, count - 1);
    return count > 0 ? [] : [[at, item] as const];
  });
}

/** A text that is the same for equal values. */
function sortedText(value: JsonValue): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    const object = asObject(inner);
    return object === undefined ? inner : Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function changeOf(path: string, before: JsonValue | undefined, after: JsonValue | undefined): ChangedField {
  return { path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}

function own(object: Readonly<Record<string, unknown>>, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? (object[name] as JsonValue) : undefined;
}
