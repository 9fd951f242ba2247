import { Command } from "commander";
import { bootstrapCommand } from "./bootstrap.ts";
import { renderCommand } from "./render.ts";
import { runCommand } from "./run.ts";
import { validateCommand } from "./validate.ts";
import { version } from "./version.ts";

/** The whole command line; also what its reference page is made from. */
export function program(): Command {
  const root = new Command("probeplane")
    .description("health checking for Envoy meshes: an xDS control plane that turns MeshHealthCheck policies into what every Envoy does")
    .version(version, "-V, --version", "print the version")
    .helpCommand("help [command]", "print help")
    .showSuggestionAfterError(true);
  for (const command of [runCommand(), validateCommand(), renderCommand(), bootstrapCommand()]) root.addCommand(command);
  for (const command of [root, ...root.commands]) command.exitOverride().helpOption("-h, --help", "print help");
  return root;
}
