import { randomBytes, randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import type { Identity } from "../edge/api/context.ts";
import { version } from "./version.ts";

/** Where the identity of the stored data is kept. */
export interface KeptIdentity {
  /** Beside the data, made there when it is not. */
  readonly dataDir?: string;
  /** The store has one itself. */
  readonly clusterId?: string | undefined;
}

/** Who this control plane is: `clusterId` stays with the stored data, `instanceId` is new at each start. */
export async function createIdentity(kept: KeptIdentity): Promise<Identity> {
  const host = hostname();
  const instanceId = `${host}-${randomBytes(2).toString("hex")}`;
  return { product: "probeplane", version, hostname: host, instanceId, clusterId: kept.clusterId ?? (await clusterId(kept.dataDir)) };
}

/** Made once, kept beside the data. Without a folder it lives as long as the process. */
async function clusterId(dataDir: string | undefined): Promise<string> {
  if (dataDir === undefined) return randomUUID();
  const file = path.join(dataDir, "cluster-id");
  const kept = (await readFile(file, "utf8").catch(() => "")).trim();
  if (/^[0-9a-f-]{36}$/.test(kept)) return kept;
  const made = randomUUID();
  // Only for people to recognise a control plane by: a folder that cannot be written to is no reason not to serve.
  await writeFile(file, `${made}\n`).catch(() => undefined);
  return made;
}
