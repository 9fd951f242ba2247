import { labelOf } from "../base/labels.ts";
import { probeAnnotations } from "./annotations.ts";
import type { PodTemplate } from "./pod-spec.ts";

/** As Go's `strconv.ParseBool` reads it, which Istio uses. */
const spellings: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "T", "TRUE", "true", "True"].map((text) => [text, true] as const),
  ...["0", "f", "F", "FALSE", "false", "False"].map((text) => [text, false] as const),
]);

/** Whether a pod's probes are to be rewritten: its own word, else the default. A word that says neither is told. */
export function wantsRewrite({ metadata }: PodTemplate, byDefault: boolean): { readonly wanted: boolean; readonly warnings: readonly string[] } {
  const text = labelOf(metadata?.annotations, probeAnnotations.rewriteProbers);
  if (text === undefined) return { wanted: byDefault, warnings: [] };
  const said = spellings.get(text);
  if (said !== undefined) return { wanted: said, warnings: [] };
  const instead = `what holds for all pods, ${byDefault ? '"true"' : '"false"'}, holds for this one`;
  return { wanted: byDefault, warnings: [`annotation ${probeAnnotations.rewriteProbers}: ${JSON.stringify(text)} is neither "true" nor "false"; ${instead}`] };
}
