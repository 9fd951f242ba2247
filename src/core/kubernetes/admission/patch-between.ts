import { equalJson } from "../../base/equal-json.ts";
import { asArray, asObject, asString, ownField } from "../../base/json.ts";

/** One step of a JSON patch (RFC 6902), of the three that are needed. */
export type PatchOperation =
  | { readonly op: "add" | "replace"; readonly path: string; readonly value: unknown }
  | { readonly op: "remove"; readonly path: string };

type Fields = Readonly<Record<string, unknown>>;

/**
 * The JSON patch that makes one object of the Kubernetes API the other, both as JSON has them. Items of a list are known by their name, as containers, volumes
 * and variables are: what is added is added where it stands and what changed is changed there, so that the patch says what was
 * done. A list whose items have no names, or the same ones, or another order, is replaced whole. The cost is that of reading both once.
 */
export function patchBetween(before: unknown, after: unknown): readonly PatchOperation[] {
  const operations: PatchOperation[] = [];
  compare("", before, after, operations);
  return operations;
}

function compare(path: string, before: unknown, after: unknown, operations: PatchOperation[]): void {
  if (before === after) return;
  const [old, now] = [asObject(before), asObject(after)];
  if (old !== undefined && now !== undefined) {
    compareFields(path, old, now, operations);
    return;
  }
  const [oldItems, items] = [asArray(before), asArray(after)];
  if (oldItems !== undefined && items !== undefined && compareItems(path, oldItems, items, operations)) return;
  if (!equalJson(before, after)) operations.push({ op: "replace", path, value: after });
}

function compareFields(path: string, before: Fields, after: Fields, operations: PatchOperation[]): void {
  for (const name of Object.keys(before)) {
    if (before[name] !== undefined && ownField(after, name) === undefined) operations.push({ op: "remove", path: below(path, name) });
  }
  for (const [name, value] of Object.entries(after)) {
    if (value === undefined) continue;
    const old = ownField(before, name);
    if (old === undefined) operations.push({ op: "add", path: below(path, name), value });
    else compare(below(path, name), old, value, operations);
  }
}

/** False, with nothing said, where names do not tell which item is which. */
function compareItems(path: string, before: readonly unknown[], after: readonly unknown[], operations: PatchOperation[]): boolean {
  const [oldNames, names] = [namesOf(before), namesOf(after)];
  if (oldNames === undefined || names === undefined) return false;
  const kept = [...oldNames.keys()].filter((name) => names.has(name));
  if (!equalJson(kept, [...names.keys()].filter((name) => oldNames.has(name)))) return false;
  // From the end, so that what is before it keeps its place.
  for (const [name, index] of [...oldNames].reverse()) {
    if (!names.has(name)) operations.push({ op: "remove", path: `${path}/${index}` });
  }
  for (const [name, index] of names) {
    const old = oldNames.get(name);
    if (old === undefined) operations.push({ op: "add", path: `${path}/${index}`, value: after[index] });
    else compare(`${path}/${index}`, before[old], after[index], operations);
  }
  return true;
}

/** Where the item of each name stands; undefined unless every item has one, and each its own. */
function namesOf(items: readonly unknown[]): ReadonlyMap<string, number> | undefined {
  const names = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    const name = asString(ownField(asObject(item), "name"));
    if (name === undefined || names.has(name)) return undefined;
    names.set(name, index);
  }
  return names;
}

/** A JSON pointer (RFC 6901) one level deeper. */
function below(path: string, name: string): string {
  return `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
