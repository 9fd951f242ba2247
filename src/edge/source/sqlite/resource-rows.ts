import type { WritableRows } from "../row-writer.ts";
import { documentOf, type ResourceRow } from "../stored-document.ts";
import { closeDatabase, type OpenDatabase } from "./open-database.ts";

/** The statements on the table `resources`, prepared once. */
export interface ResourceRows extends WritableRows {
  all(): readonly ResourceRow[];
  close(): void;
}

export function createResourceRows({ database, checkInPlace }: OpenDatabase): ResourceRows {
  const columns = "kind, mesh, name, document, creation_time, modification_time";
  const select = database.prepare(`SELECT ${columns} FROM resources ORDER BY kind, mesh, name`);
  const upsert = database.prepare(
    `INSERT INTO resources (${columns}) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (kind, mesh, name) DO UPDATE SET
       document = excluded.document, creation_time = excluded.creation_time, modification_time = excluded.modification_time`,
  );
  const remove = database.prepare("DELETE FROM resources WHERE kind = ? AND mesh = ? AND name = ?");
  return {
    all: () => select.all() as ResourceRow[],
    upsert: (resource) => {
      const { kind, mesh, name, creationTime = "", modificationTime = "" } = resource;
      upsert.run(kind, mesh, name, documentOf(resource), creationTime, modificationTime);
    },
    remove: (key) => {
      remove.run(key.kind, key.mesh, key.name);
    },
    begin: () => {
      checkInPlace();
      database.exec("BEGIN IMMEDIATE");
    },
    commit: () => {
      database.exec("COMMIT");
    },
    rollback: () => {
      // A full disk makes SQLite roll back by itself.
      if (database.inTransaction) database.exec("ROLLBACK");
    },
    close: () => {
      closeDatabase(database);
    },
  };
}
