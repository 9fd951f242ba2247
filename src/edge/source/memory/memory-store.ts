import type { ResourceKey } from "../../../core/model/resource.ts";
import { planPut, planPutAll } from "../plan-put.ts";
import type { PutResult, Store } from "../port.ts";
import { createResourceFeed } from "../resource-feed.ts";
import { StoreUnavailable } from "../store-error.ts";

export interface MemoryStoreOptions {
  /** Clock for creationTime and modificationTime; default: the system's. */
  readonly now?: () => Date;
}

/** A store that forgets everything when the process ends: for tests, for trying things out, and for who feeds it anew at each start. */
export function createMemoryStore(options: MemoryStoreOptions = {}): Store {
  const now = options.now ?? (() => new Date());
  const feed = createResourceFeed();
  feed.start([]);
  let closed = false;
  /** Runs a write at once, so that writes are made in the order in which they were asked for; failures become rejections. */
  const write = async <T>(act: () => T): Promise<T> => {
    if (closed) throw new StoreUnavailable("closed", "the store is closed");
    return await Promise.resolve(act());
  };
  const remove = (key: ResourceKey): boolean => {
    if (feed.table.get(key) === undefined) return false;
    feed.apply([], [{ kind: key.kind, mesh: key.mesh, name: key.name }]);
    return true;
  };
  return {
    events: feed.events,
    problems: feed.problems,
    notices: feed.notices,
    get: (key) => Promise.resolve(feed.table.get(key)),
    list: (kind, mesh) => Promise.resolve(feed.table.list(kind, mesh)),
    put: (resource, putOptions) =>
      write((): PutResult => {
        const result = planPut(feed.table.get(resource), resource, putOptions?.expectedModificationTime, now());
        if (result.outcome !== "unchanged") feed.apply([result.resource], []);
        return result;
      }),
    putAll: (resources, putOptions) =>
      write(() => {
        const results = planPutAll(feed.table.get, resources, putOptions?.overwrite === true, now());
        feed.apply(results.filter(({ outcome }) => outcome !== "unchanged").map(({ resource }) => resource), []);
        return results;
      }),
    delete: (key) => write(() => remove(key)),
    close: () => {
      closed = true;
      feed.complete();
      return Promise.resolve();
    },
  };
}
