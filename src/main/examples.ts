import type { Command } from "commander";

/** Adds to a command's help what it looks like in use: what for, and the command line. */
export function withExamples(command: Command, examples: Readonly<Record<string, string>>): Command {
  const lines = Object.entries(examples).flatMap(([purpose, line]) => [`  # ${purpose}`, ...line.split("\n").map((each) => `  ${each}`)]);
  return command.addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
}
