import { asObject } from "./json.ts";

/**
 * The value without members that are null, all the way down: in YAML an empty member and a missing one mean the same. Lists keep
 * their nulls. The very value when there is none.
 */
export function withoutNulls<T>(value: T): T {
  if (Array.isArray(value)) {
    const list = value as readonly unknown[];
    const kept = list.map((item) => withoutNulls(item));
    return kept.every((item, i) => item === list[i]) ? value : (kept as T);
  }
  const object = asObject(value);
  if (object === undefined) return value;
  const members = Object.entries(object);
  const kept = members.filter(([, inner]) => inner !== null).map(([name, inner]) => [name, withoutNulls(inner)] as const);
  const isSame = kept.length === members.length && kept.every(([name, inner]) => inner === object[name]);
  return isSame ? value : (Object.fromEntries(kept) as T);
}
