import type { Agent } from "../edge/agent/agent.ts";
import { createReadinessServer } from "../edge/agent/readiness.ts";
import { formatListenAddress, type ListenAddress } from "../edge/config/listen-address.ts";
import { createClosers } from "./closers.ts";
import { listenOrFail } from "./listen.ts";
import { prepareEnvoy } from "./prepare-envoy.ts";
import { readProxy } from "./read-proxy.ts";
import type { PreparedProxy, Surroundings } from "./run-proxy.ts";

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

export async function prepareProxy(options: ProxyCommandOptions, envoyArgs: readonly string[], around: Surroundings): Promise<PreparedProxy> {
  const { caCertFile, tokenFile, cpAddress, envoyPath, envoyLogLevel, workDir, sotw = false, drainTime: drainMs, readinessListen } = options;
  const caPem = caCertFile === undefined ? undefined : await around.readFile(caCertFile, "--ca-cert-file");
  const proxy = await readProxy(options, around.readFile);
  const closers = createClosers();
  try {
    const given = { ...(caPem === undefined ? {} : { caPem }), ...(tokenFile === undefined ? {} : { tokenFile }), ...(workDir === undefined ? {} : { workDir }) };
    const envoy = await prepareEnvoy(proxy, { cpAddress, envoyPath, envoyLogLevel, envoyArgs, drainMs, sotw, ...given }, around, closers);
    let agent: Agent | undefined;
    const readiness = createReadinessServer(async () => (agent === undefined ? "waiting for the bootstrap" : await agent.notReady()));
    const { port: readinessPort } = await listenOrFail("--readiness-listen", readinessListen, () => readiness.listen(readinessListen));
    closers.add(() => readiness.close());
    return {
      lines: [`proxy ${proxy.mesh}.${proxy.name}`, `readiness  http://${formatListenAddress({ host: readinessListen.host, port: readinessPort })}/ready`],
      start: async () => (agent = await envoy.start({ readinessPort })),
      close: () => closers.closeAll(),
    };
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
}
