/** The object without the members of these names; the very object when it has none of them. */
export function withoutMembers<T extends object, Name extends string>(object: T, ...names: readonly Name[]): Omit<T, Name> {
  if (!names.some((name) => Object.hasOwn(object, name))) return object;
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name as Name))) as Omit<T, Name>;
}
