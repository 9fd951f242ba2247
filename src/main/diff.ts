import { Command, Option } from "commander";
import { applyOrder } from "../core/model/apply-order.ts";
import { briefDetail, describePreview, fullDetail, isDifferent, type PreviewAnswer } from "../core/view/describe-preview.ts";
import type { ApiClient } from "../edge/client/api-client.ts";
import { ApiFailure } from "../edge/client/api-failure.ts";
import { openClient, withAccessOptions, type AccessOptions } from "./api-access.ts";
import { loadForServer } from "./apply.ts";
import { collect } from "./collect-option.ts";
import { withExamples } from "./examples.ts";
import { CommandFailure, exitStatus } from "./exit-status.ts";
import { requireProbeplane } from "./handshake.ts";
import { printDocument } from "./print-document.ts";
import { requireOptions } from "./required-options.ts";
import { variableOption } from "./template-options.ts";
import type { Terminal } from "./terminal.ts";

/** As with diff(1) and `kubectl diff`: 1 means that something differs, so that errors have to be more. */
const status = { same: 0, different: 1, failed: 2 } as const;

interface DiffOptions extends AccessOptions {
  readonly file: readonly string[];
  readonly var?: ReadonlyMap<string, string>;
  readonly mesh?: string;
  readonly delete: boolean;
  readonly proxy?: string;
  readonly output: "text" | "json";
}

export function diffCommand(terminal: Terminal, end: (status: number) => void): Command {
  const command = new Command("diff")
    .description("what files would change, in the store and in which proxies' configuration, without changing it")
    .option("-f, --file <place>", "file, folder, http(s) URL or - for standard input; may be repeated", collect)
    .addOption(variableOption())
    .option("-m, --mesh <name>", "mesh of documents that name none, and of --proxy")
    .option("--delete", "what deleting these resources would change", false)
    .option("--proxy <name>", "look at this proxy only, and show every field")
    .addOption(new Option("-o, --output <format>", "how to say it").choices(["text", "json"]).default("text"));
  withAccessOptions(command)
    .addHelpText("after", "\nExit status: 0 nothing differs, 1 something does, 2 something is not valid or was refused, 64 wrong use, 69 no answer, 77 not allowed.")
    .action(async (options: DiffOptions) => {
      requireOptions(options, { file: "-f, --file <place>" });
      end(await diff(options, terminal).catch(failing));
    });
  return withExamples(command, {
    "what a changed policy would do": "probeplane diff -f health-check.yaml",
    "all that it would do to one proxy": "probeplane diff -f health-check.yaml --proxy web-1 -m default",
    "in a pipeline: fail unless nothing differs": "probeplane diff -f policies/ > /dev/null || exit 1",
  });
}

async function diff(options: DiffOptions, terminal: Terminal): Promise<number> {
  const resources = applyOrder(await loadForServer(options, terminal), ({ resource }) => resource);
  const client = await openClient(options, terminal);
  await requireProbeplane(client, terminal, "diff");
  const body = options.delete
    ? { deleted: resources.map(({ resource: { kind, mesh, name } }) => ({ type: kind, mesh, name })) }
    : { resources: resources.map(({ document }) => document) };
  const answer = await preview(client, options, body);
  if (options.output === "json") terminal.out(printDocument(answer, "json"));
  else for (const line of describePreview(answer, options.proxy === undefined ? briefDetail : fullDetail)) terminal.out(`${line}\n`);
  for (const { type, mesh, name, warnings = [] } of answer.resources) {
    for (const warning of warnings) terminal.err(`warning: ${type} ${mesh === "" ? "" : `${mesh}/`}${name}: ${warning}\n`);
  }
  return isDifferent(answer) ? status.different : status.same;
}

async function preview(client: ApiClient, { proxy, mesh = "default" }: DiffOptions, body: object): Promise<PreviewAnswer> {
  const query = proxy === undefined ? "" : `?${new URLSearchParams({ mesh, proxy }).toString()}`;
  return (await client.ask({ method: "POST", path: `/_preview${query}`, body })) as PreviewAnswer;
}

/** Status 1 has its own meaning here. */
function failing(error: unknown): never {
  if (error instanceof CommandFailure && error.status === exitStatus.invalid) throw new CommandFailure(status.failed, error.message);
  if (error instanceof ApiFailure && error.status < 500 && ![401, 403].includes(error.status)) throw new CommandFailure(status.failed, error.message);
  throw error;
}
