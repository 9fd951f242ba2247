import { keyText } from "../../../core/model/resource.ts";
import { keyOf } from "../key-of.ts";
import type { Problem } from "../port.ts";
import { noDocuments, type BadDocument, type FileDocuments, type GoodDocument } from "./file-documents.ts";

/** What one file gives at present. */
export interface FileState {
  readonly path: string;
  /** Of the version that was read; undefined: read it again next time. */
  readonly stamp: string | undefined;
  readonly modifiedMs: number;
  readonly documents: FileDocuments;
  /** Last good versions that stay in force for documents that are bad now. */
  readonly kept: readonly GoodDocument[];
  readonly problems: readonly Problem[];
}

/**
 * The file as it is now, with what stays of what it was. A bad document keeps the resource of its key. When its key cannot be
 * read, or is new here (a rename gone wrong, perhaps), nobody can tell which resource it meant: then everything that this file
 * gave stays until it is mended.
 */
export function nextFileState(
  file: Pick<FileState, "path" | "stamp" | "modifiedMs">,
  documents: FileDocuments,
  before: FileState | undefined,
): FileState {
  const defined = new Set(documents.good.map(({ resource }) => keyText(resource)));
  const missing = formerly(before).filter(({ resource }) => !defined.has(keyText(resource)));
  const kept = new Set<GoodDocument>();
  const problems = documents.bad.map((bad) => {
    const keeps = keptFor(bad, missing);
    for (const document of keeps) kept.add(document);
    return problemOf(bad, keeps);
  });
  return { ...file, documents, kept: [...kept], problems };
}

/** The file when it cannot be read at all: everything it gave stays. */
export function unreadableFileState(
  file: Pick<FileState, "path" | "stamp" | "modifiedMs">,
  message: string,
  before: FileState | undefined,
): FileState {
  const kept = formerly(before);
  const problems = [problemOf({ origin: file.path, violations: [{ path: "", message }] }, kept)];
  return { ...file, documents: noDocuments, kept, problems };
}

function formerly(before: FileState | undefined): readonly GoodDocument[] {
  return before === undefined ? [] : [...before.documents.good, ...before.kept];
}

function keptFor(bad: BadDocument, missing: readonly GoodDocument[]): readonly GoodDocument[] {
  const key = bad.key === undefined ? undefined : keyText(bad.key);
  const same = missing.filter(({ resource }) => keyText(resource) === key);
  return same.length > 0 ? same : missing;
}

function problemOf(bad: BadDocument, kept: readonly GoodDocument[]): Problem {
  return kept.length === 0 ? bad : { ...bad, kept: kept.map(({ resource }) => keyOf(resource)) };
}
