import type { PushRun } from "./push-run.ts";
import { mib, sizeText } from "./units.ts";

interface PeerFigures {
  readonly first: string;
  readonly memory: string;
  readonly change: string;
  readonly cpu: string;
  readonly sent: string;
}

/** A Kuma 3.0-dev control plane on a machine of 2 cores, delta, same sizes, same kind of edit: published beside the goals of this bench. */
const peer: Readonly<Record<string, PeerFigures>> = {
  "10 × 10": { first: "0.3–0.6", memory: "106", change: "900–1200 / 1800", cpu: "0.08", sent: "0.12" },
  "100 × 10": { first: "6.5–7", memory: "195", change: "800–1000 / 1600", cpu: "0.7–1.0", sent: "5.0" },
  "100 × 100": { first: "4–8", memory: "380–450", change: "1600–4100 / 2800–7500", cpu: "3.6–5.0", sent: "11.8" },
  "500 × 10": { first: "24–25", memory: "615–676", change: "4900–5500 / 6500–15000", cpu: "11", sent: "111" },
  "500 × 100": { first: "36", memory: "1700", change: "15000 / 30000", cpu: "35", sent: "145" },
  "1000 × 10": { first: "57–61", memory: "1700–2100", change: "11000–41000 / 18000–49000", cpu: "36–95", sent: "437" },
};

/** One size beside the peer's figures; nothing where there are none. */
export function peerRows(run: PushRun): string[][] {
  const theirs = peer[sizeText(run)];
  if (theirs === undefined) return [];
  const { first, change } = run.probeplane;
  const { p50, p99 } = change.latencyMs;
  const ours = [(first.allMs / 1000).toFixed(2), first.rssMiB.toFixed(0), `${p50.toFixed(1)} / ${p99.toFixed(1)}`, change.cpuS.toFixed(3), mib(change.bytes)];
  return [[sizeText(run), "probeplane", ...ours], ["", "Kuma 3.0-dev", theirs.first, theirs.memory, theirs.change, theirs.cpu, theirs.sent]];
}
