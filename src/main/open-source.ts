import type { Config } from "../edge/config/config.ts";
import { createFileSource } from "../edge/source/file/file-source.ts";
import { createMemoryStore } from "../edge/source/memory/memory-store.ts";
import type { Source, Store } from "../edge/source/port.ts";
import type { SecretStore } from "../edge/source/kubernetes-secrets/secret-store.ts";
import { openPostgresStore } from "../edge/source/postgres/postgres-store.ts";
import { openSqliteStore, type SqliteStoreOptions } from "../edge/source/sqlite/sqlite-store.ts";
import { StoreUnavailable } from "../edge/source/store-error.ts";
import { CommandFailure, exitStatus, messageOf } from "./exit-status.ts";
import { newMesh } from "./offline-world.ts";

/** Where resources come from, and where they can be written to. */
export interface OpenedSource {
  readonly source: Source;
  /** Absent: resources are written elsewhere, to files or to the API server of Kubernetes. */
  readonly store?: Store;
  /** Where keys and other secrets are kept: the same store, or one beside the files. */
  readonly secrets: SecretStore;
  /** The identity of what is stored, once it has been read, where the store itself keeps it. */
  readonly clusterId?: () => string | undefined;
  /** What is waited for until the first state is there, for `/ready`. */
  readonly notLoaded?: string;
  /** Folder in which that identity is kept otherwise. Absent: it lives as long as the process. */
  readonly identityDir?: string;
}

/** Opens what the configuration names. A store that cannot be had ends the command with the store's own sentence. */
export function openSource(config: Config): OpenedSource {
  const { compatibility } = config;
  if (config.store === "file") {
    const secrets = openSqlite({ dataDir: config.dataDir, compatibility });
    const { resourcesDir: folder = "" } = config;
    return { source: createFileSource({ folder, compatibility }), secrets, notLoaded: `the folder ${folder} is not read yet` };
  }
  if (config.store === "postgres") return openPostgres(config);
  if (config.store === "memory") return inOne(createMemoryStore());
  return { ...inOne(openSqlite({ dataDir: config.dataDir, compatibility })), identityDir: config.dataDir };
}

function inOne(store: Store): OpenedSource {
  return { source: store, store, secrets: store };
}

/** Makes the mesh `default` in a store that has no mesh yet, as Kuma does: policies that name no mesh mean it. */
export async function ensureDefaultMesh(store: Store): Promise<void> {
  if ((await store.list("Mesh")).length === 0) await store.put(newMesh("default"));
}

function openPostgres({ postgresUrl = "", postgresTimeout, postgresResync, compatibility }: Config): OpenedSource {
  try {
    const store = openPostgresStore({ url: postgresUrl, timeoutMs: postgresTimeout, resyncMs: postgresResync, compatibility });
    return { ...inOne(store), clusterId: store.storeId };
  } catch (error) {
    throw new CommandFailure(exitStatus.usage, `--postgres-url: ${messageOf(error)}`);
  }
}

function openSqlite(options: SqliteStoreOptions): Store {
  try {
    return openSqliteStore(options);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    throw new CommandFailure(exitStatus.unavailable, `--data-dir: ${error.message}`);
  }
}
