import { readFile } from "node:fs/promises";
import type { Config } from "../edge/config/config.ts";
import { configFileName, loadConfig } from "../edge/config/load-config.ts";
import { CommandFailure, exitStatus, messageOf } from "./exit-status.ts";
import type { Terminal } from "./terminal.ts";

/** The configuration from flags, environment and file. @throws CommandFailure with every problem. */
export async function readConfig(args: readonly string[], terminal: Terminal): Promise<Config> {
  const name = configFileName(args, terminal.env);
  const file = name === undefined ? undefined : { name, text: await readConfigFile(name) };
  const loaded = loadConfig(args, terminal.env, file);
  if (loaded.ok) return loaded.config;
  throw new CommandFailure(exitStatus.usage, loaded.problems.join("\n"));
}

async function readConfigFile(name: string): Promise<string> {
  return await readFile(name, "utf8").catch((error: unknown) => {
    throw new CommandFailure(exitStatus.usage, `--config: cannot read ${name}: ${messageOf(error)}`);
  });
}
