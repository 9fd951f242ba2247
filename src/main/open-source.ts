import type { Config } from "../edge/config/config.ts";
import { createFileSource } from "../edge/source/file/file-source.ts";
import { createMemoryStore } from "../edge/source/memory/memory-store.ts";
import type { Source, Store } from "../edge/source/port.ts";
import { openSqliteStore, type SqliteStoreOptions } from "../edge/source/sqlite/sqlite-store.ts";
import { StoreUnavailable } from "../edge/source/store-error.ts";
import { CommandFailure, exitStatus } from "./exit-status.ts";
import { newMesh } from "./offline-world.ts";

/** Where resources come from, and where they can be written to. */
export interface OpenedSource {
  readonly source: Source;
  /** Absent: resources come from files and are written there. */
  readonly store?: Store;
}

/** Opens what the configuration names. A store that cannot be had ends the command with the store's own sentence. */
export function openSource(config: Config): OpenedSource {
  const { compatibility } = config;
  if (config.store === "file") return { source: createFileSource({ folder: config.resourcesDir ?? "", compatibility }) };
  const store = config.store === "memory" ? createMemoryStore() : openSqlite({ dataDir: config.dataDir, compatibility });
  return { source: store, store };
}

/** Makes the mesh `default` in a store that has no mesh yet, as Kuma does: policies that name no mesh mean it. */
export async function ensureDefaultMesh(store: Store): Promise<void> {
  if ((await store.list("Mesh")).length === 0) await store.put(newMesh("default"));
}

function openSqlite(options: SqliteStoreOptions): Store {
  try {
    return openSqliteStore(options);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    throw new CommandFailure(exitStatus.unavailable, `--data-dir: ${error.message}`);
  }
}
