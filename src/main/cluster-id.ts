import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";

/** The identifier of the stored data: made once, kept beside them. Without a folder it lives as long as the process. */
export async function clusterId(dataDir: string | undefined): Promise<string> {
  if (dataDir === undefined) return randomUUID();
  const file = path.join(dataDir, "cluster-id");
  const kept = (await readFile(file, "utf8").catch(() => "")).trim();
  if (/^[0-9a-f-]{36}$/.test(kept)) return kept;
  const made = randomUUID();
  // Only for people to recognise a control plane by: a folder that cannot be written to is no reason not to serve.
  await writeFile(file, `${made}\n`).catch(() => undefined);
  return made;
}
