import { readFile } from "node:fs/promises";
import { firstValueFrom } from "rxjs";
import type { Resource } from "../core/model/resource.ts";
import { clientEnv } from "../edge/config/client-env.ts";
import type { Config } from "../edge/config/config.ts";
import { createFileSource } from "../edge/source/file/file-source.ts";
import type { Problem, Source, Store } from "../edge/source/port.ts";
import { CommandFailure, exitStatus, messageOf } from "./exit-status.ts";
import { openSource } from "./open-source.ts";
import { problemLines } from "./report-source.ts";
import type { Terminal } from "./terminal.ts";

/** A store as a command sees it: all that is in it, at one moment. */
export interface ReadStore {
  readonly resources: readonly Resource[];
  /** What is there and cannot be read. */
  readonly problems: readonly Problem[];
}

/** Opens the store that the configuration names, hands it to `act`, and closes it. @throws CommandFailure when it cannot be opened. */
export async function withSource<T>(config: Config, act: (source: Source) => Promise<T>): Promise<T> {
  return await closing(config.store === "file" ? createFileSource({ folder: config.resourcesDir ?? "", compatibility: config.compatibility }) : openStore(config), act);
}

/** As `withSource`, for a store that can be written to. */
export async function withStore<T>(config: Config, act: (store: Store) => Promise<T>): Promise<T> {
  return await closing(openStore(config), act);
}

function openStore(config: Config): Store {
  if (config.environment === "kubernetes") throw new CommandFailure(exitStatus.usage, "--environment: with kubernetes the API server is the store; use kubectl");
  if (config.store === "memory") throw new CommandFailure(exitStatus.usage, "--store: memory is in the process that serves it, and gone with it; name another");
  if (config.store === "file") throw new CommandFailure(exitStatus.usage, "--store: file is a folder of documents; put the exported file into it");
  const { store } = openSource(config);
  if (store === undefined) throw new CommandFailure(exitStatus.usage, `--store: ${config.store} cannot be written to`);
  return store;
}

async function closing<S extends Source, T>(source: S, act: (source: S) => Promise<T>): Promise<T> {
  try {
    return await act(source);
  } finally {
    await source.close();
  }
}

/** Waits for the first state; not for a store that cannot be had now. @throws CommandFailure with the store's own sentence. */
export async function readStore(source: Source): Promise<ReadStore> {
  const reading = { isRead: false, problems: [] as readonly Problem[] };
  const failed = new Promise<never>((_resolve, reject) => {
    source.problems.subscribe((problems) => {
      reading.problems = problems;
      // A source tells first what is there, and then at once what is wrong with it.
      setImmediate(() => {
        if (problems.length > 0 && !reading.isRead) reject(new Error(problems.flatMap(problemLines).join("\n")));
      });
    });
  });
  try {
    const first = await Promise.race([firstValueFrom(source.events), failed]);
    reading.isRead = true;
    await new Promise((resolve) => setImmediate(resolve));
    return { resources: first.type === "state" ? first.resources : [], problems: reading.problems };
  } catch (error) {
    throw new CommandFailure(exitStatus.unavailable, messageOf(error));
  } finally {
    failed.catch(() => undefined);
  }
}

/** The passphrase from a file, else from the environment; never from the command line, which others can see. Undefined: there is none. */
export async function readPassphrase(file: string | undefined, { env }: Pick<Terminal, "env">): Promise<string | undefined> {
  const given = env[clientEnv.storePassphrase];
  if (file === undefined) return given === "" ? undefined : given;
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new CommandFailure(exitStatus.usage, `--passphrase-file: cannot be read: ${messageOf(error)}`);
  });
  const passphrase = text.replace(/\r?\n$/, "");
  if (passphrase === "") throw new CommandFailure(exitStatus.usage, `--passphrase-file: ${file} is empty`);
  return passphrase;
}
