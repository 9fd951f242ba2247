import { Command, InvalidArgumentError, Option } from "commander";
import { parseListenAddress, type ListenAddress } from "../edge/config/listen-address.ts";
import { bootstrapConfig } from "./bootstrap-config.ts";
import { CommandFailure, exitStatus } from "./exit-status.ts";
import { printDocument, type OutputFormat } from "./print-document.ts";
import { requireOptions } from "./required-options.ts";
import type { Terminal } from "./terminal.ts";

interface BootstrapCommandOptions {
  readonly dataplane: string;
  readonly mesh: string;
  readonly xdsAddress: ListenAddress;
  readonly adminPort: number;
  readonly sotw?: boolean;
  readonly output: OutputFormat;
}

export function bootstrapCommand(terminal: Terminal): Command {
  return new Command("bootstrap")
    .description("print an Envoy bootstrap that connects a proxy to the control plane")
    .option("--dataplane <name>", "name of the proxy's Dataplane")
    .option("--mesh <name>", "mesh of the Dataplane", "default")
    .addOption(new Option("--xds-address <host:port>", "where the control plane serves xDS").argParser(hostPort).default({ host: "127.0.0.1", port: 5678 }, "127.0.0.1:5678"))
    .addOption(new Option("--admin-port <port>", "port of Envoy's admin interface on 127.0.0.1; 0: any free one").argParser(port).default(9901))
    .option("--delta", "incremental xDS (the default)")
    .addOption(new Option("--sotw", "state of the world xDS").conflicts("delta"))
    .addOption(new Option("-o, --output <format>", "output format").choices(["yaml", "json"]).default("yaml"))
    .action((options: BootstrapCommandOptions) => {
      requireOptions(options, { dataplane: "--dataplane <name>" });
      requireNodeId(options);
      const { host: xdsHost, port: xdsPort } = options.xdsAddress;
      const variant = options.sotw === true ? "sotw" : "delta";
      terminal.out(printDocument(bootstrapConfig({ ...options, xdsHost, xdsPort, variant }), options.output));
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
