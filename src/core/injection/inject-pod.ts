import type { Violation } from "../base/violation.ts";
import type { Labels } from "../model/resource.ts";
import { decideSidecar, wordFor } from "../kubernetes/sidecar-decision.ts";
import { ourContainers, sidecarOf, type SidecarOf } from "../kubernetes/sidecar-of.ts";
import type { ContainerSpec, PodTemplate } from "../probe/pod-spec.ts";
import { rewritePod } from "../probe/rewrite-pod.ts";
import { addSidecar } from "./add-sidecar.ts";
import { isCustomization } from "./customized.ts";
import { drainWarnings } from "./drain-times.ts";
import { ordered } from "./ordered.ts";
import { podSettings, type PodSettings } from "./pod-settings.ts";
import { clashWarnings, inertWarnings, securityWarning, unknownAnnotations, wordWarnings } from "./pod-warnings.ts";
import type { InjectionSettings } from "./settings.ts";
import { volumeNames } from "./sidecar-volumes.ts";

/** What a Namespace says for its pods. */
export interface InjectionNamespace {
  readonly name: string;
  readonly labels?: Labels;
  readonly annotations?: Labels;
}

/**
 * - `injected`: the pod as it has to be, with the sidecar. Identical to the one given when it has all of that already.
 * - `left`: the pod as it was; `reason` says why.
 * - `refused`: the pod as it was; it cannot be as its author wants it, for all `violations`.
 */
export interface Injection {
  readonly outcome: "injected" | "left" | "refused";
  readonly pod: PodTemplate;
  /** For `left`: one sentence without a full stop. */
  readonly reason?: string;
  /** Things that its author may not expect; each names the field that it is about. */
  readonly warnings: readonly string[];
  readonly violations: readonly Violation[];
}

/** Kubernetes' own; what keeps a cluster alive is never made to depend on a sidecar. */
const kubernetesNamespaces: readonly string[] = ["kube-system", "kube-public", "kube-node-lease"];

/**
 * Puts the sidecar into a pod, or into the template of one. Asked again about what it gave, it gives that; containers that somebody
 * else added in between are taken care of.
 */
export function injectPod(pod: PodTemplate, namespace: InjectionNamespace, settings: InjectionSettings): Injection {
  const sidecar = sidecarOf(pod);
  const words = wordWarnings(pod.metadata);
  const unwanted = whyNot(pod, namespace, settings, sidecar);
  if (unwanted !== undefined) return left(pod, unwanted, words);
  const other = otherSidecar(pod, settings, sidecar);
  if (other !== undefined) return left(pod, other, [...words, `${other}; it is left as it is, and nothing of it is rewritten`]);
  const read = podSettings(pod, settings);
  if (sidecar === "ours") return again(pod, read.settings);
  const warnings = [...words, ...unknownAnnotations(pod), ...read.warnings, ...clashWarnings(pod, read.settings), ...securityWarning(namespace, read.settings), ...inertWarnings(read.settings, settings), ...drainWarnings(pod, read.settings, settings)];
  const violations = [...read.violations, ...takenNames(pod, read.settings)];
  if (violations.length > 0) return { outcome: "refused", pod, warnings, violations };
  const added = addSidecar(pod, namespace, read.settings);
  return rewritten(pod, added.pod, [...warnings, ...added.warnings], read.settings);
}

function whyNot(pod: PodTemplate, namespace: InjectionNamespace, { enableNamespacesByDefault }: InjectionSettings, sidecar: SidecarOf | undefined): string | undefined {
  if (kubernetesNamespaces.includes(namespace.name)) return `pods of ${namespace.name} get no sidecar`;
  const wants = wordFor(namespace)?.value ?? enableNamespacesByDefault;
  const decision = decideSidecar(pod, wants || sidecar === "ours");
  if (!decision.wanted) return decision.reason;
  return isWindows(pod) ? "the pod runs on Windows, for which there is no sidecar" : undefined;
}

function isWindows({ spec }: PodTemplate): boolean {
  const [os, nodes] = [spec?.["os"], spec?.["nodeSelector"]] as readonly (Readonly<Record<string, unknown>> | undefined)[];
  return os?.["name"] === "windows" || nodes?.["kubernetes.io/os"] === "windows";
}

function otherSidecar(pod: PodTemplate, { sidecarName }: InjectionSettings, sidecar: SidecarOf | undefined): string | undefined {
  if (sidecar === "Istio" || sidecar === "Kuma") return `the pod has a sidecar of ${sidecar}'s already`;
  const named = containersOf(pod).find(({ name }) => name === sidecarName);
  if (sidecar === "ours" || (named === undefined ? sidecar === undefined : isCustomization(named))) return undefined;
  return `the pod has a container ${sidecarName}, a sidecar that somebody wrote`;
}

/** Nothing of a pod may be called as what is put in. */
function takenNames(pod: PodTemplate, { initName, redirected }: PodSettings): readonly Violation[] {
  const init = (pod.spec?.initContainers ?? []).findIndex(({ name }) => name === initName);
  const volumes = (pod.spec?.volumes ?? []).flatMap(({ name }, i) => (volumeNames.includes(name) ? [{ path: `spec.volumes[${i}].name`, message: `${name} is a volume of the sidecar; the pod's own needs another name` }] : []));
  if (init < 0 || !redirected) return volumes;
  return [{ path: `spec.initContainers[${init}].name`, message: `${initName} is the container that redirects to the sidecar; the pod's own needs another name` }, ...volumes];
}

/** A pod that has its sidecar, and that others may have added to since. */
function again(pod: PodTemplate, settings: PodSettings): Injection {
  const ours = ourContainers(pod);
  if (ours === undefined) return left(pod, "the pod has no sidecar", []);
  const places = { ...ours, held: settings.holdApplication, initFirst: settings.initFirst };
  return rewritten(pod, ordered(pod, places), [], { ...settings, sidecarName: ours.sidecar });
}

/** The last step in any case: it sees all containers, those of others too. */
function rewritten(before: PodTemplate, pod: PodTemplate, warnings: readonly string[], { sidecarName, rewriteAppHTTPProbe, statusPort }: PodSettings): Injection {
  const result = rewritePod(pod, { sidecarName, rewriteByDefault: rewriteAppHTTPProbe, defaultStatusPort: statusPort });
  const all = [...warnings, ...result.warnings];
  if (result.violations.length > 0) return { outcome: "refused", pod: before, warnings: all, violations: result.violations };
  return { outcome: "injected", pod: result.pod, warnings: all, violations: [] };
}

function left(pod: PodTemplate, reason: string, warnings: readonly string[]): Injection {
  return { outcome: "left", pod, reason, warnings, violations: [] };
}

function containersOf({ spec }: PodTemplate): readonly ContainerSpec[] {
  return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
}
