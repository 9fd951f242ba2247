import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Served, startReference } from "./served.ts";

const bench = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = join(dirname(bench), ".cache", "bench");

export const bareStream = "bare stream";
export const goControlPlane = "go-control-plane";

/** Starts the yardstick: grpc-js replaying a recording, with no logic. It can only repeat the change of the first round. */
export async function startBareStream(recording: string, delta: boolean): Promise<Served> {
  const entry = join(bench, "bare-stream", "main.ts");
  return startReference(bareStream, process.execPath, ["--import", "tsx", entry, recording, delta ? "delta" : "sotw"], () => 11_000);
}

/** Starts go-control-plane's snapshot cache with the resources of a recording. */
export async function startGoControlPlane(binary: string, recording: string, delta: boolean, nodeId: string): Promise<Served> {
  const args = [`-recording=${recording}`, `-delta=${String(delta)}`, `-node-id=${nodeId}`];
  return startReference(goControlPlane, binary, args, (round) => (10 + round) * 1000);
}

export type Built = { readonly binary: string } | { readonly missing: string };

/** Builds the go-control-plane server once for each content of its sources; says why where it cannot. */
export function buildGoControlPlane(): Built {
  const folder = join(bench, "go-control-plane");
  const hash = createHash("sha256");
  for (const file of readdirSync(folder).sort()) hash.update(file).update(readFileSync(join(folder, file)));
  const binary = join(cache, `go-control-plane-${hash.digest("hex").slice(0, 16)}`);
  if (existsSync(binary)) return { binary };
  try {
    execFileSync("go", ["version"], { stdio: "pipe" });
  } catch {
    return { missing: "Go is not installed" };
  }
  mkdirSync(cache, { recursive: true });
  try {
    execFileSync("go", ["build", "-trimpath", "-o", binary, "."], { cwd: folder, stdio: "pipe", env: { ...process.env, CGO_ENABLED: "0" } });
    return { binary };
  } catch (error) {
    return { missing: `it does not build: ${String((error as { stderr?: Buffer }).stderr ?? error).trim()}` };
  }
}
