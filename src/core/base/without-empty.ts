import { asObject } from "./json.ts";

/**
 * The object without those of the named fields that are an empty text, 0 or an empty map. Go and protocol buffers take these for
 * absent, so Kuma's tools write and expect them so. The very object when there is none. What is no object stays as it is.
 */
export function withoutEmpty<T>(value: T, names: readonly string[]): T {
  const object = asObject(value);
  if (object === undefined || !names.some((name) => isEmpty(object[name]))) return value;
  return Object.fromEntries(Object.entries(object).filter(([name, inner]) => !names.includes(name) || !isEmpty(inner))) as T;
}

function isEmpty(value: unknown): boolean {
  const fields = asObject(value);
  return value === "" || value === 0 || (fields !== undefined && Object.keys(fields).length === 0);
}
