import { readFile } from "node:fs/promises";
import path from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import type { JsonObject } from "../core/base/json.ts";
import { bootstrapConfig, defaultSystemCaPath } from "../core/bootstrap/bootstrap-config.ts";
import type { Credential } from "../core/bootstrap/credential.ts";
import { parseListenAddress, type ListenAddress } from "../edge/config/listen-address.ts";
import { withExamples } from "./examples.ts";
import { CommandFailure, exitStatus, messageOf } from "./exit-status.ts";
import { printDocument, type OutputFormat } from "./print-document.ts";
import { requireOptions } from "./required-options.ts";
import type { Terminal } from "./terminal.ts";

interface BootstrapCommandOptions {
  readonly dataplane: string;
  readonly mesh: string;
  readonly xdsAddress: ListenAddress;
  readonly adminPort: number;
  readonly sotw?: boolean;
  readonly caCertFile?: string;
  readonly tokenFile?: string;
  readonly inlineToken?: boolean;
  readonly systemCaPath: string;
  readonly output: OutputFormat;
}

export function bootstrapCommand(terminal: Terminal): Command {
  const command = new Command("bootstrap")
    .description("print an Envoy bootstrap that connects a proxy to the control plane")
    .option("--dataplane <name>", "name of the proxy's Dataplane")
    .option("--mesh <name>", "mesh of the Dataplane", "default")
    .addOption(new Option("--xds-address <host:port>", "where the control plane serves xDS").argParser(hostPort).default({ host: "127.0.0.1", port: 5678 }, "127.0.0.1:5678"))
    .addOption(new Option("--admin-port <port>", "port of Envoy's admin interface on 127.0.0.1; 0: any free one").argParser(port).default(9901))
    .option("--delta", "incremental xDS (the default)")
    .addOption(new Option("--sotw", "state of the world xDS").conflicts("delta"))
    .option("--ca-cert-file <file>", "PEM of the CA that signed the control plane's certificate; without it Envoy connects in plain text")
    .option("--token-file <file>", "file with the Dataplane's token, on the machine where Envoy runs; Envoy reads it for each stream anew")
    .option("--inline-token", "write the token itself into the bootstrap, not the name of its file")
    .option("--system-ca-path <file>", "file of the CAs that Envoy's machine trusts, for services outside the mesh", defaultSystemCaPath)
    .addOption(new Option("-o, --output <format>", "output format").choices(["yaml", "json"]).default("yaml"))
    .action(async (options: BootstrapCommandOptions) => {
      requireOptions(options, { dataplane: "--dataplane <name>" });
      requireNodeId(options);
      terminal.out(printDocument(await bootstrapFor(options), options.output));
    });
  return withExamples(command, {
    "connect an Envoy to a control plane on this machine": "probeplane bootstrap --dataplane web-1 > envoy.yaml && envoy -c envoy.yaml",
    "to one elsewhere, with TLS and a token": "probeplane bootstrap --dataplane web-1 --xds-address cp.example:5678 \\\n  --ca-cert-file ca.pem --token-file /etc/probeplane/web-1.token > envoy.yaml",
  });
}

async function bootstrapFor(options: BootstrapCommandOptions): Promise<JsonObject> {
  const caPem = options.caCertFile === undefined ? undefined : await textOf(options.caCertFile, "--ca-cert-file");
  const credential = await credentialOf(options);
  return bootstrapConfig({
    mesh: options.mesh,
    name: options.dataplane,
    controlPlane: { ...options.xdsAddress, ...(caPem === undefined ? {} : { caPem }) },
    variant: options.sotw === true ? "sotw" : "delta",
    ...(credential === undefined ? {} : { credential }),
    admin: { address: "127.0.0.1", port: options.adminPort },
    systemCaPath: options.systemCaPath,
  });
}

async function credentialOf({ tokenFile, inlineToken, caCertFile }: BootstrapCommandOptions): Promise<Credential | undefined> {
  if (tokenFile === undefined) {
    if (inlineToken === true) throw new CommandFailure(exitStatus.usage, "--inline-token: needs --token-file <file>");
    return undefined;
  }
  if (inlineToken === true) return { kind: "inline", token: (await textOf(tokenFile, "--token-file")).trim() };
  if (caCertFile === undefined) {
    throw new CommandFailure(exitStatus.usage, "--token-file: Envoy reads a token from a file only for a connection with TLS; give --ca-cert-file, or --inline-token");
  }
  return { kind: "token-file", path: path.resolve(tokenFile) };
}

async function textOf(file: string, option: string): Promise<string> {
  return await readFile(file, "utf8").catch((error: unknown) => {
    throw new CommandFailure(exitStatus.usage, `${option}: cannot read ${file}: ${messageOf(error)}`);
  });
}

/** The node id is `<mesh>.<name>` and is split at its first dot. */
function requireNodeId({ mesh, dataplane }: BootstrapCommandOptions): void {
  const problems = [
    /^[0-9a-z_-]+$/.test(mesh) ? "" : `--mesh ${JSON.stringify(mesh)}: a mesh that proxies connect to has only a-z, 0-9, - and _ in its name`,
    /^[0-9a-z]([-0-9a-z.]*[0-9a-z])?$/.test(dataplane) ? "" : `--dataplane ${JSON.stringify(dataplane)}: a name has only a-z, 0-9, - and . in it`,
  ].filter((problem) => problem !== "");
  if (problems.length > 0) throw new CommandFailure(exitStatus.usage, problems.join("\n"));
}

/** Unlike where to listen, where to connect to needs a host and a port. */
function hostPort(text: string): ListenAddress {
  const parsed = parseListenAddress(text);
  if ("error" in parsed || parsed.port === 0 || text.startsWith(":")) throw new InvalidArgumentError("host:port is needed, such as 127.0.0.1:5678.");
  return parsed;
}

function port(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > 65535) throw new InvalidArgumentError("a port from 0 to 65535 is needed.");
  return number;
}
