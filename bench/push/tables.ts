import type { Table } from "../result.ts";
import type { Measured } from "./measure.ts";
import type { PushRun } from "./push-bench.ts";

/** Time, CPU and memory until every proxy has its first configuration. */
export function firstTable(runs: readonly PushRun[]): Table {
  const row = (run: PushRun, { server, first }: Measured): string[] => [
    ...size(run),
    server,
    (first.allMs / 1000).toFixed(2),
    first.cpuS.toFixed(2),
    mib(first.bytes),
    first.rssMiB.toFixed(0),
    first.rssPerProxyKiB.toFixed(0),
  ];
  return {
    title: "First configuration",
    columns: ["N × S", "variant", "server", "all N, s", "CPU s", "MiB sent", "memory MiB", "KiB a proxy"],
    rows: runs.flatMap((run) => measuredOf(run).map((measured) => row(run, measured))),
    notes: [
      "N proxies connect at once, each calls all S services. Memory is the resident memory of the server's process afterwards; KiB a proxy is its growth while " +
        "they connected, by the proxy (for few proxies it is mostly the runtime warming up).",
    ],
  };
}

/** An edit of the one policy, which changes every cluster of every proxy. */
export function changeTable(runs: readonly PushRun[]): Table {
  const row = (run: PushRun, { server, change }: Measured): string[] => [
    ...size(run),
    server,
    ...[change.latencyMs.p50, change.latencyMs.p99, change.latencyMs.max, change.allMs].map((ms) => ms.toFixed(1)),
    change.cpuS.toFixed(3),
    change.clientCpuS.toFixed(3),
    mib(change.bytes),
    change.messages.toFixed(0),
    change.rssMiB.toFixed(0),
  ];
  const times = ["p50 ms", "p99 ms", "max ms", "all N ms"];
  return {
    title: "A policy edit that changes every cluster",
    columns: ["N × S", "variant", "server", ...times, "CPU s", "clients' CPU s", "MiB sent", "messages", "memory MiB"],
    rows: runs.flatMap((run) => measuredOf(run).map((measured) => row(run, measured))),
    notes: [
      "Milliseconds from the start of the write to a proxy holding the new interval in all its clusters, read from the bytes that it received; quantiles over all proxies and edits. " +
        "`all N` is the mean time to the last proxy. CPU, bytes and messages are means for one edit. For probeplane the write is an HTTP PUT, validated and committed to its store; the " +
        "references are told by a bare HTTP POST.",
      "`bare stream` is grpc-js writing the same bytes to the same clients, without any logic. `go-control-plane` is its snapshot cache with the same resources and the same edit; it does not " +
        "send the endpoints after a changed cluster, which Envoy waits for, so it sends less.",
    ],
  };
}

/** What probeplane takes, as a multiple of what the references take in the same run. */
export function ratioTable(runs: readonly PushRun[], absent: string | undefined): Table {
  const row = (run: PushRun): string[] => {
    const { probeplane, bareStream, goControlPlane } = run;
    return [...size(run), ...ratios(probeplane, bareStream), ...(goControlPlane === undefined ? ["–", "–", "–"] : ratios(probeplane, goControlPlane))];
  };
  const columns = ["time ÷ bare", "CPU ÷ bare", "first ÷ bare", "time ÷ go-control-plane", "CPU ÷ go-control-plane", "first ÷ go-control-plane"];
  return {
    title: "Ratios within one run",
    columns: ["N × S", "variant", ...columns],
    rows: runs.map(row),
    notes: ["Time is the mean time until all N hold an edit, CPU that of one edit, first the time until all N have their first configuration.", ...(absent === undefined ? [] : [absent])],
  };
}

/** A Kuma 3.0-dev control plane on a machine of 2 cores, delta, same sizes, same kind of edit: published beside the goals of this bench. */
const peer: Readonly<Record<string, { readonly first: string; readonly memory: string; readonly change: string; readonly cpu: string; readonly sent: string }>> = {
  "10 × 10": { first: "0.3–0.6", memory: "106", change: "900–1200 / 1800", cpu: "0.08", sent: "0.12" },
  "100 × 10": { first: "6.5–7", memory: "195", change: "800–1000 / 1600", cpu: "0.7–1.0", sent: "5.0" },
  "100 × 100": { first: "4–8", memory: "380–450", change: "1600–4100 / 2800–7500", cpu: "3.6–5.0", sent: "11.8" },
  "500 × 10": { first: "24–25", memory: "615–676", change: "4900–5500 / 6500–15000", cpu: "11", sent: "111" },
  "500 × 100": { first: "36", memory: "1700", change: "15000 / 30000", cpu: "35", sent: "145" },
  "1000 × 10": { first: "57–61", memory: "1700–2100", change: "11000–41000 / 18000–49000", cpu: "36–95", sent: "437" },
};

/** Each size in delta beside the peer's figures. */
export function peerTable(runs: readonly PushRun[]): Table {
  const rows = runs.filter(({ mode }) => mode === "delta").flatMap((run) => {
    const theirs = peer[`${String(run.proxies)} × ${String(run.services)}`];
    if (theirs === undefined) return [];
    const { first, change } = run.probeplane;
    const { p50, p99 } = change.latencyMs;
    const ours = [(first.allMs / 1000).toFixed(2), first.rssMiB.toFixed(0), `${p50.toFixed(1)} / ${p99.toFixed(1)}`, change.cpuS.toFixed(3), mib(change.bytes)];
    return [[size(run)[0] ?? "", "probeplane", ...ours], ["", "Kuma 3.0-dev", theirs.first, theirs.memory, theirs.change, theirs.cpu, theirs.sent]];
  });
  return {
    title: "Beside Kuma",
    columns: ["N × S", "control plane", "first, s", "memory MiB", "change p50 / p99 ms", "CPU s a change", "MiB a change"],
    rows,
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

function size({ proxies, services, mode }: PushRun): string[] {
  return [`${String(proxies)} × ${String(services)}`, mode];
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(2);
}
