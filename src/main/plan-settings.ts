import { Option } from "commander";
import { defaultPlanSettings, type DefaultRetries, type PlanSettings } from "../core/policy/plan-settings.ts";
import type { Config } from "../edge/config/config.ts";
import { flagOf } from "../edge/config/option.ts";
import { options } from "../edge/config/options.ts";

/** The same flag as that of `run`, for commands that plan without a server. */
export interface RetriesOptions {
  readonly retriesDefault: DefaultRetries;
}

export function defaultRetriesOption(): Option {
  const { doc, values } = options["retries.default"];
  return new Option(`${flagOf("retries.default")} <how>`, doc.replaceAll("`", "")).choices(values).default(defaultPlanSettings.defaultRetries);
}

/** What of a configuration decides what policies come to. */
export function planSettingsOf({ compatibility, retries }: Pick<Config, "compatibility" | "retries">): PlanSettings {
  return { compatibility, defaultRetries: retries.default };
}
