import { keyText } from "../../core/model/resource.ts";
import type { Resource, ResourceKey } from "../../core/model/resource.ts";

/** What a source has at present, by key and by kind. */
export interface ResourceTable {
  get(key: ResourceKey): Resource | undefined;
  /** Sorted by mesh and name, in the order of UTF-16 code units. */
  list(kind: string, mesh?: string): readonly Resource[];
  /** Everything, sorted by kind, mesh and name. */
  all(): readonly Resource[];
  set(resource: Resource): void;
  remove(key: ResourceKey): void;
}

interface KindTable {
  readonly byKey: Map<string, Resource>;
  /** Sorted values; dropped by every write, made again when somebody lists. */
  sorted: readonly Resource[] | undefined;
}

export function createResourceTable(): ResourceTable {
  const kinds = new Map<string, KindTable>();
  return {
    get: (key) => kinds.get(key.kind)?.byKey.get(keyText(key)),
    list: (kind, mesh) => {
      const sorted = sortedOf(kinds.get(kind));
      return mesh === undefined ? sorted : sorted.filter((resource) => resource.mesh === mesh);
    },
    all: () => [...kinds.keys()].sort().flatMap((kind) => sortedOf(kinds.get(kind))),
    set: (resource) => {
      const table = kinds.get(resource.kind) ?? { byKey: new Map<string, Resource>(), sorted: undefined };
      kinds.set(resource.kind, table);
      table.byKey.set(keyText(resource), resource);
      table.sorted = undefined;
    },
    remove: (key) => {
      const table = kinds.get(key.kind);
      if (table?.byKey.delete(keyText(key)) === true) table.sorted = undefined;
    },
  };
}

function sortedOf(table: KindTable | undefined): readonly Resource[] {
  if (table === undefined) return [];
  table.sorted ??= [...table.byKey.values()].sort((a, b) => compareTexts(a.mesh, b.mesh) || compareTexts(a.name, b.name));
  return table.sorted;
}

/** By UTF-16 code units: the same on every machine, whatever its language. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
