import { Command, Option } from "commander";
import { deleteOrder } from "../core/model/apply-order.ts";
import { keyText, type ResourceKey } from "../core/model/resource.ts";
import type { ApiClient } from "../edge/client/api-client.ts";
import { ApiFailure } from "../edge/client/api-failure.ts";
import { openClient, withAccessOptions, type AccessOptions } from "./api-access.ts";
import { loadForServer } from "./apply.ts";
import { collect } from "./collect-option.ts";
import { withExamples } from "./examples.ts";
import { CommandFailure, exitStatus } from "./exit-status.ts";
import { meshOption, requireTargets } from "./target-arguments.ts";
import { variableOption } from "./template-options.ts";
import type { Terminal } from "./terminal.ts";

interface DeleteOptions extends AccessOptions {
  readonly file?: readonly string[];
  readonly var?: ReadonlyMap<string, string>;
  readonly mesh: string;
  readonly ignoreNotFound: boolean;
  readonly dryRun?: "client" | "server";
}

export function deleteCommand(terminal: Terminal): Command {
  const command = new Command("delete")
    .description("delete resources, by kind and name or those that files describe")
    .argument("[target...]", "KIND NAME… or KIND/NAME…")
    .option("-f, --file <place>", "delete the resources that a file, folder, URL or - describes; may be repeated", collect)
    .addOption(variableOption())
    .addOption(meshOption(terminal))
    .option("--ignore-not-found", "take what is not there for deleted", false)
    .addOption(new Option("--dry-run [where]", "client: print what would be asked for; server: look also whether it is there").choices(["client", "server"]).preset("client"));
  withAccessOptions(command)
    .addHelpText("after", "\nExit status: 0 all deleted, 1 something was not there or was refused, 64 wrong use, 69 no answer, 77 not allowed.")
    .action(async (words: readonly string[], options: DeleteOptions) => {
      await remove(await keysOf(words, options, terminal), options, terminal);
    });
  return withExamples(command, {
    "one by name": "probeplane delete meshhealthcheck web-to-backend -m default",
    "several, of different kinds": "probeplane delete mhc/web-to-backend dp/web-1",
    "what a file made": "probeplane delete -f policies/ --ignore-not-found",
  });
}

async function keysOf(words: readonly string[], options: DeleteOptions, terminal: Terminal): Promise<readonly ResourceKey[]> {
  const { file, mesh } = options;
  if ((file === undefined) === (words.length === 0)) throw new CommandFailure(exitStatus.usage, "name what to delete: KIND NAME, or -f FILE; one of them");
  if (file !== undefined) return deleteOrder(await loadForServer({ ...options, file }, terminal), ({ resource }) => resource).map(({ resource }) => resource);
  return requireTargets(words).map(({ kind, name }) => {
    if (name === undefined) throw new CommandFailure(exitStatus.usage, `name which ${kind.kind} to delete`);
    return { kind: kind.kind, mesh: kind.scope === "Mesh" ? mesh : "", name };
  });
}

async function remove(keys: readonly ResourceKey[], options: DeleteOptions, terminal: Terminal): Promise<void> {
  const { dryRun, ignoreNotFound } = options;
  const act = dryRun === "client" ? () => Promise.resolve(true) : await actOn(options, terminal);
  const problems: string[] = [];
  for (const key of keys) {
    try {
      if (await act(key)) terminal.out(`deleted ${key.kind} "${key.name}"${dryRun === undefined ? "" : ` (${dryRun} dry run)`}\n`);
      else if (!ignoreNotFound) problems.push(`there is no ${key.kind} with name "${key.name}"${key.mesh === "" ? "" : ` in mesh "${key.mesh}"`}`);
    } catch (error) {
      if (!(error instanceof ApiFailure) || error.status >= 500 || keys.length === 1) throw error;
      problems.push(`${keyText(key)}: ${error.message}`);
    }
  }
  if (problems.length > 0) throw new CommandFailure(exitStatus.invalid, problems.join("\n"));
}

/** Whether it was there. */
async function actOn(options: DeleteOptions, terminal: Terminal): Promise<(key: ResourceKey) => Promise<boolean>> {
  const client = await openClient(options, terminal);
  return options.dryRun === "server" ? async (key) => (await client.get(key)) !== undefined : (key) => deleteOne(client, key);
}

async function deleteOne(client: ApiClient, key: ResourceKey): Promise<boolean> {
  try {
    await client.delete(key);
    return true;
  } catch (error) {
    if (error instanceof ApiFailure && error.status === 404) return false;
    throw error;
  }
}
