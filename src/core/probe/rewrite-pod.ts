import type { Violation } from "../base/violation.ts";
import type { PodTemplate } from "./pod-spec.ts";
import { statusPortOf } from "./status-port.ts";

export interface RewriteOptions {
  /** Name of the container that the agent runs in: among `containers`, else among `initContainers`. */
  readonly sidecarName: string;
  /** What holds for a pod whose annotation says nothing. */
  readonly rewriteByDefault: boolean;
  /** The agent's port when no annotation names one: 15020. */
  readonly defaultStatusPort: number;
}

export interface RewrittenPod {
  /** The very pod that was given when nothing changes. */
  readonly pod: PodTemplate;
  /** What its author should know: a line each, naming container and probe. */
  readonly warnings: readonly string[];
  /** Why it cannot be done; then the pod is the one that was given. */
  readonly violations: readonly Violation[];
}

/** Points a pod's probes and hooks at the agent beside it and hands the agent what they were. */
export function rewritePod(pod: PodTemplate, options: RewriteOptions): RewrittenPod {
  const status = statusPortOf(pod, options.defaultStatusPort);
  return { pod, warnings: [], violations: status.ok ? [] : [status.violation] };
}
