import { Argument, Command, Option } from "commander";
import type { ResourceKindDescriptor } from "../core/model/kind.ts";
import { resourceKinds, policyKindNamed } from "../core/policy/registry.ts";
import { unknownKindText } from "../core/policy/kind-by-word.ts";
import { openClient, withAccessOptions, type AccessOptions } from "./api-access.ts";
import { withExamples } from "./examples.ts";
import { CommandFailure, exitStatus } from "./exit-status.ts";
import { inspectAttached, inspectDataplane, inspectDataplanes, type Inspection } from "./inspections.ts";
import { meshOption, requireTargets } from "./target-arguments.ts";
import type { Terminal } from "./terminal.ts";

/** What kumactl's `--type` takes, and two more. */
const types = ["policies", "config", "config-dump", "xds", "clusters", "stats", "overview", "layout"] as const;

export type InspectType = (typeof types)[number];

export interface InspectOptions extends AccessOptions {
  readonly mesh: string;
  readonly type: InspectType;
  readonly shadow: boolean;
  readonly include?: "diff";
  readonly output: "text" | "yaml" | "json";
}

export function inspectCommand(terminal: Terminal): Command {
  const command = new Command("inspect")
    .description("what was decided for a proxy, which proxies a policy or service concerns, and how they are")
    .addArgument(new Argument("<kind>", "dataplane, dataplanes, a kind of policy, or meshservice"))
    .addArgument(new Argument("[name]", "which one; without it, an overview of all dataplanes"))
    .addOption(meshOption(terminal))
    .addOption(new Option("--type <type>", "of a dataplane: its policies, what we send (config), or what its Envoy has (xds, clusters, stats)").choices(types).default("policies"))
    .option("--shadow", "with --type config: with policies labelled kuma.io/effect: shadow", false)
    .addOption(new Option("--include <part>", "with --type config --shadow: diff, as a JSON Patch").choices(["diff"]))
    .addOption(new Option("-o, --output <format>", "text for people; json and yaml as the API gives it").choices(["text", "yaml", "json"]).default("text"));
  withAccessOptions(command)
    .addHelpText("after", "\nExit status: 0 shown, 1 it is not there, 64 wrong use, 69 no answer, 77 not allowed.")
    .action(async (kindWord: string, name: string | undefined, options: InspectOptions) => {
      const inspection: Inspection = { client: await openClient(options, terminal), terminal, options };
      await inspect(kindOf(kindWord), name, inspection);
    });
  return withExamples(command, {
    "all proxies of a mesh, and how they are": "probeplane inspect dataplanes -m default",
    "what the policies say to one": "probeplane inspect dataplane web-1",
    "what it is sent, and what shadow policies would change": "probeplane inspect dataplane web-1 --type config --shadow --include diff",
    "whom a policy selects, who refuses it, and what may surprise": "probeplane inspect meshhealthcheck web-to-backend",
  });
}

function kindOf(word: string): ResourceKindDescriptor {
  const kind = requireTargets([word])[0]?.kind;
  const inspected = resourceKinds.filter(({ kind: each }) => each === "Dataplane" || each === "MeshService" || policyKindNamed(each) !== undefined);
  if (kind !== undefined && inspected.includes(kind)) return kind;
  throw new CommandFailure(exitStatus.usage, kind === undefined ? unknownKindText(word) : `${kind.kind} cannot be inspected; ${inspected.map(({ path }) => path).join(", ")} can`);
}

async function inspect(kind: ResourceKindDescriptor, name: string | undefined, inspection: Inspection): Promise<void> {
  if (kind.kind !== "Dataplane") {
    if (name === undefined) throw new CommandFailure(exitStatus.usage, `name which ${kind.kind} to inspect`);
    await inspectAttached(kind, name, inspection);
  } else if (name === undefined) await inspectDataplanes(inspection);
  else await inspectDataplane(name, inspection);
}
