import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { ownCertificateFiles } from "../edge/access/own-certificates.ts";
import type { ArchivedFile } from "../edge/source/archive/write-archive.ts";

/** The certificate authority that a control plane made for itself, as files below its data directory; none where it has none. */
export async function readAuthority(dataDir: string): Promise<readonly ArchivedFile[]> {
  const { ca, caKey } = ownCertificateFiles(dataDir);
  const texts = await Promise.all([ca, caKey].map((file) => readFile(file, "utf8").catch(() => undefined)));
  return [ca, caKey].flatMap((file, index) => {
    const text = texts[index];
    return text === undefined ? [] : [{ path: path.relative(dataDir, file).replaceAll(path.sep, "/"), text }];
  });
}

/** Those of the files that stand in the data directory with another text. */
export async function differingFiles(files: readonly ArchivedFile[], dataDir: string): Promise<readonly string[]> {
  const present = await readAuthority(dataDir);
  return files.filter((file) => present.some((other) => other.path === file.path && other.text !== file.text)).map((file) => file.path);
}

/** Files that an archive may hold: nothing else is ever written, whatever an archive says. */
export function isAuthorityFile(file: ArchivedFile, dataDir: string): boolean {
  const { ca, caKey } = ownCertificateFiles(dataDir);
  return [ca, caKey].includes(path.join(dataDir, file.path)) && typeof file.text === "string";
}

/** Puts the files in place, each whole, for their owner alone. */
export async function writeAuthority(files: readonly ArchivedFile[], dataDir: string): Promise<void> {
  for (const file of files) {
    const target = path.join(dataDir, file.path);
    await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
    await writeFile(`${target}.new`, file.text, { mode: 0o600 });
    await rename(`${target}.new`, target);
  }
}
