import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Served, spawnUntil } from "./served.ts";
import { writePolicy, writeWorld, type WorldSize } from "./world.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Starts the built control plane as a user would, with its default store in an empty folder, and writes the World over its API. */
export async function startProbeplane(size: WorldSize): Promise<Served> {
  return startIn(newFolder(), { fill: (api) => writeWorld(api, size) });
}

/** Starts the control plane on a store that already holds the World. */
export async function startLoaded(size: WorldSize): Promise<Served> {
  const folder = newFolder();
  const writer = await startIn(folder, { fill: (api) => writeWorld(api, size), keep: true });
  await writer.close();
  return startIn(folder);
}

interface StartOptions {
  /** Writes what has to be there first. */
  readonly fill?: (api: string) => Promise<void>;
  /** True: the folder stays when the control plane is closed. */
  readonly keep?: boolean;
}

async function startIn(folder: string, { fill, keep = false }: StartOptions = {}): Promise<Served> {
  const [api, xds, diagnostics] = await Promise.all([freePort(), freePort(), freePort()]);
  const listen = [`--api-listen=127.0.0.1:${api}`, `--xds-listen=127.0.0.1:${xds}`, `--diagnostics-listen=127.0.0.1:${diagnostics}`];
  // The peer is measured without TLS and tokens, too.
  const open = ["--api-tls-listen=127.0.0.1:0", "--insecure-xds-plaintext", "--insecure-no-dataplane-tokens"];
  const args = [...profiling(), join(root, "dist", "main", "probeplane.js"), "run", `--data-dir=${folder}`, ...listen, ...open];
  const { pid, stop } = await spawnUntil(process.execPath, args, () => true);
  const close = async (): Promise<void> => {
    await stop();
    if (!keep) remove(folder);
  };
  const base = `http://127.0.0.1:${api}`;
  try {
    await untilReady(`http://127.0.0.1:${diagnostics}/ready`);
    await fill?.(base);
  } catch (error) {
    await stop();
    remove(folder);
    throw error;
  }
  return {
    name: "probeplane",
    pid,
    xdsPort: Number(xds),
    intervalMsOf: (round) => (10 + round) * 1000,
    setInterval: (intervalMs) => writePolicy(base, intervalMs),
    close,
  };
}

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), "probeplane-bench-"));
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Options for Node itself, to look into the control plane under load: BENCH_NODE_OPTIONS="--cpu-prof --cpu-prof-dir=…". */
function profiling(): string[] {
  return (process.env["BENCH_NODE_OPTIONS"] ?? "").split(" ").filter((option) => option !== "");
}

async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

async function untilReady(url: string): Promise<void> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const ready = await fetch(url).then((response) => response.ok, () => false);
    if (ready) return;
    if (performance.now() > deadline) throw new Error("the control plane was not ready within 20 s");
    await pause(50);
  }
}
