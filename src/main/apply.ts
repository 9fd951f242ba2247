import { Command, Option } from "commander";
import { stringify } from "yaml";
import { applyOrder } from "../core/model/apply-order.ts";
import { formatResource } from "../core/policy/parse-resource.ts";
import { openClient, withAccessOptions, type AccessOptions } from "./api-access.ts";
import { applyResources, checkResources, type ToApply } from "./apply-resources.ts";
import { collect } from "./collect-option.ts";
import { noticeLine, violationLine } from "./describe-problems.ts";
import { withExamples } from "./examples.ts";
import { CommandFailure, exitStatus } from "./exit-status.ts";
import { requireProbeplane } from "./handshake.ts";
import { loadResources } from "./load-resources.ts";
import { requireOptions } from "./required-options.ts";
import { templateFiller, variableOption } from "./template-options.ts";
import type { Terminal } from "./terminal.ts";

interface ApplyOptions extends AccessOptions {
  readonly file: readonly string[];
  readonly var?: ReadonlyMap<string, string>;
  readonly mesh?: string;
  readonly dryRun?: "client" | "server";
}

export function applyCommand(terminal: Terminal): Command {
  const command = new Command("apply")
    .description("create or update resources: all are checked first, and none is written when one is not valid")
    .option("-f, --file <place>", "file, folder, http(s) URL or - for standard input; may be repeated", collect)
    .addOption(variableOption())
    .option("-m, --mesh <name>", "mesh of documents that name none")
    .addOption(new Option("--dry-run [where]", "client: print what would be sent; server: have the control plane check it too and say what would happen").choices(["client", "server"]).preset("client"));
  withAccessOptions(command)
    .addHelpText("after", "\nWarnings and notices go to standard error.\nExit status: 0 all applied, 1 something is not valid or was refused, 64 wrong use, 69 no answer, 77 not allowed.")
    .action(async (options: ApplyOptions) => {
      requireOptions(options, { file: "-f, --file <place>" });
      await apply(options, terminal);
    });
  return withExamples(command, {
    "a file, or all files of a folder": "probeplane apply -f health-check.yaml\nprobeplane apply -f policies/",
    "with variables, from standard input": "cat check.yaml | probeplane apply -f - --var service=backend --var path=/health",
    "see what would happen": "probeplane apply -f policies/ --dry-run=server",
  });
}

async function apply(options: ApplyOptions, terminal: Terminal): Promise<void> {
  const resources = applyOrder(await loadForServer(options, terminal), ({ resource }) => resource);
  if (options.dryRun === "client") {
    terminal.out(resources.map(({ document }) => stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 })).join("---\n"));
    return;
  }
  const client = await openClient(options, terminal);
  const isOurs = await requireProbeplane(client, terminal, options.dryRun === "server" ? "--dry-run=server" : undefined);
  // Another control plane would take a dry run for a real one.
  const foreseen = isOurs ? await checkResources(client, resources) : new Map();
  if (options.dryRun === "server") for (const [text, outcome] of foreseen) terminal.out(`${text} ${outcome} (server dry run)\n`);
  else await applyResources(client, resources, terminal);
}

/** Reads files as far as that can be done without the control plane, which knows how it reads TCP payloads. @throws CommandFailure with every violation. */
export async function loadForServer(options: Pick<ApplyOptions, "file" | "var" | "mesh">, terminal: Terminal): Promise<readonly ToApply[]> {
  const filler = templateFiller(options.var);
  const lenient = { tcpPayload: "text", httpStatusThreshold: "count" } as const;
  const loaded = await loadResources(options.file, terminal, lenient, { prepare: filler.prepare, mesh: options.mesh });
  const hint = filler.unasked().map((name) => `if {{ ${name} }} is meant as a variable, give --var ${name}=…`);
  if (loaded.violations.length > 0) throw new CommandFailure(exitStatus.invalid, [...loaded.violations.map(violationLine), ...hint].join("\n"));
  for (const notice of loaded.notices) terminal.err(`warning: ${noticeLine(notice)}\n`);
  for (const name of filler.unused()) terminal.err(`warning: no file names the variable ${name}\n`);
  return loaded.resources.map(({ asWritten, origin }) => ({ resource: asWritten, document: formatResource(asWritten), origin }));
}
