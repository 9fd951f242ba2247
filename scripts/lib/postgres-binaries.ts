import { constants } from "node:fs";
import { access, readdir } from "node:fs/promises";
import path from "node:path";
import { installPackages } from "./debian-packages.ts";
import type { InstallOptions } from "./debian-packages.ts";

/** No PostgreSQL can be had on this machine; the message says why and what helps. */
export class PostgresUnavailable extends Error {
  override readonly name = "PostgresUnavailable";
}

export interface PostgresBinariesOptions extends InstallOptions {
  /** Default: the process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where Debian's packages put them, a folder for each version; default `/usr/lib/postgresql`. */
  readonly debianFolder?: string;
  /** Told once when something is about to be installed. */
  readonly log?: (line: string) => void;
}

/**
 * The folder with `initdb` and `postgres`: `POSTGRES_BIN` where it is set, else that of Debian's newest package, else of the PATH. Where
 * there is none and we are root on a machine with apt, the package `postgresql` is installed; that is kept, so it happens once.
 *
 * @throws PostgresUnavailable where none can be had.
 */
export async function postgresBinaries(options: PostgresBinariesOptions = {}): Promise<string> {
  const env = options.env ?? process.env;
  const chosen = env["POSTGRES_BIN"];
  if (chosen !== undefined && chosen !== "") {
    if (await hasServer(chosen)) return chosen;
    throw new PostgresUnavailable(`POSTGRES_BIN is ${chosen}, in which there is no initdb and postgres`);
  }
  const found = await findServer(env, options.debianFolder);
  if (found !== undefined) return found;
  await install(options);
  const installed = await findServer(env, options.debianFolder);
  if (installed === undefined) throw new PostgresUnavailable("apt-get installed the package postgresql, but there is no initdb");
  return installed;
}

async function findServer(env: Readonly<Record<string, string | undefined>>, debianFolder = "/usr/lib/postgresql"): Promise<string | undefined> {
  const versions = (await readdir(debianFolder).catch(() => [])).filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(b) - Number(a));
  const folders = [...versions.map((version) => path.join(debianFolder, version, "bin")), ...(env["PATH"] ?? "").split(path.delimiter)];
  for (const folder of folders) {
    if (folder !== "" && (await hasServer(folder))) return folder;
  }
  return undefined;
}

async function hasServer(folder: string): Promise<boolean> {
  return await Promise.all(["initdb", "postgres"].map((name) => access(path.join(folder, name), constants.X_OK))).then(
    () => true,
    () => false,
  );
}

async function install({ log, ...options }: PostgresBinariesOptions): Promise<void> {
  const isRoot = options.isRoot ?? process.geteuid?.() === 0;
  if (isRoot) log?.("installing PostgreSQL (apt-get install postgresql) …");
  const failure = await installPackages(["postgresql"], { ...options, isRoot });
  if (failure === undefined) return;
  const hint = "install PostgreSQL (Debian package `postgresql`), or name a server with DATABASE_URL";
  throw new PostgresUnavailable(`no PostgreSQL was found, and ${failure}: ${hint}`);
}
