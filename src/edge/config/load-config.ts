import type { Config } from "./config.ts";
import { defaultValue } from "./defaults.ts";
import type { Given, GivenValue } from "./given.ts";
import { formatListenAddress, isLoopback, type ListenAddress } from "./listen-address.ts";
import { flagOf, type Option } from "./option.ts";
import { options } from "./options.ts";
import { parseValue, type AnyValue } from "./parse-value.ts";
import { configEnv, readEnv, type Environment } from "./read-env.ts";
import { readConfigFile, type ConfigFile } from "./read-file.ts";
import { readFlags } from "./read-flags.ts";

export type LoadResult = { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly problems: readonly string[] };

/** The file that `--config`, else PROBEPLANE_CONFIG, names. Its text goes into `loadConfig`. */
export function configFileName(argv: readonly string[], env: Environment): string | undefined {
  const flag = readFlags(argv, options).values.find(({ name }) => name === "config");
  const named = flag?.value ?? env[configEnv];
  return typeof named === "string" && named !== "" ? named : undefined;
}

/**
 * Puts the configuration together: defaults, then the file, then the environment, then flags, the later one wins. Gives every
 * problem of every place at once, with the nearest known name for an unknown one. Reads nothing but its arguments.
 */
export function loadConfig(argv: readonly string[], env: Environment, file?: ConfigFile): LoadResult {
  const given: readonly Given[] = [
    ...(file === undefined ? [] : [readConfigFile(file, options)]),
    readEnv(env, options),
    readFlags(argv, options),
  ];
  const problems = given.flatMap((each) => each.problems);
  const values = new Map<string, AnyValue>(Object.entries(options).map(([name, option]) => [name, defaultValue(option, env)]));
  for (const value of given.flatMap((each) => each.values)) {
    if (value.name !== "config") setValue(values, value, problems);
  }
  const config = nested(values) as unknown as Config;
  problems.push(...elsewhere(config.environment, given.flatMap((each) => each.values)));
  problems.push(...contradictions(config));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config };
}

function setValue(values: Map<string, AnyValue>, { name, value, place }: GivenValue, problems: string[]): void {
  const option = options[name as keyof typeof options];
  const parsed = parseValue(option, value);
  if (parsed.ok) values.set(name, parsed.value);
  else problems.push(`${place}: ${parsed.error}`);
}

/** What was set and means nothing in this environment. */
function elsewhere(environment: Config["environment"], given: readonly GivenValue[]): string[] {
  return given.flatMap(({ name, place }) => {
    const option: Option | undefined = Object.hasOwn(options, name) ? options[name as keyof typeof options] : undefined;
    if (option?.in === undefined || option.in === environment) return [];
    return [`${place}: ${option.in === "kubernetes" ? `needs ${flagOf("environment")} kubernetes` : `means nothing with ${flagOf("environment")} kubernetes, where the API server keeps everything`}`];
  });
}

function nested(values: ReadonlyMap<string, AnyValue>): Record<string, unknown> {
  const config: Record<string, unknown> = {};
  for (const [name, value] of values) {
    const [group = "", key] = name.split(".");
    if (key === undefined) config[group] = value;
    else config[group] = { ...(config[group] as object | undefined), [key]: value };
  }
  return config;
}

/** What is wrong with values that are right each for itself. */
function contradictions(config: Config): string[] {
  const found: string[] = [];
  if (config.store === "file" && config.resourcesDir === undefined) {
    found.push(`${flagOf("store")}: file needs ${flagOf("resourcesDir")}, the folder to read`);
  }
  if (config.store === "postgres" && config.postgresUrl === undefined) {
    found.push(`${flagOf("store")}: postgres needs ${flagOf("postgresUrl")}, the database to use`);
  }
  for (const name of ["postgresTimeout", "postgresResync"] as const) {
    if (config[name] < 100) found.push(`${flagOf(name)}: has to be at least 100ms`);
  }
  found.push(...tooShort(config));
  if (config.maxDelay < config.quietTime) found.push(`${flagOf("maxDelay")}: has to be at least ${flagOf("quietTime")}`);
  if (!isLoopback(config.apiListen) && !config.insecure.apiPlaintext) found.push(offLoopback(config));
  found.push(...halfPairs(config));
  if (config.insecure.xdsPlaintext && config.xds.tlsCert !== undefined) found.push(`${flagOf("insecure.xdsPlaintext")}: contradicts ${flagOf("xds.tlsCert")}`);
  return [...found, ...sharedAddresses(config)];
}

/** Limits with which nobody would be served. */
function tooShort({ api, xds, kubernetes }: Config): string[] {
  // Times of a Lease are whole seconds.
  const lease = kubernetes.leaseDuration < 1_000 || kubernetes.leaseDuration % 1_000 !== 0 ? [`${flagOf("kubernetes.leaseDuration")}: has to be whole seconds, at least one`] : [];
  const limits = { "api.requestTimeout": api.requestTimeout, "xds.firstRequestTimeout": xds.firstRequestTimeout, "xds.idleTimeout": xds.idleTimeout, "xds.sendTimeout": xds.sendTimeout };
  return [...lease, ...Object.entries(limits).flatMap(([name, ms]) => (ms < 100 ? [`${flagOf(name)}: has to be at least 100ms`] : []))];
}

function offLoopback(config: Config): string {
  const address = formatListenAddress(config.apiListen);
  const say = `use ${flagOf("api.tlsListen")} for these, or say ${flagOf("insecure.apiPlaintext")}`;
  return `${flagOf("apiListen")}: ${address} can be reached from other machines, without TLS; ${say}`;
}

/** A certificate without a key, or a key without a certificate. */
function halfPairs({ api, xds, webhook }: Config): string[] {
  const pairs = [
    ["api.tlsCert", api.tlsCert, "api.tlsKey", api.tlsKey],
    ["xds.tlsCert", xds.tlsCert, "xds.tlsKey", xds.tlsKey],
    ["webhook.tlsCert", webhook.tlsCert, "webhook.tlsKey", webhook.tlsKey],
  ] as const;
  const needed = pairs.flatMap(([certName, cert, keyName, key]) => {
    if ((cert === undefined) === (key === undefined)) return [];
    return cert === undefined ? [`${flagOf(keyName)}: needs ${flagOf(certName)}`] : [`${flagOf(certName)}: needs ${flagOf(keyName)}`];
  });
  if (xds.tlsCa !== undefined && xds.tlsCert === undefined) needed.push(`${flagOf("xds.tlsCa")}: needs ${flagOf("xds.tlsCert")}`);
  return needed;
}

function sharedAddresses(config: Config): string[] {
  const first = new Map<string, string>();
  const found: string[] = [];
  const webhook = config.environment === "kubernetes" ? { "webhook.listen": config.webhook.listen } : {};
  const listeners = { apiListen: config.apiListen, "api.tlsListen": config.api.tlsListen, xdsListen: config.xdsListen, diagnosticsListen: config.diagnosticsListen, ...webhook };
  for (const [name, listen] of Object.entries<ListenAddress>(listeners)) {
    const address = formatListenAddress(listen);
    const other = first.get(address);
    if (other !== undefined && listen.port !== 0) found.push(`${flagOf(name)}: ${address} is taken by ${flagOf(other)}`);
    first.set(address, name);
  }
  return found;
}
