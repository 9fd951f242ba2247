import { chmodSync, closeSync, mkdirSync, openSync, statSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { checkSchema, migrate } from "./migrations.ts";
import { readOwner, writeOwner } from "./owner-file.ts";
import { storeFailure, unavailable } from "./store-failure.ts";

export interface OpenDatabaseOptions {
  readonly dataDir: string;
  /** Largest size of the store file in pages of 4 KiB; a write beyond it fails as on a full disk. Default: SQLite's own limit. */
  readonly maxPages?: number;
}

export interface OpenDatabase {
  readonly database: Database.Database;
  readonly file: string;
  /** Throws when the file on the disk is not the open one any more: what is written then would be gone with the process. */
  checkInPlace(): void;
}

/**
 * Opens (and, when there is none, makes) `probeplane.db` in the data directory: for this process alone, in write-ahead-log mode,
 * flushed to the disk at each commit. Throws StoreUnavailable; a file that is damaged, foreign or newer is never written to.
 */
export function openDatabase(options: OpenDatabaseOptions): OpenDatabase {
  const file = join(options.dataDir, "probeplane.db");
  makeFolder(options.dataDir);
  makeFile(file);
  let database: Database.Database | undefined;
  try {
    database = new Database(file);
    // Before the first access: then SQLite keeps the lock, and its index of the log in memory instead of a shared file.
    database.pragma("locking_mode = EXCLUSIVE");
    // Before the first write, which setting the journal mode is: what is not ours or not whole stays as it is.
    checkPages(database, file);
    checkSchema(database, file);
    closeToOthers(file);
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    migrate(database, file);
    if (options.maxPages !== undefined) database.pragma(`max_page_count = ${Math.trunc(options.maxPages)}`);
    writeOwner(options.dataDir);
    return { database, file, checkInPlace: placeCheck(file) };
  } catch (error) {
    if (database !== undefined) closeWith(database, "locking_mode = NORMAL");
    throw openFailure(error, options.dataDir, file);
  }
}

/** For its user alone: keys come to lie here. */
function makeFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw storeFailure(error, `cannot make the data directory ${dataDir}`);
  }
}

/** For its user alone, in a folder that was there already, too. What cannot be made here, opening it will tell. */
function makeFile(file: string): void {
  try {
    closeSync(openSync(file, "wx", 0o600));
  } catch {
    // It is there, as a rule.
  }
}

/** Also a file that an earlier release made, before there is a log beside it, which gets the same mode. */
function closeToOthers(file: string): void {
  try {
    if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
  } catch {
    // Somebody else's, or on a disk that is read-only: the next step tells whether it can be written.
  }
}

/** Reads every page once, so that damage is found at the start and not in the middle of a push. */
function checkPages(database: Database.Database, file: string): void {
  const rows = database.prepare("PRAGMA quick_check(1)").all() as { readonly quick_check: string }[];
  const found = rows[0]?.quick_check;
  if (found !== "ok") throw unavailable("corrupt", `the store file ${file} is damaged: ${found ?? "no answer"}`);
}

function openFailure(error: unknown, dataDir: string, file: string): Error {
  const failure = storeFailure(error, `cannot open the store file ${file}`);
  if (failure.reason !== "in-use") return failure;
  const pid = readOwner(dataDir);
  const owner = pid === undefined ? "another process" : `another process (pid ${pid})`;
  return unavailable("in-use", `the data directory ${dataDir} is in use by ${owner}`, error);
}

/**
 * Closes for good. The library's own `close` waits for the garbage collector to find the last prepared statement, and keeps the lock
 * until then; leaving write-ahead-log mode gives it back now, and leaves a single file behind.
 */
export function closeDatabase(database: Database.Database): void {
  closeWith(database, "journal_mode = DELETE", "locking_mode = NORMAL");
}

function closeWith(database: Database.Database, ...pragmas: readonly string[]): void {
  try {
    for (const pragma of pragmas) database.pragma(pragma);
    // The lock goes at the end of the next read.
    database.prepare("SELECT count(*) FROM sqlite_master").all();
  } catch {
    // A disk that is full, for instance: the log stays, and the next start reads it.
  }
  database.close();
}

function placeCheck(file: string): () => void {
  const opened = statSync(file).ino;
  return () => {
    if (statSync(file, { throwIfNoEntry: false })?.ino === opened) return;
    throw unavailable("input-output", `the store file ${file} was removed or replaced while it was in use; start again`);
  };
}
