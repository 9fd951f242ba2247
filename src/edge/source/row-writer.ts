import { keyText } from "../../core/model/resource.ts";
import type { Resource, ResourceKey } from "../../core/model/resource.ts";
import { planPut, planPutAll } from "./plan-put.ts";
import type { PutResult } from "./port.ts";

/** The bounds of a transaction. */
export interface Transaction {
  begin(): void;
  commit(): void;
  /** Undoes everything since `begin`; called after any failure. */
  rollback(): void;
}

/** Where a writer puts what it decided. */
export interface WritableRows extends Transaction {
  upsert(resource: Resource): void;
  remove(key: ResourceKey): void;
}

/** What a write does to the rows, against what the writes before it in the same transaction did. */
export interface RowWriter extends Transaction {
  put(resource: Resource, expectedModificationTime: string | undefined): PutResult;
  /** As `Store.putAll`; looks at all before it writes one. */
  putAll(resources: readonly Resource[], overwrite: boolean): readonly PutResult[];
  /** True when there was a row. */
  remove(key: ResourceKey): boolean;
}

/** `stored` reads what is committed; `hasUnreadable` tells of rows that are there and could not be read. */
export function createRowWriter(
  rows: WritableRows,
  stored: (key: ResourceKey) => Resource | undefined,
  hasUnreadable: (key: ResourceKey) => boolean,
  now: () => Date,
): RowWriter {
  const uncommitted = new Map<string, Resource | undefined>();
  const present = (key: ResourceKey): Resource | undefined => {
    const text = keyText(key);
    return uncommitted.has(text) ? uncommitted.get(text) : stored(key);
  };
  const write = ({ outcome, resource }: PutResult): void => {
    if (outcome === "unchanged") return;
    rows.upsert(resource);
    uncommitted.set(keyText(resource), resource);
  };
  return {
    begin: () => {
      rows.begin();
    },
    commit: () => {
      rows.commit();
      uncommitted.clear();
    },
    rollback: () => {
      uncommitted.clear();
      rows.rollback();
    },
    put: (resource, expectedModificationTime) => {
      const result = planPut(present(resource), resource, expectedModificationTime, now());
      write(result);
      return result;
    },
    putAll: (resources, overwrite) => {
      const results = planPutAll(present, resources, overwrite, now());
      results.forEach(write);
      return results;
    },
    remove: (key) => {
      const there = present(key) !== undefined || (!uncommitted.has(keyText(key)) && hasUnreadable(key));
      if (there) {
        rows.remove(key);
        uncommitted.set(keyText(key), undefined);
      }
      return there;
    },
  };
}
