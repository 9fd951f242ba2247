import { readFile } from "node:fs/promises";
import { Command } from "commander";
import type { Config } from "../edge/config/config.ts";
import { formatOptionsHelp } from "../edge/config/describe-options.ts";
import { configFileName, loadConfig } from "../edge/config/load-config.ts";
import { showConfig } from "../edge/config/redact.ts";
import { createLoggers, type Logger } from "../edge/telemetry/logger.ts";
import { createControlPlane } from "./control-plane.ts";
import { endSignal } from "./end-signal.ts";
import { CommandFailure, exitStatus, messageOf } from "./exit-status.ts";
import type { Terminal } from "./terminal.ts";

/** What closing may take beyond the grace that open streams and requests have. */
const closingMs = 2_000;

export function runCommand(terminal: Terminal): Command {
  return new Command("run")
    .description("the control plane: HTTP API, xDS and diagnostics")
    .usage("[options]")
    // Options come from the table of the configuration, which reports the problems of all places together.
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText("after", () => `\n${formatOptionsHelp()}\n\nExit status: 0 ended by SIGTERM or SIGINT, 64 wrong configuration, 69 address or store not to be had.`)
    .action(async (_options: object, command: Command) => {
      await run(await readConfig(command.args, terminal), terminal);
    });
}

async function run(config: Config, terminal: Terminal): Promise<void> {
  const loggers = createLoggers({ ...config.logLevel, format: config.logFormat });
  const logger = loggers("run");
  endOnFault(logger);
  const asked = endSignal();
  const controlPlane = createControlPlane(config, showConfig(config), loggers);
  const serving = controlPlane.start().then((listeners) => {
    for (const line of listeners) terminal.out(`${line}\n`);
    logger.info({ listeners }, "ready");
    return asked;
  });
  try {
    const signal = await Promise.race([serving, asked]);
    logger.info({ signal }, "ending");
  } finally {
    // Whatever might still hold the process up has had its time then.
    setTimeout(() => process.exit(), config.drainGrace + closingMs).unref();
    await controlPlane.close();
  }
  logger.info({}, "ended");
}

/** A fault of our own ends the process: the store is durable, proxies keep what they have, whoever supervises starts it again. */
function endOnFault(logger: Logger): void {
  process.once("uncaughtException", (error) => {
    logger.error({ err: error }, "unexpected; ending");
    process.exit(exitStatus.internal);
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
  return await readFile(name, "utf8").catch((error: unknown) => {
    throw new CommandFailure(exitStatus.usage, `--config: cannot read ${name}: ${messageOf(error)}`);
  });
}
