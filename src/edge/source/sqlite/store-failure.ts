import { StoreUnavailable, type StoreUnavailableReason } from "../store-error.ts";

/** SQLite's result codes, by how they begin, and Node's for the folder around the file. */
const reasons: readonly (readonly [code: string, reason: StoreUnavailableReason])[] = [
  ["SQLITE_BUSY", "in-use"],
  ["SQLITE_LOCKED", "in-use"],
  ["SQLITE_FULL", "full"],
  ["ENOSPC", "full"],
  ["EDQUOT", "full"],
  ["SQLITE_READONLY", "read-only"],
  ["EROFS", "read-only"],
  ["EACCES", "read-only"],
  ["EPERM", "read-only"],
  ["SQLITE_CORRUPT", "corrupt"],
  ["SQLITE_NOTADB", "corrupt"],
];

/** What to do about it, for the person who reads the message. */
const remedies: Readonly<Partial<Record<StoreUnavailableReason, string>>> = {
  corrupt:
    "; it was kept: move it (with its -wal file) away and put a backup in its place, or start without it and apply the resources again",
  full: "; nothing acknowledged is lost, and writing goes on when there is space again",
  "in-use": "; stop the other process, or use another data directory",
  "input-output": "; see the system's log for the disk",
  newer: "; use the release that wrote it, or a later one",
  "not-a-store": "; use another data directory",
  "read-only": "; make the data directory and the files in it writable for this user",
};

/** Any failure of SQLite or of the file system as the typed error of a store; a StoreUnavailable stays what it is. */
export function storeFailure(error: unknown, action: string): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error;
  const code = codeOf(error);
  const reason = reasons.find(([prefix]) => code.startsWith(prefix))?.[1] ?? "input-output";
  const text = error instanceof Error ? error.message : String(error);
  return unavailable(reason, `${action}: ${text}`, error);
}

/** A StoreUnavailable with the remedy that belongs to its reason. */
export function unavailable(reason: StoreUnavailableReason, message: string, cause?: unknown): StoreUnavailable {
  return new StoreUnavailable(reason, `${message}${remedies[reason] ?? ""}`, cause === undefined ? undefined : { cause });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
