import { networkInterfaces } from "node:os";
import { parseAppAddresses, type AppAddresses } from "../core/kubernetes/app-address.ts";
import { decodeAppMetrics, type AppMetrics } from "../core/kubernetes/app-metrics.ts";
import { agentVariables } from "../core/injection/agent-variables.ts";
import { decodeProbers } from "../core/probe/probers-text.ts";
import type { Prober } from "../core/probe/prober.ts";
import type { Agent } from "../edge/agent/agent.ts";
import type { AgentLog } from "../edge/agent/log.ts";
import { metricsRoute, type MetricsRouteOptions } from "../edge/agent/metrics/metrics-route.ts";
import { scrapeApp } from "../edge/agent/metrics/scrape-app.ts";
import { createDialer } from "../edge/agent/probes/dialer.ts";
import { findSourceAddress } from "../edge/agent/probes/find-source-address.ts";
import { sidecarRoutes } from "../edge/agent/sidecar-routes.ts";
import { createStatusServer } from "../edge/agent/status-server.ts";
import { createAgentMetrics, type AgentMetrics } from "../edge/telemetry/agent-metrics.ts";
import { envoyOptionsOf, proxyOf, type AgentCommandOptions, type AgentEnvironment } from "./agent-options.ts";
import { createClosers } from "./closers.ts";
import { CommandFailure, exitStatus } from "./exit-status.ts";
import { listenOrFail } from "./listen.ts";
import { prepareEnvoy } from "./prepare-envoy.ts";
import type { PreparedProxy, Surroundings } from "./run-proxy.ts";
import { version } from "./version.ts";

/** The agent answers probes from now on, also while there is no Envoy yet: an app's health is none of the control plane's business. */
export async function prepareAgent(options: AgentCommandOptions, env: AgentEnvironment, around: Surroundings): Promise<PreparedProxy> {
  const { logger } = around;
  const probers = readProbers(env);
  const proxy = proxyOf(options, env);
  const app = readAppMetrics(options, env, logger);
  const appAddressOf = readAppAddresses(env);
  const envoyOptions = await envoyOptionsOf(options, env, around);
  const closers = createClosers();
  try {
    const envoy = await prepareEnvoy(proxy, envoyOptions, around, closers);
    let agent: Agent | undefined;
    const podIp = options.podIp ?? "";
    const source = await findSourceAddress(podIp, logger);
    const asking = { podIp, appAddressOf, ...(source === undefined ? {} : { sourceAddress: source }) };
    const metrics = createAgentMetrics({ version });
    const sources = metricsSources({ metrics, agent: () => agent, app, asking });
    const routes = sidecarRoutes({
      agent: () => agent,
      quit: () => around.quit({ asked: "/quitquitquit" }),
      metrics: metricsRoute({ sources, logger, onScraped: (of, failed) => metrics.scraped(of, failed) }),
      logger,
    });
    const server = createStatusServer({ ...asking, probers, routes, logger, onProbed: (probed) => metrics.probed(probed) });
    const address = { host: "::", port: options.statusPort };
    const { port: statusPort } = await listenOrFail("--status-port", address, () => server.listen({ port: options.statusPort }));
    closers.add(() => server.close());
    logger.info({ mesh: proxy.mesh, name: proxy.name, statusPort, probes: [...probers.keys()], ...(app === undefined ? {} : { appMetrics: app }) }, "answering probes");
    const { healthPort, prometheusPort } = options;
    return {
      lines: [],
      start: async () => (agent = await envoy.start({ readinessPort: 0, sidecar: { statusPort, healthPort, prometheusPort, ipv6: hasIpv6() } })),
      close: () => closers.closeAll(),
    };
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
}

function readProbers(env: AgentEnvironment): ReadonlyMap<string, Prober> {
  const decoded = decodeProbers(env[agentVariables.probers] ?? "");
  if (decoded.ok) return decoded.probers;
  throw new CommandFailure(exitStatus.usage, decoded.problems.map((problem) => `${agentVariables.probers}: ${problem}`).join("\n"));
}

function readAppAddresses(env: AgentEnvironment): AppAddresses {
  const parsed = parseAppAddresses(env[agentVariables.appAddress] ?? "");
  if (parsed.ok) return parsed.addressOf;
  throw new CommandFailure(exitStatus.usage, `${agentVariables.appAddress}: ${parsed.problem}`);
}

/** What is wrong with it takes nothing but these metrics: people write the annotation for Prometheus, not for us. */
function readAppMetrics({ statusPort, healthPort, prometheusPort }: AgentCommandOptions, env: AgentEnvironment, logger: AgentLog): AppMetrics | undefined {
  const text = env[agentVariables.appMetrics] ?? "";
  if (text === "") return undefined;
  const decoded = decodeAppMetrics(text, new Set([statusPort, healthPort, prometheusPort, ...fieldPorts]));
  if (decoded.ok) return decoded.metrics;
  logger.warn({ variable: agentVariables.appMetrics, text }, `the app's metrics are left out: ${decoded.problem}`);
  return undefined;
}

/** Of sidecars of the field: admin interface, redirected connections, debugging, tunnels, agent, DNS. Whoever asks there asks himself. */
const fieldPorts = [15_000, 15_001, 15_004, 15_006, 15_008, 15_020, 15_021, 15_053, 15_090];

interface Shown {
  readonly metrics: AgentMetrics;
  agent(): Agent | undefined;
  readonly app: AppMetrics | undefined;
  readonly asking: { readonly podIp: string; readonly sourceAddress?: string; readonly appAddressOf: AppAddresses };
}

function metricsSources({ metrics, agent, app, asking }: Shown): MetricsRouteOptions["sources"] {
  const noEnvoy = (): Promise<string> => Promise.reject(new Error("Envoy does not run"));
  const dialers = [createDialer(asking), createDialer({ podIp: "" })];
  return [
    { of: "agent", read: () => metrics.text() },
    { of: "envoy", read: (signal) => agent()?.envoyMetrics(signal) ?? noEnvoy() },
    ...(app === undefined ? [] : [{ of: "app" as const, read: (signal: AbortSignal, headers: object) => scrapeApp(app, dialers, headers, signal) }]),
  ];
}

/** Some machines have been told to have no IPv6; nothing can listen there then. */
function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ family }) => family === "IPv6") === true);
}
