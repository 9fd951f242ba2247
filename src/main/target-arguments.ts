import { Option } from "commander";
import { readTargets, type Target } from "../core/policy/read-targets.ts";
import { clientEnv } from "../edge/config/client-env.ts";
import { CommandFailure, exitStatus } from "./exit-status.ts";
import type { Terminal } from "./terminal.ts";

/** `-m`, the mesh in which names are looked for. */
export function meshOption({ env }: Pick<Terminal, "env">): Option {
  const said = env[clientEnv.mesh];
  const option = new Option("-m, --mesh <name>", `the mesh; else ${clientEnv.mesh}, else default`);
  return option.default(said === undefined || said === "" ? "default" : said, "default");
}

/** What the words of a command name. @throws CommandFailure with every word that cannot be understood. */
export function requireTargets(words: readonly string[]): readonly Target[] {
  const result = readTargets(words);
  if (!result.ok) throw new CommandFailure(exitStatus.usage, result.problems.join("\n"));
  return result.targets;
}
