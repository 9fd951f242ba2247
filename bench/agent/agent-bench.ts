import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Prober } from "../../src/core/probe/prober.ts";
import { readUsage } from "../process-usage.ts";
import { type Spawned, spawnUntil } from "../push/served.ts";
import { type Quantiles, quantiles } from "../quantiles.ts";
import type { BenchResult } from "../result.ts";
import { ask, type Asked, askMany } from "./ask.ts";
import { readHolding } from "./left-behind.ts";
import { type AgentFigures, describeAgent, type KindCost } from "./tables.ts";

export interface AgentSize {
  /** Probes one after the other, for their times. */
  readonly rounds: number;
  /** Probes of each kind, several at a time, for their cost. */
  readonly probes: number;
  /** Probes after which nothing may be left behind. */
  readonly endurance: number;
  readonly onProgress: (line: string) => void;
}

const atATime = 8;
const paths = { http: "/app-health/http/readyz", https: "/app-health/https/readyz", tcp: "/app-health/tcp/readyz", grpc: "/app-health/grpc/readyz" };

/** What it costs to ask an app through the agent, beside asking it oneself and through the barest proxy that does so. */
export async function runAgent(size: AgentSize): Promise<BenchResult> {
  if (!existsSync("/proc/net/tcp")) return { tables: [], goals: [], warnings: ["agent: not measured, this machine has no /proc"] };
  const running: Spawned[] = [];
  const start = async (...args: readonly string[]): Promise<{ readonly pid: number; readonly ports: Readonly<Record<string, number>> }> => {
    const spawned = await spawnUntil(process.execPath, ["--import=tsx", fileURLToPath(new URL("main.ts", import.meta.url)), ...args], (line) => line.startsWith("{"));
    running.push(spawned);
    return { pid: spawned.pid, ports: JSON.parse(spawned.line) as Record<string, number> };
  };
  try {
    const { ports: { http = 0, https = 0, grpc = 0 } } = await start("app");
    const bare = await start("bare", String(http));
    const probers = { [paths.http]: { httpGet: { path: "/healthz", port: http } }, [paths.https]: { httpGet: { port: https, scheme: "HTTPS" } }, [paths.tcp]: { tcpSocket: { port: http } }, [paths.grpc]: { grpc: { port: grpc, service: null } } } satisfies Record<string, Prober>;
    const agent = await start("agent", JSON.stringify(probers));
    return describeAgent(size, await measure(size, [http, https, grpc], serverOf(bare), serverOf(agent)));
  } finally {
    await Promise.all(running.map(({ stop }) => stop()));
  }
}

interface Server {
  readonly pid: number;
  readonly port: number;
}

function serverOf({ pid, ports }: { readonly pid: number; readonly ports: Readonly<Record<string, number>> }): Server {
  return { pid, port: ports["port"] ?? 0 };
}

async function measure({ rounds, probes, endurance, onProgress }: AgentSize, appPorts: readonly number[], bare: Server, agent: Server): Promise<AgentFigures> {
  const direct: Asked = { port: appPorts[0] ?? 0, path: "/healthz" };
  const throughBare: Asked = { port: bare.port, path: "/healthz" };
  const through = (kind: keyof typeof paths): Asked => ({ port: agent.port, path: paths[kind] });
  onProgress("agent: warm up");
  for (const each of [throughBare, through("http"), through("https"), through("tcp"), through("grpc")]) await askMany(Math.ceil(probes / 4), atATime, () => each);
  onProgress("agent: one probe after the other");
  const [directMs, bareMs, agentMs] = await timesInTurn([direct, throughBare, through("http")], rounds);
  const costs: KindCost[] = [];
  onProgress("agent: several at a time");
  costs.push(await costOf("bare proxy, HTTP", bare.pid, throughBare, probes));
  for (const kind of ["http", "tcp", "grpc", "https"] as const) costs.push(await costOf(`agent, ${kind}`, agent.pid, through(kind), probes));
  onProgress(`agent: ${endurance} probes`);
  const before = await readHolding(agent, appPorts);
  const mixed = [...Array<Asked>(8).fill(through("http")), through("tcp"), through("grpc")];
  await askMany(endurance, atATime, (i) => mixed[i % mixed.length] ?? direct);
  return { direct: directMs, bare: bareMs, agent: agentMs, costs, before, after: await readHolding(agent, appPorts) };
}

/** In turn, so that what else the machine does meets all alike. */
async function timesInTurn(which: readonly [Asked, Asked, Asked], rounds: number): Promise<readonly [Quantiles, Quantiles, Quantiles]> {
  const times: readonly [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    for (const [i, each] of which.entries()) times[i]?.push(await ask(each));
  }
  return [quantiles(times[0]), quantiles(times[1]), quantiles(times[2])];
}

async function costOf(what: string, pid: number, which: Asked, probes: number): Promise<KindCost> {
  const began = performance.now();
  const usedS = readUsage(pid).cpuS;
  await askMany(probes, atATime, () => which);
  return { what, probesPerS: (probes / (performance.now() - began)) * 1000, cpuUs: ((readUsage(pid).cpuS - usedS) / probes) * 1e6 };
}
