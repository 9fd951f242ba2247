import type { BigIntStats } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { compareTexts } from "../resource-table.ts";

/** A file that may hold documents, as it is now. */
export interface ListedFile {
  /** Path below the folder, with `/`. */
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMs: number;
  /** Changes whenever the file's content may have changed. */
  readonly stamp: string;
}

export interface Listing {
  /** In the order of their paths. */
  readonly files: readonly ListedFile[];
  /** Every folder that was read, to be watched: paths below the folder, `""` for itself. */
  readonly folders: readonly string[];
  /** What could not be looked at, by path below the folder. */
  readonly failures: ReadonlyMap<string, string>;
}

/**
 * Lists `*.yaml`, `*.yml` and `*.json` in a folder and its subfolders, following symbolic links (each folder once, so that a loop
 * ends). Names that begin with a dot are left out: editors' files, and what a Kubernetes ConfigMap volume keeps behind its links.
 */
export async function listFiles(folder: string): Promise<Listing> {
  const files: ListedFile[] = [];
  const folders: string[] = [];
  const failures = new Map<string, string>();
  const visited = new Set<string>();
  const visit = async (path: string): Promise<void> => {
    const real = await realpath(join(folder, path));
    if (visited.has(real)) return;
    visited.add(real);
    const names = await readdir(real);
    folders.push(path);
    for (const name of names) if (!name.startsWith(".")) await look(path === "" ? name : `${path}/${name}`);
  };
  const look = async (path: string): Promise<void> => {
    try {
      const found = await stat(join(folder, path), { bigint: true });
      if (found.isDirectory()) await visit(path);
      else if (/\.(ya?ml|json)$/i.test(path)) files.push(listed(path, found));
    } catch (error) {
      // Gone between listing and looking: as if it had never been listed.
      if (!isMissing(error)) failures.set(path, error instanceof Error ? error.message : String(error));
    }
  };
  try {
    await visit("");
  } catch (error) {
    failures.set("", error instanceof Error ? error.message : String(error));
  }
  files.sort((a, b) => compareTexts(a.path, b.path));
  return { files, folders, failures };
}

function listed(path: string, found: BigIntStats): ListedFile {
  const stamp = [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(":");
  return { path, bytes: Number(found.size), modifiedMs: Number(found.mtimeMs), stamp };
}

/** True of the error that a path without a file gives. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
