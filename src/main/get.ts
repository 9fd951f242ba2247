import { Command, InvalidArgumentError, Option } from "commander";
import { openClient, durationMs, withAccessOptions, type AccessOptions } from "./api-access.ts";
import { withExamples } from "./examples.ts";
import { CommandFailure, exitStatus } from "./exit-status.ts";
import { fetchItems, requireMeshThere, type Selection } from "./fetch-items.ts";
import { printItems, type ItemFormat } from "./print-items.ts";
import { meshOption, requireTargets } from "./target-arguments.ts";
import type { Terminal } from "./terminal.ts";
import { watchItems } from "./watch-items.ts";

interface GetOptions extends AccessOptions {
  readonly mesh: string;
  readonly allMeshes: boolean;
  readonly selector?: Readonly<Record<string, string>>;
  readonly nameContains?: string;
  readonly output: ItemFormat;
  readonly watch: boolean;
  readonly watchInterval: number;
}

export function getCommand(terminal: Terminal): Command {
  const command = new Command("get")
    .description("show resources: all of a kind, or those named")
    .argument("<target...>", "KIND, KIND NAME… or KIND/NAME…; kinds also by their short names (mhc, msvc, dp …)")
    .addOption(meshOption(terminal))
    .option("-A, --all-meshes", "those of all meshes", false)
    .addOption(new Option("-l, --selector <labels>", "only those with these labels: name=value, several with commas between").argParser(selector))
    .option("--name-contains <text>", "only those with this text in their name")
    .addOption(new Option("-o, --output <format>", "how to show them").choices(["table", "wide", "yaml", "json", "name", "kubernetes"]).default("table"))
    .option("-w, --watch", "go on, and show each that changes, until you end it", false)
    .addOption(new Option("--watch-interval <duration>", "how often to look").argParser(durationMs).default(1000, "1s"));
  withAccessOptions(command)
    .addHelpText("after", "\nyaml and kubernetes are documents that apply takes; json is a list as the API gives it, or the one object that was named.\nExit status: 0 shown, 1 one that was named is not there, 64 wrong use, 69 no answer, 77 not allowed.")
    .action(async (words: readonly string[], options: GetOptions) => {
      await get(words, options, terminal);
    });
  return withExamples(command, {
    "policies, and how far proxies run with them": "probeplane get mhc -m default",
    "one as YAML, to edit and apply": "probeplane get meshhealthcheck web-to-backend -o yaml > check.yaml",
    "proxies of all meshes that have a label": "probeplane get dataplanes -A -l app=web -o wide",
    "watch a policy being taken up": "probeplane get mhc/web-to-backend --watch",
  });
}

async function get(words: readonly string[], options: GetOptions, terminal: Terminal): Promise<void> {
  const { output, watch } = options;
  const targets = requireTargets(words);
  const selections = targets.map((target): Selection => ({ ...target, mesh: meshOf(options), labels: options.selector ?? {}, nameContains: options.nameContains, output }));
  if (options.allMeshes && targets.some(({ name }) => name !== undefined)) throw new CommandFailure(exitStatus.usage, "--all-meshes does not go with a name: the same name may be in several");
  const client = await openClient(options, terminal);
  await requireMeshThere(client, selections);
  if (watch) {
    await watchItems(client, selections, output, options.watchInterval, terminal);
    return;
  }
  const fetched = await fetchItems(client, selections);
  terminal.out(printItems(fetched.groups, output, targets.length === 1 && targets[0]?.name !== undefined, Date.now()));
  const [first] = fetched.groups;
  if (fetched.missing.length > 0) throw new CommandFailure(exitStatus.invalid, fetched.missing.join("\n"));
  if (["table", "wide"].includes(output) && first?.items.length === 0) terminal.err(`no ${first.kind.path}${meshText(options, first.kind.scope)}\n`);
}

function meshOf({ allMeshes, mesh }: GetOptions): string | undefined {
  return allMeshes ? undefined : mesh;
}

function meshText({ allMeshes, mesh }: GetOptions, scope: "Mesh" | "Global"): string {
  return scope === "Global" || allMeshes ? "" : ` in mesh "${mesh}"`;
}

function selector(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(",").map((pair) => /^([^=,\s]+)==?([^=,]*)$/.exec(pair.trim()));
  if (pairs.some((pair) => pair === null)) throw new InvalidArgumentError("name=value is needed, several with commas between.");
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? "", pair?.[2] ?? ""]));
}
