import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { decodeText } from "./decode-text.ts";
import { listFiles } from "./file/list-files.ts";
import { readDocuments, type ReadDocument } from "./read-documents.ts";

/** Bytes of the standard input, for `-`. */
export type ReadStdin = () => Promise<Uint8Array>;

/**
 * Reads what a command was given with `-f`: a file of any name, a folder (its `*.yaml`, `*.yml` and `*.json`, with subfolders, in
 * the order of their paths), or `-`. What cannot be read is a document with a violation; never throws.
 */
export async function readInput(target: string, readStdin: ReadStdin): Promise<readonly ReadDocument[]> {
  try {
    if (target === "-") return documentsOf(await readStdin(), "standard input");
    if (!(await stat(target)).isDirectory()) return documentsOf(await readFile(target), target);
    return await readFolder(target);
  } catch (error) {
    return [unreadable(target, error)];
  }
}

async function readFolder(folder: string): Promise<readonly ReadDocument[]> {
  const { files, failures } = await listFiles(folder);
  const read = files.map(async ({ path }) => {
    const target = join(folder, path);
    return await readFile(target).then(
      (bytes) => documentsOf(bytes, target),
      (error: unknown) => [unreadable(target, error)],
    );
  });
  const failed = [...failures].map(([path, message]) => unreadable(join(folder, path), message));
  return [...(await Promise.all(read)).flat(), ...failed];
}

function documentsOf(bytes: Uint8Array, origin: string): readonly ReadDocument[] {
  const decoded = decodeText(bytes);
  return decoded.ok ? readDocuments(decoded.text, origin) : [refused(origin, decoded.message)];
}

function unreadable(origin: string, error: unknown): ReadDocument {
  return refused(origin, `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
}

function refused(origin: string, message: string): ReadDocument {
  return { ok: false, origin, violations: [{ path: "", message }] };
}
