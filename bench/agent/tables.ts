import type { Quantiles } from "../quantiles.ts";
import { type BenchResult, goalAtMost, type Table } from "../result.ts";
import type { AgentSize } from "./agent-bench.ts";
import type { Holding } from "./left-behind.ts";

export interface KindCost {
  readonly what: string;
  readonly probesPerS: number;
  /** CPU time of the agent, or of the proxy, for a probe. */
  readonly cpuUs: number;
}

export interface AgentFigures {
  readonly direct: Quantiles;
  readonly bare: Quantiles;
  readonly agent: Quantiles;
  /** The bare proxy first, then the agent over HTTP. */
  readonly costs: readonly KindCost[];
  readonly before: Holding;
  readonly after: Holding;
}

const extraP99Ms = 1;
const probesPerCoreS = 2000;

export function describeAgent(size: AgentSize, figures: AgentFigures): BenchResult {
  const { direct, bare, agent, costs, before, after } = figures;
  const [bareCost, agentCost] = costs;
  const more = (of: keyof Omit<Holding, "rssMiB">): number => Math.max(0, after[of] - before[of]);
  return {
    tables: [timesTable(size, figures), costsTable(size, costs), leftTable(size, before, after)],
    goals: [
      goalAtMost("HTTP probe through the agent: more than the app's own answer, p99", extraP99Ms, agent.p99 - direct.p99, "ms"),
      goalAtMost("HTTP probe through the agent: p99 ÷ bare proxy", 1.5, agent.p99 / bare.p99, ""),
      goalAtMost(`HTTP probe through the agent: CPU (${probesPerCoreS} a second on one core)`, 1e6 / probesPerCoreS, agentCost?.cpuUs ?? Infinity, "µs"),
      goalAtMost("HTTP probe through the agent: CPU ÷ bare proxy", 1.5, (agentCost?.cpuUs ?? Infinity) / (bareCost?.cpuUs ?? 0), ""),
      goalAtMost(`${size.endurance} probes: connections and handles left`, 0, more("descriptors") + more("handles"), ""),
      goalAtMost(`${size.endurance} probes: ports of the source address left in use`, 0, after.ports, ""),
    ],
    warnings: [],
  };
}

function timesTable({ rounds }: AgentSize, { direct, bare, agent }: AgentFigures): Table {
  const row = (what: string, { p50, p99, max }: Quantiles): readonly string[] =>
    [what, ...[p50, p99, max, p50 - direct.p50, p99 - direct.p99].map((ms) => ms.toFixed(2))];
  return {
    title: "The agent: an HTTP probe",
    columns: ["ms", "p50", "p99", "max", "p50 more", "p99 more"],
    rows: [row("the app itself", direct), row("through a bare proxy", bare), row("through the agent", agent)],
    notes: [`${rounds} probes of each, in turn, one after the other, each on a connection of its own, as a kubelet makes them. The bare proxy is Node's server and Node's client and nothing else.`],
  };
}

function costsTable({ probes }: AgentSize, costs: readonly KindCost[]): Table {
  return {
    title: "The agent: what a probe costs",
    columns: ["", "probes/s", "CPU µs a probe", "probes/s of a core"],
    rows: costs.map(({ what, probesPerS, cpuUs }) => [what, probesPerS.toFixed(0), cpuUs.toFixed(0), (1e6 / cpuUs).toFixed(0)]),
    notes: [`${probes} probes of each kind, eight at a time. The first column is what this machine did with the app and the one who asks on it as well; the others are of the process that is measured alone.`],
  };
}

function leftTable({ endurance }: AgentSize, before: Holding, after: Holding): Table {
  const row = (what: string, { descriptors, handles, ports, timeWaits, rssMiB }: Holding): readonly string[] =>
    [what, ...[descriptors, handles, ports, timeWaits].map(String), rssMiB.toFixed(0)];
  return {
    title: "The agent: what probes leave behind",
    columns: ["", "descriptors", "handles", "ports of 127.0.0.6", "of these TIME_WAIT", "memory MiB"],
    rows: [row("before", before), row(`after ${endurance} probes`, after)],
    notes: ["Of ten probes, eight are HTTP, one TCP, one gRPC."],
  };
}
