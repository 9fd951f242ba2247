import { Command, Option } from "commander";
import { createPlanner } from "../core/match/planner.ts";
import type { ProxyPlan } from "../core/model/plan.ts";
import type { Resource } from "../core/model/resource.ts";
import { typeUrls } from "../core/snapshot/snapshot.ts";
import { hidePrivateKeys } from "../core/view/hide-private-keys.ts";
import { translate, type XdsResources } from "../core/translate/translate.ts";
import { collect } from "./collect-option.ts";
import { compatibilityOf, httpStatusThresholdOption, tcpPayloadOption, type CompatibilityOptions } from "./compatibility-options.ts";
import { noticeLine, violationLine } from "./describe-problems.ts";
import { withExamples } from "./examples.ts";
import { CommandFailure, exitStatus } from "./exit-status.ts";
import { loadResources } from "./load-resources.ts";
import { offlineWorld } from "./offline-world.ts";
import { planView } from "./plan-view.ts";
import { defaultRetriesOption, type RetriesOptions } from "./plan-settings.ts";
import { printDocument, type OutputFormat } from "./print-document.ts";
import { requireOptions } from "./required-options.ts";
import type { Terminal } from "./terminal.ts";

/** What `--type` may name, and the type URL that is meant. */
const types = { cds: typeUrls.cluster, eds: typeUrls.endpoints, lds: typeUrls.listener, rds: typeUrls.route } as const;

interface RenderOptions extends CompatibilityOptions, RetriesOptions {
  readonly file: readonly string[];
  readonly mesh: string;
  readonly dataplane: string;
  readonly type?: keyof typeof types;
  readonly output: OutputFormat;
  readonly plan: boolean;
  readonly shadow: boolean;
}

export function renderCommand(terminal: Terminal): Command {
  const command = new Command("render")
    .description("print what a proxy would get, without any server")
    .option("-f, --file <place>", "file, folder or - for standard input; may be repeated", collect)
    .option("--dataplane <name>", "name of the proxy's Dataplane")
    .option("--mesh <name>", "mesh of the Dataplane", "default")
    .addOption(new Option("--type <type>", "only resources of this type").choices(Object.keys(types)))
    .addOption(new Option("-o, --output <format>", "output format").choices(["yaml", "json"]).default("yaml"))
    .option("--plan", "print the plan in our own words, with the policy and the index of its `to` item that decided each field", false)
    .option("--shadow", "take policies with the label kuma.io/effect: shadow as if they were in force", false)
    .addOption(tcpPayloadOption())
    .addOption(httpStatusThresholdOption())
    .addOption(defaultRetriesOption())
    .addHelpText("after", "\nNotices go to standard error. Exit status: 0 done, 1 invalid resources or no such Dataplane, 64 wrong use.")
    .action(async (options: RenderOptions) => {
      requireOptions(options, { file: "-f, --file <place>", dataplane: "--dataplane <name>" });
      terminal.out(await render(options, terminal));
    });
  return withExamples(command, {
    "what a proxy would get": "probeplane render -f policies/ --dataplane web-1",
    "which policy decides each field": "probeplane render -f policies/ --dataplane web-1 --plan",
  });
}

async function render(options: RenderOptions, terminal: Terminal): Promise<string> {
  const { resources, violations, notices } = await loadResources(options.file, terminal, compatibilityOf(options));
  if (violations.length > 0) throw new CommandFailure(exitStatus.invalid, violations.map(violationLine).join("\n"));
  const plan = planOf(resources.map(({ resource }) => resource), options);
  const inPlan = plan.notices.map((notice) => ({ origin: "", notice }));
  for (const notice of [...notices, ...inPlan]) terminal.err(`notice: ${noticeLine(notice)}\n`);
  const document = options.plan ? planView(plan) : { xds: hidePrivateKeys(ofType(translate(plan), options.type)) };
  return printDocument(document, options.output);
}

function planOf(resources: readonly Resource[], options: RenderOptions): ProxyPlan {
  const { mesh, dataplane, shadow } = options;
  const planner = createPlanner({ compatibility: compatibilityOf(options), defaultRetries: options.retriesDefault, shadow });
  const plan = planner.plan(offlineWorld(resources), mesh, dataplane);
  if (plan !== undefined) return plan;
  const there = resources.filter(({ kind }) => kind === "Dataplane").map((found) => `${found.name} (mesh ${found.mesh})`);
  const known = there.length === 0 ? "there is no Dataplane at all in the files" : `there are: ${there.sort().join(", ")}`;
  throw new CommandFailure(exitStatus.invalid, `no Dataplane "${dataplane}" in mesh "${mesh}"; ${known}`);
}

function ofType(all: XdsResources, type: keyof typeof types | undefined): XdsResources {
  if (type === undefined) return all;
  const url = types[type];
  return { [url]: all[url] ?? {} };
}
