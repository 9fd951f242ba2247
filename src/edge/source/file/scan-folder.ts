import { compareTexts } from "../resource-table.ts";
import type { Problem } from "../port.ts";
import type { FileState } from "./file-state.ts";
import { readListedFile, type ReadFolder } from "./file-reader.ts";
import { listFiles, type ListedFile } from "./list-files.ts";

/** What a scan found. */
export interface Scan {
  /** In the order of their paths. */
  readonly files: readonly FileState[];
  /** Folders to watch, below the folder. */
  readonly folders: readonly string[];
  /** What could not be looked at; its files stay as they were. */
  readonly problems: readonly Problem[];
  /** False when the folder itself could not be read. */
  readonly complete: boolean;
  /** Files that are being written at this moment, with the time at which that was seen first: scan again soon. */
  readonly unsettledSinceMs: ReadonlyMap<string, number>;
  /** Whether any file differs from the scan before. */
  readonly changed: boolean;
}

/** A file that was written so lately may still be in the writing, cut off in the middle. */
const settleMs = 40;

/** Who writes a file again and again is read in between all the same. */
const longestWaitMs = 400;

/**
 * Looks at every file and reads those that changed since the scan before. A file that changed a moment ago waits for the next scan,
 * at the start excepted, when there is nothing else to show.
 */
export async function scanFolder(read: ReadFolder, before: Scan | undefined, nowMs: () => number): Promise<Scan> {
  const listing = await listFiles(read.folder);
  const known = new Map(before?.files.map((file) => [file.path, file]));
  const files: FileState[] = [];
  const unsettledSinceMs = new Map<string, number>();
  for (const file of listing.files) {
    const last = known.get(file.path);
    known.delete(file.path);
    const now = nowMs();
    const fresh = isFresh(file, now);
    const waitsSinceMs = fresh ? waitingSince(before, file, now) : undefined;
    if (fresh) unsettledSinceMs.set(file.path, waitsSinceMs ?? now);
    const asItWas = waitsSinceMs !== undefined || last?.stamp === file.stamp;
    const next = asItWas ? last : await readListedFile(read, file, last);
    // Read while it was fresh: the same stamp may stand for a later content.
    if (next !== undefined) files.push(fresh ? { ...next, stamp: undefined } : next);
  }
  for (const [path, state] of known) if (isBelow(path, listing.failures)) files.push(state);
  files.sort((a, b) => compareTexts(a.path, b.path));
  const problems = [...listing.failures].map(([path, message]) => problemOf(path === "" ? read.folder : path, message));
  const complete = !listing.failures.has("");
  return { files, folders: listing.folders, problems, complete, unsettledSinceMs, changed: differ(before, files) };
}

/** Since when a file that is being written has been put off; undefined: it is read now, settled or not. */
function waitingSince(before: Scan | undefined, file: ListedFile, nowMs: number): number | undefined {
  if (before === undefined) return undefined;
  const sinceMs = before.unsettledSinceMs.get(file.path) ?? nowMs;
  return nowMs - sinceMs < longestWaitMs ? sinceMs : undefined;
}

function isFresh(file: ListedFile, nowMs: number): boolean {
  const ageMs = nowMs - file.modifiedMs;
  return ageMs >= 0 && ageMs < settleMs;
}

function isBelow(path: string, folders: ReadonlyMap<string, string>): boolean {
  return [...folders.keys()].some((folder) => folder === "" || path === folder || path.startsWith(`${folder}/`));
}

function problemOf(origin: string, message: string): Problem {
  return { origin, violations: [{ path: "", message: `cannot be read: ${message}; what was good before stays` }] };
}

function differ(before: Scan | undefined, files: readonly FileState[]): boolean {
  if (before?.files.length !== files.length) return true;
  return files.some(({ documents, problems }, i) => documents !== before.files[i]?.documents || problems !== before.files[i].problems);
}
