import { Command, Option } from "commander";
import type { JsonObject } from "../core/base/json.ts";
import { openClient, withAccessOptions, type AccessOptions } from "./api-access.ts";
import { collect } from "./collect-option.ts";
import { withExamples } from "./examples.ts";
import { CommandFailure, exitStatus } from "./exit-status.ts";
import { requireOptions } from "./required-options.ts";
import { meshOption } from "./target-arguments.ts";
import type { Terminal } from "./terminal.ts";

const statuses = "\nExit status: 0 the token is on standard output, 1 refused, 64 wrong use, 69 no answer, 77 not allowed.";

interface DataplaneOptions extends AccessOptions {
  readonly mesh: string;
  readonly name?: string;
  readonly tag: readonly string[];
  readonly workload?: string;
  readonly validFor: string;
}

export function dataplaneTokenCommand(terminal: Terminal): Command {
  const command = new Command("dataplane")
    .description("print a data plane token: for one proxy, or for all of a mesh that fit")
    .addOption(meshOption(terminal))
    .option("--name <name>", "name of the Dataplane; without it, whichever fits")
    .option("--tag <name=value,…>", "values that a tag of the Dataplane may have; may be repeated", collect, [])
    .option("--workload <name>", "label kuma.io/workload of the Dataplane")
    .addOption(validFor());
  withAccessOptions(command)
    .addHelpText("after", statuses)
    .action(async (options: DataplaneOptions) => {
      requireOptions(options, { validFor: "--valid-for <duration>" });
      const { mesh, name = "", workload = "" } = options;
      await print("dataplane", { mesh, name, workload, tags: tagsOf(options.tag) }, options, terminal);
    });
  return withExamples(command, {
    "for one proxy": "probeplane token dataplane --mesh default --name web-1 --valid-for 720h > web-1.token",
    "for every proxy of a service": "probeplane token dataplane --tag kuma.io/service=web --valid-for 720h > web.token",
  });
}

interface UserOptions extends AccessOptions {
  readonly name?: string;
  readonly group: readonly string[];
  readonly validFor: string;
}

export function userTokenCommand(terminal: Terminal): Command {
  const command = new Command("user")
    .description("print a user token")
    .option("--name <name>", "who it is for")
    .option("--group <name>", "a group that the user is in; mesh-system:admin may do everything; may be repeated", collect, [])
    .addOption(validFor());
  withAccessOptions(command)
    .addHelpText("after", statuses)
    .action(async (options: UserOptions) => {
      requireOptions(options, { name: "--name <name>", validFor: "--valid-for <duration>" });
      await print("user", { name: options.name ?? "", groups: [...options.group] }, options, terminal);
    });
  return withExamples(command, { "for a colleague, for a day": "probeplane token user --name mia --group team-a --valid-for 24h" });
}

interface ZoneOptions extends AccessOptions {
  readonly zone?: string;
  readonly scope: readonly string[];
  readonly validFor: string;
}

export function zoneTokenCommand(terminal: Terminal): Command {
  const command = new Command("zone")
    .description("print a zone token, for tools that ask for one: zones are not served")
    .option("--zone <name>", "name of the zone")
    .option("--scope <name>", "what it is for, such as egress; may be repeated", collect, [])
    .addOption(validFor());
  withAccessOptions(command)
    .addHelpText("after", statuses)
    .action(async (options: ZoneOptions) => {
      requireOptions(options, { zone: "--zone <name>", validFor: "--valid-for <duration>" });
      await print("zone", { zone: options.zone ?? "", scope: [...options.scope] }, options, terminal);
    });
  return withExamples(command, { "for a zone called east": "probeplane token zone --zone east --valid-for 24h" });
}

/** Nobody is to have a token for ten years because nobody said how long. */
function validFor(): Option {
  return new Option("--valid-for <duration>", "how long it is good for, such as 24h or 720h");
}

async function print(sort: string, request: JsonObject, options: AccessOptions & { readonly validFor: string }, terminal: Terminal): Promise<void> {
  const client = await openClient(options, terminal);
  const token = await client.ask({ method: "POST", path: `/tokens/${sort}`, body: { ...request, validFor: options.validFor } });
  if (typeof token !== "string") throw new CommandFailure(exitStatus.unavailable, "the answer is no token; is it a control plane that answers?");
  terminal.out(`${token.trim()}\n`);
}

/** `kuma.io/service=web,shop` */
function tagsOf(texts: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const entries = texts.map((text): [string, readonly string[]] => {
    const at = text.indexOf("=");
    if (at <= 0) throw new CommandFailure(exitStatus.usage, `--tag ${JSON.stringify(text)}: write name=value, several values with commas between`);
    return [text.slice(0, at), text.slice(at + 1).split(",")];
  });
  return Object.fromEntries(entries);
}
