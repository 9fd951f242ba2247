import type { Quantiles } from "../quantiles.ts";
import type { WorldSize } from "./world.ts";

/** The two variants of xDS. */
export type Mode = "delta" | "sotw";

/** One size in one protocol variant: the control plane, and the references beside it. */
export interface PushRun extends WorldSize {
  readonly mode: Mode;
  readonly probeplane: Measured;
  readonly bareStream: Measured;
  /** Undefined where it cannot be built. */
  readonly goControlPlane: Measured | undefined;
}

/** What one server took. */
export interface Measured {
  readonly server: string;
  readonly first: First;
  readonly change: Change;
}

/** From the first connection until every proxy has its full configuration. */
export interface First extends Used {
  /** Milliseconds until the last proxy had its full configuration. */
  readonly allMs: number;
}

/** An edit of the policy: means for one edit, unless said otherwise. */
export interface Change extends Used {
  /** Milliseconds from the start of the write to a proxy holding it in every cluster, over all proxies and edits. */
  readonly latencyMs: Quantiles;
  /** Milliseconds until the last proxy held it: median of the edits. */
  readonly allMs: number;
}

/** What was used meanwhile, until all was quiet again. */
export interface Used {
  readonly cpuS: number;
  readonly clientCpuS: number;
  /** CPU of everything else, in percent of the whole machine: where it is not small, the times say little. */
  readonly othersPercent: number;
  readonly bytes: number;
  readonly messages: number;
  /** Resident memory of the server at the end. */
  readonly rssMiB: number;
}

/** What a control plane holds resident as it fills up. */
export interface Memory extends WorldSize {
  /** With the World loaded from its store, and nobody connected. */
  readonly loadedMiB: number;
  /** With every proxy connected and its first configuration acknowledged. */
  readonly connectedMiB: number;
  readonly edits: number;
  /** The most that it held at any time while the policy was edited so often. */
  readonly peakMiB: number;
  /** CPU while nothing happens and everybody is connected, in percent of a core. */
  readonly idleCpuPercent: number;
}
