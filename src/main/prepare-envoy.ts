import { startAgent, type Agent } from "../edge/agent/agent.ts";
import { createAgentFolder, type AgentFolder } from "../edge/agent/agent-folder.ts";
import { bootstrapRequestOf, type ProxyFacts } from "../edge/agent/bootstrap-request.ts";
import { readEnvoyVersion } from "../edge/agent/envoy-version.ts";
import { BootstrapRefused, fetchBootstrap } from "../edge/agent/fetch-bootstrap.ts";
import type { AgentLog } from "../edge/agent/log.ts";
import { createTokenCopy, type TokenCopy } from "../edge/agent/token-copy.ts";
import { isPlainOffMachine, parseAddress } from "../edge/client/connection.ts";
import type { Closers } from "./closers.ts";
import { CommandFailure, exitStatus, messageOf } from "./exit-status.ts";
import type { NamedProxy } from "./read-proxy.ts";
import type { Surroundings } from "./run-proxy.ts";
import { version } from "./version.ts";

/** What every command has to know that runs an Envoy of the mesh. */
export interface EnvoyOptions {
  readonly cpAddress: string;
  /** PEM; default: the CAs of this machine. */
  readonly caPem?: string;
  readonly tokenFile?: string;
  readonly envoyPath: string;
  readonly envoyLogLevel: string;
  readonly envoyArgs: readonly string[];
  readonly drainMs: number;
  readonly leastDrainMs?: number;
  /** Default: 45 s. */
  readonly listenerDrainMs?: number;
  readonly workDir?: string;
  /** Nobody else has folders in there: what an agent left that was killed is removed. */
  readonly ownsWorkDir?: boolean;
  readonly sotw: boolean;
}

/** As in Istio: requests under way when a listener changes are cut after it. */
const usualListenerDrainMs = 45_000;

/** An Envoy whose options were looked at, not started yet. */
export interface PreparedEnvoy {
  /** Fetches the bootstrap, however long that takes, and starts Envoy. */
  start(facts: Pick<ProxyFacts, "readinessPort" | "sidecar">): Promise<Agent>;
}

/** Everything that can be wrong with the options is found before the control plane is asked. */
export async function prepareEnvoy(proxy: NamedProxy, options: EnvoyOptions, { logger, signal }: Surroundings, closers: Closers): Promise<PreparedEnvoy> {
  const cpAddress = requireAddress(options, logger);
  const { caPem, envoyPath, envoyLogLevel, envoyArgs, drainMs, leastDrainMs, listenerDrainMs = usualListenerDrainMs, sotw } = options;
  const envoy = await readEnvoyVersion(envoyPath).catch((error: unknown) => {
    throw new CommandFailure(exitStatus.unavailable, `--envoy-path: cannot run ${envoyPath}: ${messageOf(error)}`);
  });
  const folder = await makeFolder(options);
  closers.add(() => folder.remove());
  const token = await copyToken(options, folder, logger);
  closers.add(() => Promise.resolve(token?.close()));
  const known = {
    ...proxy, ...(caPem === undefined ? {} : { caPem }), ...(token === undefined ? {} : { tokenSecretPath: token.secretPath }),
    envoy, adminSocketPath: folder.pathOf("admin.sock"), agentVersion: version, workdir: folder.path, sotw,
  };
  return {
    async start(facts) {
      const request = bootstrapRequestOf({ ...known, ...facts });
      const source = { cpAddress, ...(caPem === undefined ? {} : { caPem }), token: async () => await token?.read(), request, logger, signal };
      const bootstrap = await fetchBootstrap(source).catch((error: unknown) => {
        throw asFailure(error, cpAddress);
      });
      return await startAgent({ bootstrap, folder, envoyPath, envoyLogLevel, envoyArgs, drainMs, ...(leastDrainMs === undefined ? {} : { leastDrainMs }), listenerDrainMs, logger });
    },
  };
}

function requireAddress({ cpAddress }: EnvoyOptions, logger: AgentLog): string {
  const parsed = parseAddress(cpAddress);
  if ("error" in parsed) throw new CommandFailure(exitStatus.usage, `--cp-address: ${parsed.error}`);
  if (isPlainOffMachine(parsed.address)) logger.warn({ cpAddress }, "the control plane is asked in plain text: whoever is on the way can read the token and change what it says");
  return parsed.address;
}

async function makeFolder({ workDir, ownsWorkDir = false }: EnvoyOptions): Promise<AgentFolder> {
  return await createAgentFolder(workDir, { alone: workDir !== undefined && ownsWorkDir }).catch((error: unknown) => {
    throw new CommandFailure(exitStatus.unavailable, `--work-dir: ${messageOf(error)}`);
  });
}

async function copyToken({ tokenFile }: EnvoyOptions, folder: AgentFolder, logger: AgentLog): Promise<TokenCopy | undefined> {
  if (tokenFile === undefined) return undefined;
  return await createTokenCopy(tokenFile, folder, logger).catch((error: unknown) => {
    throw new CommandFailure(exitStatus.usage, `--token-file: ${messageOf(error)}`);
  });
}

function asFailure(error: unknown, cpAddress: string): unknown {
  return error instanceof BootstrapRefused ? new CommandFailure(exitStatus.denied, `the control plane at ${cpAddress} refuses this proxy: ${error.message}`) : error;
}
