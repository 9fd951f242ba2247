import type { KubernetesKeywords, SchemaRule } from "../base/json-schema.ts";

/** Longer texts are no durations that anybody writes. */
export const durationLimits: KubernetesKeywords = { maxLength: 64 };

const goDuration = "^[+-]?(0|(([0-9]+([.][0-9]*)?|[.][0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$";

/** Of a duration that is longer than nothing, and no shorter than a millisecond. */
export const durationRules: readonly SchemaRule[] = [
  { rule: `self.matches('${goDuration}')`, message: "must be a duration such as 500ms, 10s or 1m30s" },
  { rule: `!self.matches('${goDuration}') || duration(self) > duration('0s')`, message: "must be greater than zero when defined" },
  {
    rule: `!self.matches('${goDuration}') || duration(self) <= duration('0s') || duration(self) >= duration('1ms')`,
    message: "must be at least 1ms when defined",
  },
];

export const positiveRules: readonly SchemaRule[] = [{ rule: "self > 0", message: "must be greater than zero when defined" }];

/** Of a whole number between two others, both included. */
export function rangeRules(least: number, most: number): readonly SchemaRule[] {
  return [{ rule: `self >= ${least} && self <= ${most}`, message: `must be in inclusive range [${least}, ${most}]` }];
}
