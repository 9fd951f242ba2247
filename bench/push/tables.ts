import type { Table } from "../result.ts";
import { perProxyKiB } from "./goals.ts";
import { peerRows } from "./peer.ts";
import type { Measured, Memory, PushRun } from "./push-run.ts";
import { mib, sizeText } from "./units.ts";

/** Time, CPU and memory until every proxy has its first configuration. */
export function firstTable(runs: readonly PushRun[]): Table {
  const row = (run: PushRun, { server, first }: Measured): string[] => [
    ...sizeAndMode(run),
    server,
    (first.allMs / 1000).toFixed(2),
    ...[first.cpuS, first.clientCpuS].map((s) => s.toFixed(2)),
    first.othersPercent.toFixed(0),
    mib(first.bytes),
    first.rssMiB.toFixed(0),
  ];
  return {
    title: "First configuration",
    columns: ["N × S", "variant", "server", "all N, s", "CPU s", "clients' CPU s", "others %", "MiB sent", "memory MiB"],
    rows: runs.flatMap((run) => measuredOf(run).map((measured) => row(run, measured))),
    notes: [
      "N proxies connect at once, each calls all S services. Memory is the resident memory of the server's process afterwards. The clients are one process: where their CPU time comes near " +
        "the time that all N take, it is they who are the limit.",
    ],
  };
}

/** An edit of the one policy, which changes every cluster of every proxy. */
export function changeTable(runs: readonly PushRun[]): Table {
  const row = (run: PushRun, { server, change }: Measured): string[] => [
    ...sizeAndMode(run),
    server,
    ...[change.latencyMs.p50, change.latencyMs.p99, change.latencyMs.max, change.allMs].map((ms) => ms.toFixed(1)),
    ...[change.cpuS, change.clientCpuS].map((s) => s.toFixed(3)),
    change.othersPercent.toFixed(0),
    mib(change.bytes),
    change.messages.toFixed(0),
    change.rssMiB.toFixed(0),
  ];
  const times = ["p50 ms", "p99 ms", "max ms", "all N ms"];
  return {
    title: "A policy edit that changes every cluster",
    columns: ["N × S", "variant", "server", ...times, "CPU s", "clients' CPU s", "others %", "MiB sent", "messages", "memory MiB"],
    rows: runs.flatMap((run) => measuredOf(run).map((measured) => row(run, measured))),
    notes: [
      "Milliseconds from the start of the write to a proxy holding the new interval in all its clusters, read from the bytes that it received; quantiles over all proxies and edits, the first " +
        "included. `all N` is the time to the last proxy, median of the edits. CPU, bytes and messages are means for one edit. For probeplane the write is an HTTP PUT, validated and " +
        "committed to its store; the references are told by a bare HTTP POST.",
      "`bare stream` is grpc-js writing the same bytes to the same clients, without any logic. `go-control-plane` is its snapshot cache with the same resources and the same edit, on as many " +
        "cores as there are; it does not send the endpoints after a changed cluster, which Envoy waits for, so it sends less.",
      "Others: what all that has no part in the bench took of the machine's CPU. Where it is not small the times say little; CPU and bytes still do.",
    ],
  };
}

/** What probeplane takes, as a multiple of what the references take in the same run; `missing` says why one is not there. */
export function ratioTable(runs: readonly PushRun[], missing: string | undefined): Table {
  const row = (run: PushRun): string[] => {
    const { probeplane, bareStream, goControlPlane } = run;
    return [...sizeAndMode(run), ...ratios(probeplane, bareStream), ...(goControlPlane === undefined ? ["–", "–", "–"] : ratios(probeplane, goControlPlane))];
  };
  const columns = ["time ÷ bare", "CPU ÷ bare", "first ÷ bare", "time ÷ go-control-plane", "CPU ÷ go-control-plane", "first ÷ go-control-plane"];
  return {
    title: "Ratios within one run",
    columns: ["N × S", "variant", ...columns],
    rows: runs.map(row),
    notes: [
      "Time is the time until all N hold an edit, CPU that of one edit, first the time until all N have their first configuration.",
      ...(missing === undefined ? [] : [`go-control-plane was left out: ${missing}.`]),
    ],
  };
}

/** What the control plane holds resident. */
export function memoryTable(memories: readonly Memory[]): Table {
  const row = (memory: Memory): string[] => [
    sizeText(memory),
    ...[memory.loadedMiB, memory.connectedMiB].map((each) => each.toFixed(0)),
    perProxyKiB(memory).toFixed(0),
    String(memory.edits),
    memory.peakMiB.toFixed(0),
    memory.idleCpuPercent.toFixed(2),
  ];
  return {
    title: "Memory of the control plane, and idling",
    columns: ["N × S", "World loaded MiB", "N connected MiB", "KiB a proxy", "edits", "peak MiB", "idle, % of a core"],
    rows: memories.map(row),
    notes: [
      "Delta. Loaded: started on a store that holds the World, nobody connected. Connected: all N have acknowledged their first configuration; KiB a proxy is what this added. Peak: the most " +
        "that was resident at any time until so many edits had been made, one after the other, in every cluster.",
    ],
  };
}

/** Each size in delta beside the peer's figures. */
export function peerTable(runs: readonly PushRun[]): Table {
  return {
    title: "Beside Kuma",
    columns: ["N × S", "control plane", "first, s", "memory MiB", "change p50 / p99 ms", "CPU s a change", "MiB a change"],
    rows: runs.filter(({ mode }) => mode === "delta").flatMap(peerRows),
    notes: [
      "Kuma's figures were measured on another day on a machine of the same size (2 cores shared with the load generator; universal mode, delta, TLS with a token, memory store, default settings); " +
        "probeplane's are those above, in plain text on loopback.",
    ],
  };
}

function measuredOf({ probeplane, bareStream, goControlPlane }: PushRun): Measured[] {
  return goControlPlane === undefined ? [probeplane, bareStream] : [probeplane, bareStream, goControlPlane];
}

function ratios(ours: Measured, theirs: Measured): string[] {
  const pairs: [number, number][] = [
    [ours.change.allMs, theirs.change.allMs],
    [ours.change.cpuS, theirs.change.cpuS],
    [ours.first.allMs, theirs.first.allMs],
  ];
  return pairs.map(([a, b]) => (b === 0 ? "–" : (a / b).toFixed(2)));
}

function sizeAndMode(run: PushRun): string[] {
  return [sizeText(run), run.mode];
}
