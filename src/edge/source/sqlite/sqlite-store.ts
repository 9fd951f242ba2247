import { keyText } from "../../../core/model/resource.ts";
import type { Resource, ResourceKey } from "../../../core/model/resource.ts";
import { defaultCompatibility, type Compatibility } from "../../../core/policy/compatibility.ts";
import type { Problem, Store } from "../port.ts";
import { queuedWrite } from "../queued-write.ts";
import { createResourceFeed, type ResourceFeed } from "../resource-feed.ts";
import { createRowWriter } from "../row-writer.ts";
import { StoreUnavailable } from "../store-error.ts";
import { readRow } from "../stored-document.ts";
import { openDatabase, type OpenDatabaseOptions } from "./open-database.ts";
import { removeOwner } from "./owner-file.ts";
import { createResourceRows, type ResourceRows } from "./resource-rows.ts";
import { storeFailure } from "./store-failure.ts";
import { createWriteQueue } from "./write-queue.ts";

export interface SqliteStoreOptions extends OpenDatabaseOptions {
  /** Clock for creationTime and modificationTime; default: the system's. */
  readonly now?: () => Date;
  /** How stored policies are read; default: as documented. */
  readonly compatibility?: Compatibility;
}

/**
 * The embedded store: `probeplane.db` in `dataDir`, for one process at a time. Everything is read once, here; then reads come from
 * memory and only writes go to the disk. Throws StoreUnavailable when the folder cannot be made or written, or the file is in use
 * by another process, damaged, foreign or of a newer release; in none of these cases is the file touched.
 */
export function openSqliteStore(options: SqliteStoreOptions): Store {
  const opened = openDatabase(options);
  const rows = createResourceRows(opened);
  const feed = createResourceFeed();
  const unreadable = new Map<string, Problem>();
  load(rows, options.compatibility ?? defaultCompatibility, feed, unreadable);
  const now = options.now ?? (() => new Date());
  const writer = createRowWriter(rows, feed.table.get, (key) => unreadable.has(keyText(key)), now);
  const queue = createWriteQueue(writer);
  let closed = false;

  const announce = (key: ResourceKey, after: Resource | undefined): void => {
    if (unreadable.delete(keyText(key))) feed.tell([...unreadable.values()], []);
    if (after !== undefined) feed.apply([after], []);
    else if (feed.table.get(key) !== undefined) feed.apply([], [{ kind: key.kind, mesh: key.mesh, name: key.name }]);
  };
  const write = async <T>(run: () => T, told: (result: T) => void): Promise<T> => {
    if (closed) throw new StoreUnavailable("closed", "the store is closed");
    const queued = queuedWrite(run, told, (error) => storeFailure(error, `cannot write to ${opened.file}`));
    queue.add(queued.write);
    return queued.done;
  };
  return {
    events: feed.events,
    problems: feed.problems,
    notices: feed.notices,
    get: (key) => Promise.resolve(feed.table.get(key)),
    list: (kind, mesh) => Promise.resolve(feed.table.list(kind, mesh)),
    put: (resource, putOptions) =>
      write(
        () => writer.put(resource, putOptions?.expectedModificationTime),
        (result) => {
          if (result.outcome !== "unchanged") announce(result.resource, result.resource);
        },
      ),
    putAll: (resources, putOptions) =>
      write(
        () => writer.putAll(resources, putOptions?.overwrite === true),
        (results) => {
          for (const { outcome, resource } of results) if (outcome !== "unchanged") announce(resource, resource);
        },
      ),
    delete: (key) =>
      write(
        () => writer.remove(key),
        (there) => {
          if (there) announce(key, undefined);
        },
      ),
    close: () => {
      if (closed) return Promise.resolve();
      closed = true;
      queue.flush();
      removeOwner(options.dataDir);
      rows.close();
      feed.complete();
      return Promise.resolve();
    },
  };
}

function load(rows: ResourceRows, compatibility: Compatibility, feed: ResourceFeed, unreadable: Map<string, Problem>): void {
  const resources: Resource[] = [];
  for (const row of rows.all()) {
    const read = readRow(row, compatibility);
    if ("resource" in read) resources.push(read.resource);
    else unreadable.set(keyText(row), read.problem);
  }
  feed.start(resources);
  feed.tell([...unreadable.values()], []);
}
