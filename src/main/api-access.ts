import { readFile } from "node:fs/promises";
import { InvalidArgumentError, Option, type Command } from "commander";
import { parseDuration } from "../core/base/duration.ts";
import { createApiClient, type ApiClient } from "../edge/client/api-client.ts";
import { chooseConnection, type ChosenConnection, type GivenConnection } from "../edge/client/choose-connection.ts";
import { defaultTimeoutMs, type ApiConnection } from "../edge/client/connection.ts";
import { contextsFile, readContexts } from "../edge/client/contexts-file.ts";
import type { Contexts } from "../edge/client/contexts.ts";
import { clientEnv } from "../edge/config/client-env.ts";
import { CommandFailure, exitStatus, messageOf } from "./exit-status.ts";
import type { Terminal } from "./terminal.ts";

/** What the options that every command with an API has come to. */
export interface AccessOptions extends Omit<GivenConnection, "token"> {
  readonly requestTimeout: number;
}

/** Adds the options that say which control plane is meant. */
export function withAccessOptions(command: Command): Command {
  return command
    .addOption(new Option("--context <name>", `control plane added with \`config control-planes add\`; else ${clientEnv.context}, else the active one`))
    .addOption(new Option("--address <url>", `http(s)://host:port of the API; else ${clientEnv.address}; without any context http://127.0.0.1:5681`))
    .addOption(new Option("--token-file <file>", `file with a user token; else ${clientEnv.tokenFile}, or the token itself in ${clientEnv.token}`))
    .addOption(new Option("--ca-cert-file <file>", `PEM file with the CA of the API's certificate; else ${clientEnv.caCertFile}`))
    .addOption(new Option("--request-timeout <duration>", "longest that one request may take").argParser(durationMs).default(defaultTimeoutMs, "30s"))
    .option("--insecure-plaintext-token", "send the token even where there is no TLS and others can read it on the way", false);
}

/** The client of the control plane that options, environment and contexts come to. */
export async function openClient(options: AccessOptions, { env }: Pick<Terminal, "env">): Promise<ApiClient> {
  return createApiClient(await resolveConnection(options, env));
}

async function resolveConnection(options: AccessOptions, env: Terminal["env"]): Promise<ApiConnection> {
  const choice = chooseConnection(options, environment(env), await readContextsOrFail(contextsFile(env)));
  if (!choice.ok) throw new CommandFailure(exitStatus.usage, choice.problem);
  return await connectionTo(choice.chosen, options.requestTimeout);
}

/** Reads the files that a connection names. */
export async function connectionTo(chosen: ChosenConnection, timeoutMs: number): Promise<ApiConnection> {
  const { address, tokenFile, caCertFile } = chosen;
  const token = tokenFile === undefined ? chosen.token : (await readNamed("--token-file", tokenFile)).trim();
  const caCert = caCertFile === undefined ? undefined : await readNamed("--ca-cert-file", caCertFile);
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) throw new CommandFailure(exitStatus.usage, `${tokenFile ?? clientEnv.token}: is not a token, which is one word`);
  return { address, timeoutMs, ...(token === undefined ? {} : { token }), ...(caCert === undefined ? {} : { caCert }) };
}

export async function readContextsOrFail(file: string): Promise<Contexts> {
  return await readContexts(file).catch((error: unknown) => {
    throw new CommandFailure(exitStatus.usage, messageOf(error));
  });
}

/** For options: a duration as Go writes it, in milliseconds. */
export function durationMs(text: string): number {
  const parsed = parseDuration(text);
  if (!parsed.ok || parsed.ms <= 0) throw new InvalidArgumentError("a duration such as 30s or 1m30s is needed.");
  return parsed.ms;
}

function environment(env: Terminal["env"]): GivenConnection {
  const said = (name: keyof typeof clientEnv): string | undefined => (env[clientEnv[name]] === "" ? undefined : env[clientEnv[name]]);
  return { context: said("context"), address: said("address"), token: said("token"), tokenFile: said("tokenFile"), caCertFile: said("caCertFile") };
}

async function readNamed(what: string, file: string): Promise<string> {
  return await readFile(file, "utf8").catch((error: unknown) => {
    throw new CommandFailure(exitStatus.usage, `${what}: cannot read ${file}: ${messageOf(error)}`);
  });
}
