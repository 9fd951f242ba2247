import { fieldPath } from "./field-path.ts";

/** Names of members and numbers of items, from a value's root. */
export type JsonPath = readonly (string | number)[];

/** The path as users know it: `spec.template.metadata.annotations["a/b"]`, `items[2]`. */
export function pathText(path: JsonPath): string {
  return path.reduce<string>(fieldPath, "");
}

/** As a JSON pointer (RFC 6901); empty for the root. */
export function pointerOf(path: JsonPath): string {
  return path.map((name) => `/${String(name).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** The names that a JSON pointer is made of; the numbers of items as texts. */
export function namesOfPointer(pointer: string): readonly string[] {
  return pointer.split("/").slice(1).map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The value with another one at this place; what lies beside it is shared. */
export function withValueAt(root: unknown, [name, ...rest]: JsonPath, value: unknown): unknown {
  if (name === undefined) return value;
  if (Array.isArray(root)) return (root as readonly unknown[]).map((item, i) => (i === name ? withValueAt(item, rest, value) : item));
  const object = (root ?? {}) as Readonly<Record<string, unknown>>;
  return { ...object, [name]: withValueAt(object[name], rest, value) };
}
