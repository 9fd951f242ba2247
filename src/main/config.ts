import path from "node:path";
import { Command } from "commander";
import { stringify } from "yaml";
import { formatTable } from "../core/view/format-table.ts";
import { asObject, asString } from "../core/base/json.ts";
import { createApiClient } from "../edge/client/api-client.ts";
import { chooseConnection } from "../edge/client/choose-connection.ts";
import { addContext, contextsDocument, noContexts, removeContext, switchContext, withoutTokens, type Context, type Contexts, type ContextsResult } from "../edge/client/contexts.ts";
import { contextsFile, writeContexts } from "../edge/client/contexts-file.ts";
import { defaultTimeoutMs } from "../edge/client/connection.ts";
import { connectionTo, readContextsOrFail } from "./api-access.ts";
import { withExamples } from "./examples.ts";
import { CommandFailure, exitStatus, messageOf } from "./exit-status.ts";
import { requireOptions } from "./required-options.ts";
import type { Terminal } from "./terminal.ts";

/** `probeplane config control-planes …`: which control planes the other commands can talk to, as kumactl has it. */
export function configCommand(terminal: Terminal): Command {
  const controlPlanes = new Command("control-planes").description("control planes that commands can talk to, by name");
  for (const command of [add(terminal), list(terminal), remove(terminal), change(terminal), view(terminal, "config control-planes view")]) controlPlanes.addCommand(command);
  return new Command("config").description("which control planes commands talk to").addCommand(controlPlanes).addCommand(view(terminal, "config view"));
}

interface AddOptions {
  readonly name: string;
  readonly address: string;
  readonly caCertFile?: string;
  readonly tokenFile?: string;
  readonly tokenStdin: boolean;
  readonly overwrite: boolean;
  readonly check: boolean;
}

function add(terminal: Terminal): Command {
  const command = new Command("add")
    .description("add a control plane and make it the active one")
    .option("--name <name>", "how commands will call it")
    .option("--address <url>", "http(s)://host:port of its API")
    .option("--ca-cert-file <file>", "PEM file with the CA of its certificate")
    .option("--token-file <file>", "file with a user token, read again by each command")
    .option("--token-stdin", "read a user token from standard input and keep it, readable by you only", false)
    .option("--overwrite", "replace one of this name", false)
    .option("--no-check", "do not ask it first whether it is there")
    .action(async (options: AddOptions) => {
      requireOptions(options, { name: "--name <name>", address: "--address <url>" });
      if (options.tokenStdin && options.tokenFile !== undefined) throw new CommandFailure(exitStatus.usage, "--token-stdin and --token-file: one of them");
      const context = await contextOf(options, terminal);
      if (options.check) await checkContext(context, terminal);
      await edit(terminal, (contexts) => addContext(contexts, context, options.overwrite));
      terminal.out(`added Control Plane "${context.name}"\nswitched active Control Plane to "${context.name}"\n`);
    });
  return withExamples(command, {
    "a control plane on this machine": "probeplane config control-planes add --name local --address http://127.0.0.1:5681",
    "one elsewhere, with TLS and a token": "probeplane config control-planes add --name prod --address https://cp.example:5682 \\\n  --ca-cert-file ca.pem --token-file admin.token",
  });
}

function list(terminal: Terminal): Command {
  const command = new Command("list").description("list the control planes that were added").action(async () => {
    const { contexts, current } = await readContextsOrFail(contextsFile(terminal.env));
    terminal.out(formatTable(["ACTIVE", "NAME", "ADDRESS"], contexts.map(({ name, address }) => [name === current ? "*" : "", name, address])));
  });
  return withExamples(command, { "which one is active": "probeplane config control-planes list" });
}

function remove(terminal: Terminal): Command {
  const command = new Command("remove")
    .description("forget a control plane")
    .option("--name <name>", "which one")
    .action(async (options: { readonly name: string }) => {
      requireOptions(options, { name: "--name <name>" });
      await edit(terminal, (contexts) => removeContext(contexts, options.name));
      terminal.out(`removed Control Plane "${options.name}"\n`);
    });
  return withExamples(command, { "forget one": "probeplane config control-planes remove --name prod" });
}

function change(terminal: Terminal): Command {
  const command = new Command("switch")
    .description("make another control plane the active one")
    .option("--name <name>", "which one")
    .action(async (options: { readonly name: string }) => {
      requireOptions(options, { name: "--name <name>" });
      await edit(terminal, (contexts) => switchContext(contexts, options.name));
      terminal.out(`switched active Control Plane to "${options.name}"\n`);
    });
  return withExamples(command, { "talk to another one from now on": "probeplane config control-planes switch --name prod" });
}

function view(terminal: Terminal, words: string): Command {
  const command = new Command("view").description("print what is kept, tokens left out").action(async () => {
    terminal.out(stringify(contextsDocument(withoutTokens(await readContextsOrFail(contextsFile(terminal.env))))));
  });
  return withExamples(command, { "what is kept": `probeplane ${words}` });
}

/** Files are named by whole paths: commands run in other folders. */
async function contextOf(options: AddOptions, terminal: Terminal): Promise<Context> {
  const { name, address, caCertFile, tokenFile, tokenStdin } = options;
  if (!/^[\w.-]+$/.test(name)) throw new CommandFailure(exitStatus.usage, `--name ${JSON.stringify(name)}: letters, digits, dots, dashes and underscores are allowed`);
  const choice = chooseConnection({ address }, {}, noContexts);
  if (!choice.ok) throw new CommandFailure(exitStatus.usage, `--address: ${choice.problem}`);
  return {
    name,
    address: choice.chosen.address,
    ...(caCertFile === undefined ? {} : { caCertFile: path.resolve(caCertFile) }),
    ...(tokenFile === undefined ? {} : { tokenFile: path.resolve(tokenFile) }),
    ...(tokenStdin ? { token: new TextDecoder().decode(await terminal.readInput()).trim() } : {}),
  };
}

/** Asks the control plane who it is; that needs no token. @throws ConnectionFailure, ApiFailure */
async function checkContext(context: Context, terminal: Terminal): Promise<void> {
  const { address, caCertFile } = context;
  const connection = await connectionTo({ address, ...(caCertFile === undefined ? {} : { caCertFile }) }, defaultTimeoutMs);
  const index = asObject(await createApiClient(connection).ask({ method: "GET", path: "/" }));
  const product = asString(index?.["product"]);
  if (product === undefined) throw new CommandFailure(exitStatus.invalid, `${context.address} answers, but not as a control plane does; --no-check adds it all the same`);
  if (product !== "probeplane") terminal.err(`warning: ${context.address} is ${product} ${asString(index?.["version"]) ?? ""}; what only probeplane has will not work there\n`);
}

async function edit(terminal: Terminal, change: (contexts: Contexts) => ContextsResult): Promise<void> {
  const file = contextsFile(terminal.env);
  const result = change(await readContextsOrFail(file));
  if (!result.ok) throw new CommandFailure(exitStatus.invalid, result.problem);
  await writeContexts(file, result.contexts).catch((error: unknown) => {
    throw new CommandFailure(exitStatus.unavailable, messageOf(error));
  });
}
