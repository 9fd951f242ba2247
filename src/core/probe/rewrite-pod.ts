import { fieldPath } from "../base/field-path.ts";
import type { Violation } from "../base/violation.ts";
import { probeAnnotations } from "./annotations.ts";
import { containersOf, findSidecar, type ContainerList } from "./find-sidecar.ts";
import type { ContainerSpec, PodTemplate } from "./pod-spec.ts";
import { probeSlots } from "./probe-slots.ts";
import type { Prober } from "./prober.ts";
import { probersOf, withProbers } from "./probers-variable.ts";
import { rewriteContainer, type PodRewriting } from "./rewrite-container.ts";
import { statusPortOf } from "./status-port.ts";
import { wantsRewrite } from "./wants-rewrite.ts";

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

/**
 * Points the probes and hooks of a pod's containers and native sidecars at the agent beside them, and hands the agent what they were
 * in `ISTIO_KUBE_APP_PROBERS`, as Istio's injector does. A pod without the sidecar stays as it is. Doing it again changes nothing:
 * what asks the agent already stays, what others have added or written anew since is rewritten too. What could never succeed behind
 * the agent stays as its author wrote it, with a warning.
 */
export function rewritePod(pod: PodTemplate, { sidecarName, rewriteByDefault, defaultStatusPort }: RewriteOptions): RewrittenPod {
  const sidecar = findSidecar(pod, sidecarName);
  if (sidecar === undefined) return { pod, warnings: [], violations: [] };
  const { wanted, warnings } = wantsRewrite(pod, rewriteByDefault);
  const known = probersOf(sidecar.container, sidecar.path);
  if (!wanted) return { pod, warnings: [...warnings, ...tooLate(pod, known.ok ? known.probers : new Map())], violations: [] };
  if (!known.ok) return { pod, warnings, violations: [known.violation] };
  const status = statusPortOf(pod, defaultStatusPort);
  const rewriting: PodRewriting = {
    pod,
    sidecarName,
    sidecar,
    statusPort: status.ok ? status.port : 0,
    known: known.probers,
    found: new Map(),
    warnings: [...warnings],
    seen: new Set(),
  };
  const rewritten = rewriteLists(pod, rewriting);
  if (rewritten === pod) return { pod, warnings: rewriting.warnings, violations: [] };
  const refusal = status.ok ? noPort(status.port) : status.violation;
  if (refusal !== undefined) return { pod, warnings: rewriting.warnings, violations: [refusal] };
  if (rewriting.found.size === 0) return { pod: rewritten, warnings: rewriting.warnings, violations: [] };
  const handed = withProbers(sidecar.container, new Map([...known.probers, ...rewriting.found]), sidecar.path);
  if (!handed.ok) return { pod, warnings: rewriting.warnings, violations: [handed.violation] };
  const list = (rewritten.spec?.[sidecar.list] ?? []).with(sidecar.index, handed.sidecar);
  return { pod: { ...rewritten, spec: { ...rewritten.spec, [sidecar.list]: list } }, warnings: rewriting.warnings, violations: [] };
}

function rewriteLists(pod: PodTemplate, rewriting: PodRewriting): PodTemplate {
  const spec = { ...pod.spec };
  for (const list of ["initContainers", "containers"] as const) {
    const containers = pod.spec?.[list];
    if (containers === undefined) continue;
    const rewritten = containers.map((container, index) => (isApp(container, list, rewriting) ? rewriteContainer(container, { list, index }, rewriting) : container));
    if (rewritten.some((container, i) => container !== containers[i])) spec[list] = rewritten;
  }
  const isSame = spec.containers === pod.spec?.containers && spec.initContainers === pod.spec?.initContainers;
  return isSame ? pod : { ...pod, spec };
}

/** Init containers that end are never probed. */
function isApp({ name, restartPolicy }: ContainerSpec, list: ContainerList, { sidecarName }: PodRewriting): boolean {
  return name !== sidecarName && (list === "containers" || restartPolicy === "Always");
}

function noPort(port: number): Violation | undefined {
  if (port !== 0) return undefined;
  const path = fieldPath("metadata.annotations", probeAnnotations.statusPort);
  const message = `is 0, so that no agent listens, and the probes of this pod are to be sent to it; name a port, or set ${probeAnnotations.rewriteProbers} to "false"`;
  return { path, message };
}

/** Probes that an earlier run has rewritten stay so: what they were is not known in full any more. */
function tooLate(pod: PodTemplate, known: ReadonlyMap<string, Prober>): readonly string[] {
  const paths = containersOf(pod).flatMap((container) => probeSlots.map((slot) => slot.read(container)?.httpGet?.path));
  const isRewritten = paths.some((path) => path !== undefined && known.has(path));
  return isRewritten ? ["the probes of this pod have been rewritten at an earlier time, and stay so: what they were is in them no more"] : [];
}
