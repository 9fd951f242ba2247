import { readFile } from "node:fs/promises";
import { Command } from "commander";
import { showConfig } from "../edge/config/redact.ts";
import { formatOptionsHelp } from "../edge/config/describe-options.ts";
import { configFileName, loadConfig } from "../edge/config/load-config.ts";
import type { Config } from "../edge/config/config.ts";
import { startControlPlane } from "./control-plane.ts";
import { endSignal } from "./end-signal.ts";
import { CommandFailure, exitStatus } from "./exit-status.ts";
import type { Terminal } from "./terminal.ts";

export function runCommand(terminal: Terminal): Command {
  return new Command("run")
    .description("the control plane: HTTP API, xDS and diagnostics")
    .usage("[options]")
    // Options come from the table of the configuration, which reports all problems of all places together.
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText("after", `\n${formatOptionsHelp()}\n\nExit status: 0 ended by SIGTERM or SIGINT, 64 wrong configuration, 69 address or store not to be had.`)
    .action(async (_options: object, command: Command) => {
      const config = await readConfig(command.args, terminal);
      const ended = endSignal();
      const controlPlane = await startControlPlane(config, showConfig(config), (line) => terminal.out(`${line}\n`));
      await Promise.race([ended, controlPlane.failed]).finally(() => controlPlane.close());
    });
}

async function readConfig(args: readonly string[], terminal: Terminal): Promise<Config> {
  const name = configFileName(args, terminal.env);
  const file = name === undefined ? undefined : { name, text: await readConfigFile(name) };
  const loaded = loadConfig(args, terminal.env, file);
  if (loaded.ok) return loaded.config;
  throw new CommandFailure(exitStatus.usage, loaded.problems.join("\n"));
}

async function readConfigFile(name: string): Promise<string> {
  return await readFile(name, "utf8").catch((error: Error) => {
    throw new CommandFailure(exitStatus.usage, `--config: cannot read ${name}: ${error.message}`);
  });
}
