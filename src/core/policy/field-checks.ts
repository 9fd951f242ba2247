import { parseDuration } from "../base/duration.ts";
import { fieldPath } from "../base/field-path.ts";
import { asNumber, asString, ownField } from "../base/json.ts";
import type { Violation } from "../base/violation.ts";

/** What is wrong with a field's value, in Kuma's words; undefined: nothing, or its type is wrong, which the schema reports. */
export type FieldCheck = (value: unknown) => string | undefined;

/** One field under a check; `path` is where its object stands. */
export function checkField(fields: Readonly<Record<string, unknown>> | undefined, field: string, path: string, check: FieldCheck): readonly Violation[] {
  const message = check(ownField(fields, field));
  return message === undefined ? [] : [{ path: fieldPath(path, field), message }];
}

/** A duration that is more than nothing; Envoy knows nothing below a millisecond. */
export function positiveDurationProblem(value: unknown): string | undefined {
  const parsed = parseDuration(asString(value) ?? "");
  if (!parsed.ok) return undefined;
  if (parsed.ms <= 0) return "must be greater than zero when defined";
  return parsed.ms < 1 ? "must be at least 1ms when defined" : undefined;
}

/** A duration that may be 0, which switches something off. */
export function durationProblem(value: unknown): string | undefined {
  const parsed = parseDuration(asString(value) ?? "");
  if (!parsed.ok) return undefined;
  if (parsed.ms < 0) return "must not be negative when defined";
  return parsed.ms > 0 && parsed.ms < 1 ? "must be 0 or at least 1ms when defined" : undefined;
}

export function percentProblem(value: unknown): string | undefined {
  const number = asNumber(value);
  return number !== undefined && (number < 0 || number > 100) ? "must be in inclusive range [0, 100]" : undefined;
}

/** A share that may be written as a text (`"12.5"`). */
export function decimalPercentProblem(value: unknown): string | undefined {
  const number = readDecimal(value);
  if (Number.isNaN(number)) return "string must be a valid number";
  return number !== undefined && (number < 0 || number > 100) ? "must be in inclusive range [0.0, 100.0]" : undefined;
}

/** A number, or one written as a text. NaN for a text that is no number; undefined for what is neither. */
export function readDecimal(value: unknown): number | undefined {
  const text = asString(value);
  if (text === undefined) return asNumber(value);
  return /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
}
