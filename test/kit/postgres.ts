import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { appendFile, chown, mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import type { Context } from "mocha";
import { Client } from "pg";
import { PostgresUnavailable, postgresBinaries } from "../../scripts/lib/postgres-binaries.ts";
import { atEnd } from "./at-end.ts";
import { endChild, endWithUs } from "./children.ts";
import { Output } from "./output.ts";
import { freePort } from "./ports.ts";
import { scratchFolder } from "./scratch-folder.ts";
import { skipBecause } from "./skip.ts";
import { waitUntil } from "./wait-until.ts";

const run = promisify(execFile);

/** Where a test can make databases of its own. */
export interface DatabaseServer {
  /** Makes an empty database and gives its URL. */
  createDatabase(): Promise<string>;
}

/** A PostgreSQL server of ours, on a port of 127.0.0.1 and on a Unix socket; its user `postgres` needs no password. */
export interface PostgresServer extends DatabaseServer {
  readonly port: number;
  /** Of the socket; also where `postgresql.conf` and `pg_hba.conf` are (below, in `data`). */
  readonly folder: string;
  /** One statement as superuser; on `database`, default `postgres`. */
  query(statement: string, database?: string): Promise<readonly Record<string, unknown>[]>;
  /** Adds lines to postgresql.conf, in force from the next start. */
  configure(...lines: readonly string[]): Promise<void>;
  start(): Promise<void>;
  /** Ends it at once, without a checkpoint: what is committed has to be in the log. Every connection breaks. */
  stop(): Promise<void>;
  /** Stands still (SIGSTOP): connections stay, nothing is answered. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  close(): Promise<void>;
}

/** What starting one takes; durable: as in earnest, with flushes to the disk. */
export interface PostgresOptions {
  readonly durable?: boolean;
}

let shared: Promise<DatabaseServer> | undefined;

/** A server that all tests of this process share: that of `DATABASE_URL`, else one of ours. Skips, with the reason, where there is none. */
export async function sharedPostgres(context: Context): Promise<DatabaseServer> {
  const given = process.env["DATABASE_URL"];
  shared ??= given === undefined || given === "" ? startPostgres() : Promise.resolve(givenServer(given));
  return await orSkip(context, shared);
}

/** A server of the test's own, to be stopped and started. Skips where there is none. */
export async function ownPostgres(context: Context, options: PostgresOptions = {}): Promise<PostgresServer> {
  return await orSkip(context, startPostgres(options));
}

async function orSkip<T>(context: Context, starting: Promise<T>): Promise<T> {
  try {
    return await starting;
  } catch (error) {
    if (error instanceof PostgresUnavailable) return skipBecause(context, error.message);
    throw error;
  }
}

/** @throws PostgresUnavailable */
export async function startPostgres({ durable = false }: PostgresOptions = {}): Promise<PostgresServer> {
  const binaries = await postgresBinaries();
  const user = await unprivilegedUser();
  const folder = await scratchFolder("postgres");
  const data = path.join(folder, "data");
  await mkdir(data, { mode: 0o700 });
  if (user !== undefined) for (const each of [folder, data]) await chown(each, user.uid, user.gid);
  const options = { ...user, cwd: folder };
  await run(path.join(binaries, "initdb"), ["-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "--no-instructions"], options);
  const port = await freePort();
  await appendFile(path.join(data, "postgresql.conf"), [
    "", "listen_addresses = '127.0.0.1'", `port = ${String(port)}`, `unix_socket_directories = '${folder}'`, "max_connections = 60",
    ...(durable ? [] : ["fsync = off"]), "",
  ].join("\n"));
  const server = new OwnServer(path.join(binaries, "postgres"), folder, port, options);
  await server.start();
  return server;
}

/** PostgreSQL does not run as root. */
async function unprivilegedUser(): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  if (process.geteuid?.() !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    const { stdout } = await run("getent", ["passwd", name]).catch(() => ({ stdout: "" }));
    const [, , uid = "", gid = ""] = stdout.split(":");
    if (uid !== "") return { uid: Number(uid), gid: Number(gid) };
  }
  throw new PostgresUnavailable("PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody");
}

/** Somebody's own server: what tests make there goes with them. */
function givenServer(url: string): DatabaseServer {
  const { createDatabase } = serverAt(url);
  return {
    createDatabase: async () => {
      const made = await createDatabase();
      atEnd(async () => {
        await ask(url, `DROP DATABASE IF EXISTS ${new URL(made).pathname.slice(1)} WITH (FORCE)`);
      });
      return made;
    },
  };
}

function serverAt(url: string): DatabaseServer {
  return {
    createDatabase: async () => {
      const name = databaseName();
      await ask(url, `CREATE DATABASE ${name}`);
      const made = new URL(url);
      made.pathname = `/${name}`;
      return made.href;
    },
  };
}

function databaseName(): string {
  return `probeplane_test_${randomBytes(6).toString("hex")}`;
}

/** One statement on a connection of its own. */
export async function ask(url: string, statement: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

class OwnServer implements PostgresServer {
  readonly port: number;
  readonly folder: string;
  readonly #program: string;
  readonly #options: { readonly cwd: string; readonly uid?: number; readonly gid?: number };
  #child: ChildProcess | undefined;

  constructor(program: string, folder: string, port: number, options: { readonly cwd: string; readonly uid?: number; readonly gid?: number }) {
    this.#program = program;
    this.folder = folder;
    this.port = port;
    this.#options = options;
  }

  async createDatabase(): Promise<string> {
    return await serverAt(this.#url("postgres")).createDatabase();
  }

  async query(statement: string, database = "postgres"): Promise<readonly Record<string, unknown>[]> {
    return await ask(this.#url(database), statement);
  }

  async configure(...lines: readonly string[]): Promise<void> {
    await appendFile(path.join(this.folder, "data", "postgresql.conf"), `${lines.join("\n")}\n`);
  }

  async start(): Promise<void> {
    const child = spawn(this.#program, ["-D", path.join(this.folder, "data")], { ...this.#options, stdio: ["ignore", "pipe", "pipe"] });
    endWithUs(child);
    this.#child = child;
    const output = new Output(child);
    const state = await waitUntil("PostgreSQL answers", async () => {
      if (child.exitCode !== null || child.signalCode !== null) return "ended";
      return (await this.query("SELECT 1")).length === 1;
    });
    if (state === "ended") throw new Error(`PostgreSQL ended at its start: ${output.tail()}`);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGQUIT");
    await ended;
  }

  async freeze(): Promise<void> {
    await this.#signalAll("SIGSTOP");
  }

  async thaw(): Promise<void> {
    await this.#signalAll("SIGCONT");
  }

  async close(): Promise<void> {
    await this.thaw();
    if (this.#child !== undefined) {
      this.#child.kill("SIGINT");
      await endChild(this.#child);
    }
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** The server has a process for each connection, in process groups of their own. */
  async #signalAll(signal: NodeJS.Signals): Promise<void> {
    const { pid } = this.#child ?? {};
    if (pid === undefined || this.#child?.exitCode !== null) return;
    const parents = signal === "SIGSTOP";
    if (parents) process.kill(pid, signal);
    const { stdout } = await run("ps", ["-A", "-o", "pid=,ppid="]);
    const children = stdout.split("\n").map((line) => line.trim().split(/ +/).map(Number)).filter(([, parent]) => parent === pid);
    for (const [child = 0] of children) {
      try {
        process.kill(child, signal);
      } catch {
        // It has ended since.
      }
    }
    if (!parents) process.kill(pid, signal);
  }

  #url(database: string): string {
    return `postgres://postgres@127.0.0.1:${String(this.port)}/${database}`;
  }
}
