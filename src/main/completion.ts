import { Argument, Command } from "commander";
import { asString } from "../core/base/json.ts";
import { kindNamed } from "../core/policy/registry.ts";
import { contextsFile, readContexts } from "../edge/client/contexts-file.ts";
import { clientEnv } from "../edge/config/client-env.ts";
import { openClient } from "./api-access.ts";
import { completeWords, type KnownNames } from "./complete-words.ts";
import { completionScripts, shells, type Shell } from "./completion-scripts.ts";
import { withExamples } from "./examples.ts";
import type { Terminal } from "./terminal.ts";

/** Somebody waits with a finger on a key. */
const serverTimeoutMs = 1000;

export function completionCommand(terminal: Terminal): Command {
  const command = new Command("completion")
    .description("print a script with which a shell completes commands, options, kinds, and names that the control plane knows")
    .addArgument(new Argument("<shell>", "which shell").choices(shells))
    .action((shell: Shell) => {
      terminal.out(completionScripts[shell]);
    });
  return withExamples(command, {
    "bash, for this session": "source <(probeplane completion bash)",
    zsh: "probeplane completion zsh > \"${fpath[1]}/_probeplane\"",
    fish: "probeplane completion fish > ~/.config/fish/completions/probeplane.fish",
  });
}

/** What the scripts ask; hidden. `root` is the command line in which this command stands. */
export function completeCommand(terminal: Terminal, root: () => Command): Command {
  return new Command("__complete")
    .argument("[words...]")
    .allowUnknownOption()
    .action(async (words: readonly string[]) => {
      const found = await completeWords(root(), words.length === 0 ? [""] : words, knownNames(terminal));
      for (const { word, description } of found) terminal.out(description === "" ? `${word}\n` : `${word}\t${description}\n`);
    });
}

/** Nothing, where it cannot be had: a completion that fails says nothing. */
function knownNames(terminal: Terminal): KnownNames {
  return {
    resources: async (kind, words) => {
      const descriptor = kindNamed(kind);
      if (descriptor === undefined) return [];
      const said = (...flags: readonly string[]): string | undefined => saidIn(words, flags);
      const mesh = said("--mesh", "-m") ?? terminal.env[clientEnv.mesh] ?? "default";
      try {
        const options = { context: said("--context"), address: said("--address"), tokenFile: said("--token-file"), caCertFile: said("--ca-cert-file"), requestTimeout: serverTimeoutMs };
        const client = await openClient(options, terminal);
        const items = await client.list(descriptor, descriptor.scope === "Mesh" ? mesh : "");
        return items.map((item) => asString(item["name"]) ?? "");
      } catch {
        return [];
      }
    },
    contexts: async () => {
      try {
        return (await readContexts(contextsFile(terminal.env))).contexts.map(({ name }) => name);
      } catch {
        return [];
      }
    },
  };
}

function saidIn(words: readonly string[], flags: readonly string[]): string | undefined {
  for (const [at, word] of words.entries()) {
    const inline = flags.find((flag) => word.startsWith(`${flag}=`));
    if (inline !== undefined) return word.slice(inline.length + 1);
    if (flags.includes(word)) return words[at + 1];
  }
  return undefined;
}
