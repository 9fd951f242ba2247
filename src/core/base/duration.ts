/** What reading a duration gives: milliseconds (with a fraction, if need be), or why not, in the words of Go's `time.ParseDuration`. */
export type DurationResult = { readonly ok: true; readonly ms: number } | { readonly ok: false; readonly error: string };

const unitNs: ReadonlyMap<string, bigint> = new Map([
  ["ns", 1n],
  ["us", 1_000n],
  ["\u00b5s", 1_000n],
  ["\u03bcs", 1_000n],
  ["ms", 1_000_000n],
  ["s", 1_000_000_000n],
  ["m", 60_000_000_000n],
  ["h", 3_600_000_000_000n],
]);

const tooMuch = 1n << 63n;

/**
 * Reads a duration as Go writes it: `1m30s`, `500ms`, `1.5h`, `-2s`, `0`. No days. Nanoseconds are kept as fractions of a
 * millisecond.
 */
export function parseDuration(text: string): DurationResult {
  const parsed = parseNanoseconds(text);
  return typeof parsed === "bigint" ? { ok: true, ms: Number(parsed) / 1e6 } : { ok: false, error: parsed.error };
}

/** Prints milliseconds as Go's `Duration.String()` does: `1m0s`, `1.5ms`, `0s`. */
export function formatGoDuration(ms: number): string {
  return formatNanoseconds(BigInt(Math.round(ms * 1e6)));
}

/** A duration text in Go's normal form (`60s` becomes `1m0s`); undefined when it is none. */
export function normalDuration(text: string): string | undefined {
  const parsed = parseNanoseconds(text);
  return typeof parsed === "bigint" ? formatNanoseconds(parsed) : undefined;
}

/** Prints milliseconds as canonical proto3 JSON prints a Duration: `10s`, `0.500s`; 0, 3, 6 or 9 digits after the point. */
export function toProtoDuration(ms: number): string {
  const ns = BigInt(Math.round(ms * 1e6));
  const size = ns < 0n ? -ns : ns;
  const digits = (size % 1_000_000_000n).toString().padStart(9, "0");
  const kept = digits.endsWith("000000000") ? 0 : digits.endsWith("000000") ? 3 : digits.endsWith("000") ? 6 : 9;
  return `${ns < 0n ? "-" : ""}${size / 1_000_000_000n}${kept === 0 ? "" : `.${digits.slice(0, kept)}`}s`;
}

/** Follows `time.ParseDuration` of Go 1.22, so that what it takes and refuses, and why, is the same here. */
function parseNanoseconds(text: string): bigint | { readonly error: string } {
  const invalid = { error: `time: invalid duration ${quote(text)}` };
  const negative = text.startsWith("-");
  let rest = negative || text.startsWith("+") ? text.slice(1) : text;
  if (rest === "0") return 0n;
  if (rest === "") return invalid;
  let total = 0n;
  while (rest !== "") {
    const part = takePart(rest);
    if (part === undefined) return invalid;
    const unit = unitNs.get(part.unit);
    if (part.unit === "") return { error: `time: missing unit in duration ${quote(text)}` };
    if (unit === undefined) return { error: `time: unknown unit ${quote(part.unit)} in duration ${quote(text)}` };
    total += part.whole * unit + fractionNs(part.fraction, unit);
    if (total > tooMuch) return invalid;
    rest = rest.slice(part.length);
  }
  if (negative) return -total;
  return total === tooMuch ? invalid : total;
}

interface DurationPart {
  readonly whole: bigint;
  /** Digits after the point. */
  readonly fraction: string;
  readonly unit: string;
  /** Characters that it takes up. */
  readonly length: number;
}

/** The first number and unit of a text; undefined when it begins with no number, or with one that is too large for any unit. */
function takePart(text: string): DurationPart | undefined {
  const [matched, whole = "", fraction = ""] = /^([0-9]*)(?:\.([0-9]*))?/.exec(text) ?? [""];
  if ((whole === "" && fraction === "") || whole.replace(/^0+/, "").length > 19) return undefined;
  const [unit = ""] = /^[^.0-9]*/.exec(text.slice(matched.length)) ?? [];
  return { whole: BigInt(whole), fraction, unit, length: matched.length + unit.length };
}

/** Digits after the point, cut (not rounded) to whole nanoseconds; no unit has use for more than 18 of them. */
function fractionNs(digits: string, unit: bigint): bigint {
  const used = digits.slice(0, 18);
  return used === "" ? 0n : (BigInt(used) * unit) / 10n ** BigInt(used.length);
}

function formatNanoseconds(ns: bigint): string {
  if (ns === 0n) return "0s";
  const sign = ns < 0n ? "-" : "";
  const size = ns < 0n ? -ns : ns;
  if (size < 1_000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${decimal(size, 1_000n)}\u00b5s`;
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 1_000_000n)}ms`;
  const minutes = size / 60_000_000_000n;
  const seconds = `${decimal(size % 60_000_000_000n, 1_000_000_000n)}s`;
  if (minutes === 0n) return sign + seconds;
  return `${sign}${minutes >= 60n ? `${minutes / 60n}h` : ""}${minutes % 60n}m${seconds}`;
}

function decimal(size: bigint, unit: bigint): string {
  const fraction = (size % unit).toString().padStart(unit.toString().length - 1, "0").replace(/0+$/, "");
  return fraction === "" ? String(size / unit) : `${size / unit}.${fraction}`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
