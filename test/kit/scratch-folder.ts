import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

const made: string[] = [];

/** A new, empty folder for temporary files. Whoever made it may remove it; at the latest it goes with this process. */
export async function scratchFolder(purpose: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), `probeplane-${purpose}-`));
  if (made.length === 0) process.once("exit", removeAll);
  made.push(folder);
  return folder;
}

function removeAll(): void {
  for (const folder of made) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
