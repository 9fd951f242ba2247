import { startAgent, type Agent } from "../edge/agent/agent.ts";
import { createAgentFolder, type AgentFolder } from "../edge/agent/agent-folder.ts";
import { bootstrapRequestOf } from "../edge/agent/bootstrap-request.ts";
import { readEnvoyVersion } from "../edge/agent/envoy-version.ts";
import { BootstrapRefused, fetchBootstrap } from "../edge/agent/fetch-bootstrap.ts";
import type { AgentLog } from "../edge/agent/log.ts";
import { createReadinessServer } from "../edge/agent/readiness.ts";
import { createTokenCopy, type TokenCopy } from "../edge/agent/token-copy.ts";
import { isPlainOffMachine, parseAddress } from "../edge/client/connection.ts";
import { formatListenAddress, type ListenAddress } from "../edge/config/listen-address.ts";
import { createClosers } from "./closers.ts";
import { CommandFailure, exitStatus, messageOf } from "./exit-status.ts";
import { listenOrFail } from "./listen.ts";
import { readProxy } from "./read-proxy.ts";
import { version } from "./version.ts";

export interface ProxyCommandOptions {
  readonly mesh?: string;
  readonly name?: string;
  readonly dataplaneFile?: string;
  readonly dataplaneVar?: ReadonlyMap<string, string>;
  readonly tokenFile?: string;
  readonly cpAddress: string;
  readonly caCertFile?: string;
  readonly envoyPath: string;
  readonly envoyLogLevel: string;
  readonly drainTime: number;
  readonly readinessListen: ListenAddress;
  readonly workDir?: string;
  readonly sotw?: boolean;
  readonly logFormat: "json" | "text";
}

interface Surroundings {
  readonly logger: AgentLog;
  /** Aborted: somebody asked to end. */
  readonly signal: AbortSignal;
  readFile(file: string, option: string): Promise<string>;
}

/** A proxy whose options were looked at and whose readiness is answered for, not started yet. */
export interface PreparedProxy {
  /** For the user. */
  readonly lines: readonly string[];
  /** Fetches the bootstrap, however long that takes, and starts Envoy. */
  start(): Promise<Agent>;
  close(): Promise<void>;
}

/** Everything that can be wrong with the options is found before the control plane is asked. */
export async function prepareProxy(options: ProxyCommandOptions, envoyArgs: readonly string[], around: Surroundings): Promise<PreparedProxy> {
  const cpAddress = requireAddress(options, around.logger);
  const caPem = options.caCertFile === undefined ? undefined : await around.readFile(options.caCertFile, "--ca-cert-file");
  const proxy = await readProxy(options, around.readFile);
  const envoy = await readEnvoyVersion(options.envoyPath).catch((error: unknown) => {
    throw new CommandFailure(exitStatus.unavailable, `--envoy-path: cannot run ${options.envoyPath}: ${messageOf(error)}`);
  });
  const closers = createClosers();
  try {
    const folder = await makeFolder(options);
    closers.add(() => folder.remove());
    const token = await copyToken(options, folder, around.logger);
    closers.add(() => Promise.resolve(token?.close()));
    let agent: Agent | undefined;
    const readiness = createReadinessServer(async () => (agent === undefined ? "waiting for the bootstrap" : await agent.notReady()));
    const { port } = await listenOrFail("--readiness-listen", options.readinessListen, () => readiness.listen(options.readinessListen));
    closers.add(() => readiness.close());
    const request = bootstrapRequestOf({
      ...proxy, ...(caPem === undefined ? {} : { caPem }), ...(token === undefined ? {} : { tokenSecretPath: token.secretPath }), envoy, readinessPort: port,
      adminSocketPath: folder.pathOf("admin.sock"), agentVersion: version, workdir: folder.path, sotw: options.sotw === true,
    });
    const source = { cpAddress, ...(caPem === undefined ? {} : { caPem }), token: async () => await token?.read(), request, logger: around.logger, signal: around.signal };
    return {
      lines: [`proxy ${proxy.mesh}.${proxy.name}`, `readiness  http://${formatListenAddress({ host: options.readinessListen.host, port })}/ready`],
      start: async () => {
        const bootstrap = await fetchBootstrap(source).catch((error: unknown) => {
          throw asFailure(error, cpAddress);
        });
        const { envoyPath, envoyLogLevel, drainTime: drainMs } = options;
        agent = await startAgent({ bootstrap, folder, envoyPath, envoyLogLevel, envoyArgs, drainMs, logger: around.logger });
        return agent;
      },
      close: () => closers.closeAll(),
    };
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
}

function requireAddress({ cpAddress }: ProxyCommandOptions, logger: AgentLog): string {
  const parsed = parseAddress(cpAddress);
  if ("error" in parsed) throw new CommandFailure(exitStatus.usage, `--cp-address: ${parsed.error}`);
  if (isPlainOffMachine(parsed.address)) logger.warn({ cpAddress }, "the control plane is asked in plain text: whoever is on the way can read the token and change what it says");
  return parsed.address;
}

async function makeFolder({ workDir }: ProxyCommandOptions): Promise<AgentFolder> {
  return await createAgentFolder(workDir).catch((error: unknown) => {
    throw new CommandFailure(exitStatus.unavailable, `--work-dir: ${messageOf(error)}`);
  });
}

async function copyToken({ tokenFile }: ProxyCommandOptions, folder: AgentFolder, logger: AgentLog): Promise<TokenCopy | undefined> {
  if (tokenFile === undefined) return undefined;
  return await createTokenCopy(tokenFile, folder, logger).catch((error: unknown) => {
    throw new CommandFailure(exitStatus.usage, `--token-file: ${messageOf(error)}`);
  });
}

function asFailure(error: unknown, cpAddress: string): unknown {
  return error instanceof BootstrapRefused ? new CommandFailure(exitStatus.denied, `the control plane at ${cpAddress} refuses this proxy: ${error.message}`) : error;
}
