import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Compatibility } from "../../../core/policy/compatibility.ts";
import { decodeText, maxFileBytes, tooLarge } from "../decode-text.ts";
import { readFileDocuments } from "./file-documents.ts";
import { nextFileState, unreadableFileState, type FileState } from "./file-state.ts";
import { isMissing, type ListedFile } from "./list-files.ts";

/** A folder, and how policies in it are read. */
export interface ReadFolder {
  readonly folder: string;
  readonly compatibility: Compatibility;
}

/** Reads a listed file against what it gave before; undefined: it has gone in the meantime. */
export async function readListedFile(
  { folder, compatibility }: ReadFolder,
  file: ListedFile,
  before: FileState | undefined,
): Promise<FileState | undefined> {
  const { path, stamp, modifiedMs } = file;
  if (file.bytes > maxFileBytes) return unreadableFileState({ path, stamp, modifiedMs }, tooLarge(file.bytes), before);
  try {
    const decoded = decodeText(await readFile(join(folder, path)));
    if (!decoded.ok) return unreadableFileState({ path, stamp, modifiedMs }, decoded.message, before);
    return nextFileState({ path, stamp, modifiedMs }, readFileDocuments(decoded.text, path, compatibility, before?.documents), before);
  } catch (error) {
    if (isMissing(error)) return undefined;
    // No stamp: a failure to read may pass without the file changing.
    const message = `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    return unreadableFileState({ path, stamp: undefined, modifiedMs }, message, before);
  }
}
