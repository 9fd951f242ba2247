import { Command, InvalidArgumentError, Option } from "commander";
import { agentVariables } from "../core/injection/agent-variables.ts";
import { agentDrainCommand, agentWaitCommand } from "./agent-requests.ts";
import type { AgentCommandOptions } from "./agent-options.ts";
import { drainTime } from "./drain-time.ts";
import { withExamples } from "./examples.ts";
import { prepareAgent } from "./prepare-agent.ts";
import { runProxy } from "./run-proxy.ts";
import type { Terminal } from "./terminal.ts";

export function agentCommand(terminal: Terminal): Command {
  const command = new Command("agent")
    .description("run as the agent of a pod's sidecar: answer the probes of its app, run its Envoy, show the metrics of both")
    .addOption(new Option("--mesh <name>", "mesh of the pod").env(agentVariables.mesh).default("default"))
    .option("--name <name>", `name of the proxy's Dataplane; default: $${agentVariables.podName}.$${agentVariables.podNamespace}`)
    .addOption(new Option("--pod-ip <address>", "address of the pod: the app is asked there, and nobody anywhere else; default: this machine").env(agentVariables.podIp))
    .addOption(new Option("--cp-address <url>", "where the control plane serves proxies").env(agentVariables.cpAddress).default("https://127.0.0.1:5678"))
    .option("--ca-cert-file <file>", `PEM of the CA that signed the control plane's certificate; default: the text in $${agentVariables.caCert}, else the CAs of this machine`)
    .addOption(new Option("--token-file <file>", "file with the pod's token; may be replaced while the agent runs").env(agentVariables.tokenFile))
    .addOption(portOption("--status-port <port>", "where probes, metrics and readiness are answered, on all addresses; 0: any free one", 15_020, 0).env(agentVariables.statusPort))
    .addOption(portOption("--health-port <port>", "where Envoy listens for the kubelet's probes of the sidecar itself", 15_021))
    .addOption(portOption("--prometheus-port <port>", "where Envoy shows its own statistics", 15_090))
    .option("--envoy-path <file>", "the Envoy to run", "envoy")
    .addOption(new Option("--envoy-log-level <level>", "how much Envoy logs").env(agentVariables.envoyLogLevel).default("warning"))
    .addOption(new Option("--envoy-component-log-level <levels>", "the same for components of Envoy, such as http:debug,upstream:info").env(agentVariables.envoyComponentLogLevel))
    .addOption(new Option("--concurrency <threads>", `worker threads of Envoy, 0: one for each core; default: $${agentVariables.cpuLimit}`).argParser(threads).env(agentVariables.concurrency))
    .addOption(new Option("--drain-time <duration>", "how long requests under way may take to end on SIGTERM").argParser(drainTime).default(30_000, "30s").env(agentVariables.drainTime))
    .addOption(new Option("--minimum-drain-time <duration>", "for how long it takes connections then, however idle it is; default: 2s").argParser(drainTime).env(agentVariables.minimumDrainTime))
    .addOption(new Option("--listener-drain-time <duration>", "how long Envoy lets connections end by themselves when a listener changes; default: 45s").argParser(drainTime).env(agentVariables.listenerDrainTime))
    .addOption(new Option("--work-dir <dir>", "a folder of the agent's own for bootstrap, token and admin socket; default: the folder for temporary files").env(agentVariables.workDir))
    .option("--sotw", "state of the world xDS instead of incremental")
    .addOption(new Option("--log-format <format>", "form of the log").choices(["json", "text"]).default("json"))
    .addHelpText("after", `\n${endings}`)
    .action(async (options: AgentCommandOptions) => {
      await runProxy({ component: "agent", ...options }, (around) => prepareAgent(options, terminal.env, around), terminal);
    });
  command.addCommand(agentWaitCommand()).addCommand(agentDrainCommand());
  return withExamples(command, {
    "as the injector has it run; everything else is in the environment": "probeplane agent",
    "with the probes of an app, beside a control plane on this machine": `ISTIO_KUBE_APP_PROBERS='{"/app-health/web/readyz":{"httpGet":{"path":"/ready","port":8080},"timeoutSeconds":1}}' \\\n  probeplane agent --name web-1 --token-file web-1.token --ca-cert-file ca.pem`,
  });
}

const endings = `The probes of the app are in $${agentVariables.probers}, where it shows metrics in $${agentVariables.appMetrics}; names and shapes are Istio's.

GET /healthz/ready: 200 when Envoy has its configuration and is live, else 503. GET /metrics, /stats/prometheus: of the agent, of Envoy and of the app.
POST /drain: drains Envoy; SIGTERM ends it at once then. POST /quitquitquit: ends at once. Both only from this machine.

SIGTERM and SIGINT drain the proxy and end it; a second one ends it at once.

Exit status: 0 ended by a signal or when asked to, 64 wrong options or probes, 69 a port is taken or Envoy cannot be started, 77 the control plane
refuses the proxy.`;

function portOption(flags: string, description: string, usual: number, least = 1): Option {
  return new Option(flags, description).default(usual).argParser((text) => {
    const number = Number(text);
    if (!/^\d{1,5}$/.test(text) || number < least || number > 65_535) throw new InvalidArgumentError(`a port from ${least} to 65535 is needed.`);
    return number;
  });
}

function threads(text: string): number {
  if (!/^\d{1,3}$/.test(text)) throw new InvalidArgumentError("a number from 0 to 999 is needed.");
  return Number(text);
}
