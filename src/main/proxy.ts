import { Command, InvalidArgumentError, Option } from "commander";
import { drainTime } from "./drain-time.ts";
import { parseListenAddress, type ListenAddress } from "../edge/config/listen-address.ts";
import { withExamples } from "./examples.ts";
import { prepareProxy, type ProxyCommandOptions } from "./prepare-proxy.ts";
import { runProxy } from "./run-proxy.ts";
import type { Terminal } from "./terminal.ts";
import { variableOption } from "./template-options.ts";

export function proxyCommand(terminal: Terminal): Command {
  const command = new Command("proxy")
    .description("run an Envoy as a proxy of the mesh: fetch its bootstrap, start it, watch over it, drain it at the end")
    .option("--mesh <name>", "mesh of the proxy; default: that of the Dataplane's file, else default")
    .option("--name <name>", "name of the proxy's Dataplane; default: that of the Dataplane's file")
    .option("--dataplane-file <file>", "Dataplane that comes with the proxy and goes with it; without it the Dataplane has to be stored")
    .addOption(dataplaneVariable())
    .option("--token-file <file>", "file with the Dataplane's token; may be replaced while the proxy runs")
    .option("--cp-address <url>", "where the control plane serves proxies", "https://127.0.0.1:5678")
    .option("--ca-cert-file <file>", "PEM of the CA that signed the control plane's certificate; default: the CAs of this machine")
    .option("--envoy-path <file>", "the Envoy to run", "envoy")
    .option("--envoy-log-level <level>", "how much Envoy logs", "warning")
    .addOption(new Option("--drain-time <duration>", "how long requests under way may take to end on SIGTERM").argParser(drainTime).default(30_000, "30s"))
    .addOption(new Option("--readiness-listen <host:port>", "where GET /ready is answered; port 0: any free one").argParser(listenAddress).default({ host: "127.0.0.1", port: 9902 }, "127.0.0.1:9902"))
    .option("--work-dir <dir>", "where the private folder of bootstrap, token and admin socket is made; default: the folder for temporary files")
    .option("--sotw", "state of the world xDS instead of incremental")
    .addOption(new Option("--log-format <format>", "form of the log").choices(["json", "text"]).default("json"))
    .argument("[envoy-args...]", "after --: further arguments for Envoy")
    .addHelpText("after", `\n${endings}`)
    .action(async (args: readonly string[], options: ProxyCommandOptions) => {
      await runProxy({ component: "proxy", ...options }, (around) => prepareProxy(options, args, around), terminal);
    });
  return withExamples(command, {
    "a proxy whose Dataplane comes with it": "probeplane proxy --dataplane-file web-1.yaml --token-file web-1.token --ca-cert-file ca.pem",
    "a stored one, with an Envoy of your own": "probeplane proxy --name web-1 --token-file web-1.token --ca-cert-file ca.pem --envoy-path /opt/envoy/envoy",
  });
}

const endings = `SIGTERM and SIGINT drain the proxy and end it; a second one ends it at once. SIGHUP and SIGUSR1 are passed on to Envoy.

Exit status: 0 ended by a signal, 1 the Dataplane's file is not valid, 64 wrong options, 69 Envoy cannot be started,
77 the control plane refuses the proxy.`;

/** kuma-dp's name of the option. */
function dataplaneVariable(): Option {
  const option = variableOption();
  return new Option("--dataplane-var <name=value>", "value of a variable that the Dataplane's file names as {{ name }}; may be repeated").argParser(option.parseArg ?? ((text) => text));
}

function listenAddress(text: string): ListenAddress {
  const parsed = parseListenAddress(text);
  if ("error" in parsed) throw new InvalidArgumentError(`${parsed.error}.`);
  return parsed;
}
