import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Violation } from "../../core/base/violation.ts";
import { decodeText } from "./decode-text.ts";
import { listFiles } from "./file/list-files.ts";
import { readDocuments, type ReadDocument } from "./read-documents.ts";

/** Bytes of the standard input, for `-`. */
export type ReadStdin = () => Promise<Uint8Array>;

/** What is done with a text before documents are looked for in it. */
export type PrepareText = (text: string, origin: string) => { readonly ok: true; readonly text: string } | { readonly ok: false; readonly violations: readonly Violation[] };

/**
 * Reads what a command was given with `-f`: a file of any name, a folder (its `*.yaml`, `*.yml` and `*.json`, with subfolders, in
 * the order of their paths), or `-`. What cannot be read is a document with a violation; never throws.
 */
export async function readInput(target: string, readStdin: ReadStdin, prepare: PrepareText = asItIs): Promise<readonly ReadDocument[]> {
  try {
    if (target === "-") return documentsOf(await readStdin(), "standard input", prepare);
    if (!(await stat(target)).isDirectory()) return documentsOf(await readFile(target), target, prepare);
    return await readFolder(target, prepare);
  } catch (error) {
    return [unreadable(target, error)];
  }
}

function asItIs(text: string): { readonly ok: true; readonly text: string } {
  return { ok: true, text };
}

async function readFolder(folder: string, prepare: PrepareText): Promise<readonly ReadDocument[]> {
  const { files, failures } = await listFiles(folder);
  const read = files.map(async ({ path }) => {
    const target = join(folder, path);
    return await readFile(target).then(
      (bytes) => documentsOf(bytes, target, prepare),
      (error: unknown) => [unreadable(target, error)],
    );
  });
  const failed = [...failures].map(([path, message]) => unreadable(join(folder, path), message));
  return [...(await Promise.all(read)).flat(), ...failed];
}

/** The documents of what was read from `origin`. */
export function documentsOf(bytes: Uint8Array, origin: string, prepare: PrepareText = asItIs): readonly ReadDocument[] {
  const decoded = decodeText(bytes);
  if (!decoded.ok) return [refused(origin, decoded.message)];
  const prepared = prepare(decoded.text, origin);
  return prepared.ok ? readDocuments(prepared.text, origin) : [{ ok: false, origin, violations: prepared.violations }];
}

function unreadable(origin: string, error: unknown): ReadDocument {
  return refused(origin, `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
}

function refused(origin: string, message: string): ReadDocument {
  return { ok: false, origin, violations: [{ path: "", message }] };
}
