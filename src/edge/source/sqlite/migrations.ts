import type Database from "libsql";
import { unavailable } from "./store-failure.ts";

/** Each brings the schema one version further; a released one is never edited, the next one is appended. */
const migrations: readonly string[] = [
  `CREATE TABLE resources (
     kind TEXT NOT NULL,
     mesh TEXT NOT NULL,
     name TEXT NOT NULL,
     document TEXT NOT NULL,
     creation_time TEXT NOT NULL,
     modification_time TEXT NOT NULL,
     PRIMARY KEY (kind, mesh, name)
   ) WITHOUT ROWID`,
];

/** Schema version that this release reads and writes. */
export const schemaVersion = migrations.length;

/** Refuses a database of another program and one of a newer release; only reads. */
export function checkSchema(database: Database.Database, file: string): void {
  const version = readVersion(database);
  if (version === "foreign") throw unavailable("not-a-store", `${file} is an SQLite database of another program`);
  if (version > schemaVersion) throw unavailable("newer", `${file} has schema version ${version}, and this release knows ${schemaVersion}`);
}

/**
 * Brings the file to the present schema, in one transaction: a crash in between leaves the old version, and running it again is
 * harmless. Fails, too, when the file cannot be written.
 */
export function migrate(database: Database.Database, file: string): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    // Again, now that nobody else can change it.
    checkSchema(database, file);
    const version = Number(readVersion(database));
    database.exec("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, applied_at TEXT NOT NULL)");
    for (const [index, statement] of migrations.entries()) {
      if (index < version) continue;
      database.exec(statement);
      database.prepare("INSERT INTO schema_version (version, applied_at) VALUES (?, ?)").run(index + 1, new Date().toISOString());
    }
    database.exec("COMMIT");
  } catch (error) {
    if (database.inTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** 0: an empty database. */
function readVersion(database: Database.Database): number | "foreign" {
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as { readonly name: string }[];
  if (tables.length === 0) return 0;
  if (!tables.some(({ name }) => name === "schema_version")) return "foreign";
  const row = database.prepare("SELECT max(version) AS version FROM schema_version").get() as { readonly version: number | null };
  return row.version ?? 0;
}
