import type { KubernetesKeywords, SchemaRule } from "../base/json-schema.ts";

/** Longer texts are no durations that anybody writes. */
export const durationLimits: KubernetesKeywords = { maxLength: 64 };

const goDuration = "^[+-]?(0|(([0-9]+([.][0-9]*)?|[.][0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$";

/** Whether a text is a duration, as an expression; `duration()` of another ends in an error. */
export function isDuration(text: string): string {
  return `${text}.matches('${goDuration}')`;
}

/** Of a duration that is longer than nothing, and no shorter than a millisecond. */
export const durationRules: readonly SchemaRule[] = [
  { rule: `self.matches('${goDuration}')`, message: "must be a duration such as 500ms, 10s or 1m30s" },
  { rule: `!self.matches('${goDuration}') || duration(self) > duration('0s')`, message: "must be greater than zero when defined" },
  {
    rule: `!self.matches('${goDuration}') || duration(self) <= duration('0s') || duration(self) >= duration('1ms')`,
    message: "must be at least 1ms when defined",
  },
];

/** Of a duration that may be 0, and is otherwise no shorter than a millisecond. */
export const durationOrZeroRules: readonly SchemaRule[] = [
  { rule: isDuration("self"), message: "must be a duration such as 500ms, 10s or 1m30s" },
  { rule: `!${isDuration("self")} || duration(self) >= duration('0s')`, message: "must not be negative when defined" },
  {
    rule: `!${isDuration("self")} || duration(self) <= duration('0s') || duration(self) >= duration('1ms')`,
    message: "must be 0 or at least 1ms when defined",
  },
];

export const positiveRules: readonly SchemaRule[] = [{ rule: "self > 0", message: "must be greater than zero when defined" }];

/** Of a whole number between two others, both included. */
export function rangeRules(least: number, most: number): readonly SchemaRule[] {
  return [{ rule: `self >= ${least} && self <= ${most}`, message: `must be in inclusive range [${least}, ${most}]` }];
}
