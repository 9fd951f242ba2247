import { withoutUndefined } from "../core/base/without-undefined.ts";
import { agentVariables } from "../core/injection/agent-variables.ts";
import { CommandFailure, exitStatus } from "./exit-status.ts";
import type { EnvoyOptions } from "./prepare-envoy.ts";
import type { NamedProxy } from "./read-proxy.ts";
import type { Surroundings } from "./run-proxy.ts";

/** Environment variables by name. */
export type AgentEnvironment = Readonly<Record<string, string | undefined>>;

export interface AgentCommandOptions {
  readonly mesh: string;
  readonly name?: string;
  readonly podIp?: string;
  readonly cpAddress: string;
  readonly caCertFile?: string;
  readonly tokenFile?: string;
  readonly statusPort: number;
  readonly healthPort: number;
  readonly prometheusPort: number;
  readonly envoyPath: string;
  readonly envoyLogLevel: string;
  readonly envoyComponentLogLevel?: string;
  /** 0: one for each core. */
  readonly concurrency?: number;
  readonly drainTime: number;
  readonly minimumDrainTime?: number;
  readonly listenerDrainTime?: number;
  readonly workDir?: string;
  readonly sotw?: boolean;
  readonly logFormat: "json" | "text";
}

/** The pod's own proxy, unless another name was given. */
export function proxyOf({ mesh, name }: AgentCommandOptions, env: AgentEnvironment): NamedProxy {
  const { podName, podNamespace } = agentVariables;
  const [pod = "", namespace = ""] = [env[podName], env[podNamespace]];
  const own = name ?? (pod === "" || namespace === "" ? undefined : `${pod}.${namespace}`);
  if (own === undefined) throw new CommandFailure(exitStatus.usage, `--name <name> is needed, or ${podName} and ${podNamespace}`);
  return { mesh, name: own };
}

export async function envoyOptionsOf(options: AgentCommandOptions, env: AgentEnvironment, { readFile }: Surroundings): Promise<EnvoyOptions> {
  const { cpAddress, caCertFile, tokenFile, envoyPath, envoyLogLevel, drainTime: drainMs, minimumDrainTime: leastDrainMs, listenerDrainTime: listenerDrainMs, workDir, sotw = false } = options;
  const given = caCertFile === undefined ? env[agentVariables.caCert] ?? "" : await readFile(caCertFile, "--ca-cert-file");
  return {
    cpAddress, envoyPath, envoyLogLevel, drainMs, sotw,
    envoyArgs: envoyArgs(options, env),
    ...withoutUndefined({ leastDrainMs, listenerDrainMs }),
    ...(given === "" ? {} : { caPem: given }),
    ...(tokenFile === undefined ? {} : { tokenFile }),
    ...(workDir === undefined ? {} : { workDir, ownsWorkDir: true }),
  };
}

function envoyArgs({ concurrency, envoyComponentLogLevel = "" }: AgentCommandOptions, env: AgentEnvironment): readonly string[] {
  const threads = concurrency ?? coresOf(env[agentVariables.cpuLimit]);
  return [
    ...(threads === 0 ? [] : ["--concurrency", String(threads)]),
    ...(envoyComponentLogLevel === "" ? [] : ["--component-log-level", envoyComponentLogLevel]),
  ];
}

/** A limit that is none: as if there were none. */
function coresOf(text = ""): number {
  return /^\d{1,4}$/.test(text) ? Number(text) : 0;
}
