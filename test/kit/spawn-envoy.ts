import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { endChild, endWithUs } from "./children.ts";
import { EnvoyAdmin } from "./envoy-admin.ts";
import { Output } from "./output.ts";
import { scratchFolder } from "./scratch-folder.ts";
import { waitUntil } from "./wait-until.ts";

export interface EnvoyOptions {
  /** Path of the binary (`envoyFor`, `envoyBinary`). */
  readonly binary: string;
  /** The bootstrap, as JSON data or YAML text. Its admin section is replaced: a free port of 127.0.0.1. */
  readonly bootstrap: Readonly<Record<string, unknown>> | string;
  /** For messages; default `envoy`. */
  readonly name?: string;
  /** Worker threads; default 1. */
  readonly concurrency?: number;
  /** Envoy's log level; default `warning`. */
  readonly logLevel?: string;
  /** More arguments. */
  readonly args?: readonly string[];
  /** What to put in front of the command; then the admin interface is a Unix socket, which is reached from any network namespace. */
  readonly enter?: readonly string[];
}

/** A running Envoy. */
export interface RunningEnvoy {
  readonly name: string;
  readonly pid: number;
  readonly admin: EnvoyAdmin;
  readonly output: Output;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

/**
 * Starts an Envoy and resolves when its admin interface answers (not: when it has its configuration). Parallel ones do not disturb each
 * other: the admin port is the system's choice, hot restart's shared memory is off. Files are flushed every 50 ms.
 */
export async function spawnEnvoy(options: EnvoyOptions): Promise<RunningEnvoy> {
  const name = options.name ?? "envoy";
  const folder = await scratchFolder("envoy");
  const config = path.join(folder, "bootstrap.yaml");
  const adminFile = path.join(folder, "admin-address");
  await writeFile(config, typeof options.bootstrap === "string" ? options.bootstrap : JSON.stringify(options.bootstrap));
  const [program, ...before] = [...(options.enter ?? []), options.binary];
  const admin = options.enter === undefined ? { socket_address: { address: "127.0.0.1", port_value: 0 } } : { pipe: { path: path.join(folder, "admin.sock") } };
  const child = spawn(program, [
    ...before, "-c", config, "--config-yaml", JSON.stringify({ admin: { address: admin } }),
    "--admin-address-path", adminFile, "--disable-hot-restart", "--concurrency", String(options.concurrency ?? 1),
    "--file-flush-interval-msec", "50", "--drain-time-s", "1", "-l", options.logLevel ?? "warning", ...(options.args ?? []),
  ], { stdio: ["ignore", "pipe", "pipe"], cwd: folder });
  endWithUs(child);
  const output = new Output(child);
  const close = async (): Promise<void> => {
    await endChild(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const address = await waitUntil(`Envoy ${name} says where its admin interface is`, () => adminAddress(child, adminFile, output));
    const admin = new EnvoyAdmin(address);
    await waitUntil(`the admin interface of Envoy ${name} answers`, () => admin.text("/ready", { anyStatus: true }));
    return { name, pid: child.pid ?? 0, admin, output, close };
  } catch (error) {
    await close();
    throw error instanceof EnvoyEnded ? new Error(`Envoy ${name} ended: ${output.tail()}`, { cause: error }) : error;
  }
}

class EnvoyEnded extends Error {}

async function adminAddress(child: ChildProcess, file: string, output: Output): Promise<string | undefined> {
  if (child.exitCode !== null || child.signalCode !== null) throw new EnvoyEnded(output.tail());
  const text = await readFile(file, "utf8").catch(() => "");
  return text === "" ? undefined : text;
}
