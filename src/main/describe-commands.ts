import type { Command } from "commander";
import { formatOptionsHelp } from "../edge/config/describe-options.ts";
import { everyCommand } from "./program.ts";

const head = `# The command line

<!-- Generated from src/main/program.ts by \`npm run generate\`; edit there. -->

Each command tells the same with \`--help\`. Options that all commands with an API have in common say which control plane is meant: a
context that was added with \`probeplane config control-planes add\`, or an address; without either it is the one on this machine.
`;

/** The reference page, in Markdown: the help of every command as it is printed. */
export function formatCommandReference(root: Command): string {
  const sections = [...everyCommand(root)].filter((command) => !nameOf(command).includes("__")).map((command) => {
    const level = nameOf(command).split(" ").length + 1;
    return `${"#".repeat(Math.min(level, 4))} \`${nameOf(command)}\`\n\n\`\`\`text\n${helpOf(command).trim()}\n\`\`\`\n`;
  });
  return [head, ...sections].join("\n");
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}

/** With what is added after the help proper; in one width, whatever the terminal. */
function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => 110, getOutHasColors: () => false });
  command.outputHelp();
  // They have a page of their own.
  return text.replace(formatOptionsHelp(), "  and those of the configuration: config.md");
}
