import { injectPod, type InjectionNamespace } from "../../core/injection/inject-pod.ts";
import type { InjectionSettings } from "../../core/injection/settings.ts";
import type { Judgement } from "../../core/kubernetes/admission/answer-review.ts";
import { patchBetween } from "../../core/kubernetes/admission/patch-between.ts";
import type { AskedObject } from "../../core/kubernetes/admission/read-review.ts";
import { readPodTemplate } from "../../core/probe/read-pod.ts";

/** What the injector has to know. */
export interface InjectorOptions {
  /** The settings that hold now. @throws CannotAnswer where there are none. */
  settings(): Promise<InjectionSettings>;
  /** What the Namespace says: as it was last told of, or, `fresh`, as it is at this moment. @throws CannotAnswer where that cannot be read. */
  namespace(name: string, how: { readonly fresh: boolean }): Promise<InjectionNamespace>;
}

/** What became of a pod. */
export interface InjectionAnswer extends Judgement {
  readonly outcome: "injected" | "left" | "refused";
  /** Why it was left as it is. */
  readonly reason?: string;
}

/**
 * What the mutating webhook makes of what it is asked about: of a pod that is created one with its sidecar, as a patch; of anything else
 * nothing. It does nothing besides answering, so that a dry run is answered as any other.
 *
 * @throws CannotAnswer when settings or namespace cannot be had.
 */
export async function injectAsked(asked: AskedObject, options: InjectorOptions): Promise<InjectionAnswer> {
  const { group, kind, operation, subresource } = asked;
  if (group !== "" || kind !== "Pod") return left(`only pods get sidecars, not a ${kind}`, [`only pods get sidecars, not ${kind}: the webhook is asked in vain`]);
  if (operation !== "CREATE" || subresource !== "") return left("the pod is there already");
  const read = readPodTemplate(asked.object);
  if (!read.ok) return { outcome: "refused", violations: read.violations, warnings: [] };
  const settings = await options.settings();
  const known = injectPod(read.pod, await options.namespace(asked.namespace, { fresh: false }), settings);
  // A pod can be created faster than the label of its namespace is told of.
  const { outcome, pod, reason, violations, warnings } = known.outcome === "left" ? injectPod(read.pod, await options.namespace(asked.namespace, { fresh: true }), settings) : known;
  if (outcome === "left") return left(reason, warnings);
  return { outcome, violations, warnings, patch: pod === read.pod ? [] : patchBetween(asked.object, pod) };
}

function left(reason: string | undefined, warnings: readonly string[] = []): InjectionAnswer {
  return { outcome: "left", violations: [], warnings, ...(reason === undefined ? {} : { reason }) };
}
