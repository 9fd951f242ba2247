import { Command } from "commander";
import type { Config } from "../edge/config/config.ts";
import { formatOptionsHelp } from "../edge/config/describe-options.ts";
import { formatConfigFile } from "../edge/config/format-config-file.ts";
import { showConfig } from "../edge/config/redact.ts";
import { createLoggers, type ComponentLoggers, type Logger } from "../edge/telemetry/logger.ts";
import type { Environment } from "./environment.ts";
import { endSignal } from "./end-signal.ts";
import { withExamples } from "./examples.ts";
import { exitStatus } from "./exit-status.ts";
import { readConfig } from "./read-config.ts";
import type { Terminal } from "./terminal.ts";

/** What closing may take beyond the grace that open streams and requests have. */
const closingMs = 2_000;

export function runCommand(terminal: Terminal): Command {
  const command = new Command("run")
    .description("the control plane: HTTP API, xDS and diagnostics")
    .usage("[options]")
    // Options come from the table of the configuration, which reports the problems of all places together.
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText("after", () => `\n${formatOptionsHelp()}\n\nExit status: 0 ended by SIGTERM or SIGINT, 64 wrong configuration, 69 address or store not to be had.`)
    .option("--print-config", "print the effective configuration as a file for --config, with what each option does and its environment variable, and end", false)
    .action(async ({ printConfig }: { readonly printConfig: boolean }, command: Command) => {
      const config = await readConfig(command.args, terminal);
      if (printConfig) terminal.out(formatConfigFile(config));
      else await run(config, terminal);
    });
  return withExamples(command, {
    "for this machine": "probeplane run",
    "with everything in memory, and readable logs": "probeplane run --store memory --log-format text",
    "what it would run with, as a file to edit": "probeplane run --print-config > probeplane.yaml",
    "in a Kubernetes cluster, or beside one that ~/.kube/config names": "probeplane run --environment kubernetes",
    "from a folder of YAML files": "probeplane run --store file --resources-dir /etc/probeplane/resources",
  });
}

async function run(config: Config, terminal: Terminal): Promise<void> {
  const loggers = createLoggers({ ...config.logLevel, format: config.logFormat });
  const logger = loggers("run");
  endOnFault(logger);
  const asked = endSignal();
  // Only now: the other commands are done before all that a server needs would be loaded.
  const { createControlPlane } = await import("./control-plane.ts");
  const controlPlane = createControlPlane(config, showConfig(config), loggers, await environmentOf(config, loggers));
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

/** What only a cluster needs is loaded only there. */
async function environmentOf(config: Config, loggers: ComponentLoggers): Promise<Environment | undefined> {
  if (config.environment === "universal") return undefined;
  const { openKubernetesEnvironment } = await import("./kubernetes/kubernetes-environment.ts");
  return await openKubernetesEnvironment(config, loggers);
}

/** A fault of our own ends the process: the store is durable, proxies keep what they have, whoever supervises starts it again. */
function endOnFault(logger: Logger): void {
  process.once("uncaughtException", (error) => {
    logger.error({ err: error }, "unexpected; ending");
    process.exit(exitStatus.internal);
  });
}
