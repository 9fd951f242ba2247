import { Command } from "commander";
import { applyCommand } from "./apply.ts";
import { bootstrapCommand } from "./bootstrap.ts";
import { completeCommand, completionCommand } from "./completion.ts";
import { configCommand } from "./config.ts";
import { deleteCommand } from "./delete.ts";
import { diffCommand } from "./diff.ts";
import { getCommand } from "./get.ts";
import { inspectCommand } from "./inspect.ts";
import { installCommand } from "./install.ts";
import { proxyCommand } from "./proxy.ts";
import { renderCommand } from "./render.ts";
import { runCommand } from "./run.ts";
import { storeCommand } from "./store.ts";
import type { Terminal } from "./terminal.ts";
import { tokenCommand } from "./token.ts";
import { validateCommand } from "./validate.ts";
import { waitCommand } from "./wait.ts";
import { version } from "./version.ts";

/** The whole command line; also what its reference page is made from. `end` is told the exit status when it is not 0. */
export function program(terminal: Terminal, end: (status: number) => void): Command {
  const root = new Command("probeplane")
    .description("health checking for Envoy meshes: an xDS control plane that turns MeshHealthCheck policies into what every Envoy does")
    .version(version, "-V, --version", "print the version")
    .helpCommand("help [command]", "print help");
  const commands = [
    runCommand(terminal),
    validateCommand(terminal, end),
    renderCommand(terminal),
    bootstrapCommand(terminal),
    proxyCommand(terminal),
    applyCommand(terminal),
    getCommand(terminal),
    deleteCommand(terminal),
    diffCommand(terminal, end),
    waitCommand(terminal),
    inspectCommand(terminal),
    tokenCommand(terminal),
    storeCommand(terminal),
    configCommand(terminal),
    installCommand(terminal),
    completionCommand(terminal),
  ];
  for (const command of commands) root.addCommand(command);
  root.addCommand(completeCommand(terminal, () => root), { hidden: true });
  for (const command of everyCommand(root)) {
    command.exitOverride().helpOption("-h, --help", "print help").showSuggestionAfterError(true);
    command.configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.err(text) });
  }
  return root;
}

/** A command and all below it, in the order of the help. */
export function* everyCommand(command: Command): Generator<Command> {
  yield command;
  for (const inner of command.commands) yield* everyCommand(inner);
}
