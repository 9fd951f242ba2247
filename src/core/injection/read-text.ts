import { formatGoDuration, parseDuration } from "../base/duration.ts";
import type { Violation } from "../base/violation.ts";
import { parseCidrs } from "../redirect/address-ranges.ts";
import { parsePorts, type PortRange } from "../redirect/port-ranges.ts";
import { logLevels, type LogLevel } from "./settings.ts";

/** What a text says, or what is wrong with it. */
export type ReadText<T> = (text: string) => { readonly value: T } | { readonly problem: string };

/** What a text says; undefined when it is none of its sort, which is said under `path`. */
export function take<T>(read: ReadText<T>, text: string, path: string, violations: Violation[]): T | undefined {
  const result = read(text);
  if ("value" in result) return result.value;
  violations.push({ path, message: result.problem });
  return undefined;
}

/** From the first number to the last, both included. */
export function wholeNumber(least: number, most: number): ReadText<number> {
  return (text) => {
    const value = /^\d{1,10}$/.test(text.trim()) ? Number(text) : Number.NaN;
    return value >= least && value <= most ? { value } : { problem: `must be a whole number from ${least} to ${most}, and is ${shown(text)}` };
  };
}

/** `8080,9000-9010` */
export const readPorts: ReadText<readonly PortRange[]> = (text) => {
  const parsed = parsePorts(text);
  return parsed.ok ? { value: parsed.ports } : { problem: parsed.problems.join("; ") };
};

/** `10.0.0.0/8,fd00::/8` */
export const readCidrs: ReadText<readonly string[]> = (text) => {
  const parsed = parseCidrs(text);
  return parsed.ok ? { value: parsed.cidrs } : { problem: parsed.problems.join("; ") };
};

/** `*`, or what the other one reads. */
export function allOr<T>(read: ReadText<T>): ReadText<"*" | T> {
  return (text) => (text.trim() === "*" ? { value: "*" } : read(text));
}

/** In Go's normal form. */
export const readDuration: ReadText<string> = (text) => {
  const parsed = parseDuration(text.trim());
  if (!parsed.ok || parsed.ms < 0 || parsed.ms > 3_600_000) return { problem: `must be a duration from 0s to 1h, such as 30s, and is ${shown(text)}` };
  return { value: formatGoDuration(parsed.ms) };
};

/** `warn` is Envoy's `warning`. */
export const readLogLevel: ReadText<LogLevel> = (text) => {
  const wanted = text.trim().toLowerCase();
  const value = wanted === "warn" ? "warning" : logLevels.find((each) => each === wanted);
  return value === undefined ? { problem: `must be one of ${logLevels.join(", ")}, and is ${shown(text)}` } : { value };
};

const componentLevel = new RegExp(`^[a-z0-9_]+:(${logLevels.join("|")}|warn)$`);

/** Envoy ends at its start with a list that it does not understand. */
export const readComponentLevels: ReadText<string> = (text) => {
  const entries = text.split(",").map((entry) => entry.trim()).filter((entry) => entry !== "");
  const wrong = entries.find((entry) => !componentLevel.test(entry));
  if (wrong !== undefined) return { problem: `must be components with their levels, such as http:debug,upstream:info, and has ${shown(wrong)}` };
  return { value: entries.map((entry) => entry.replace(/:warn$/, ":warning")).join(",") };
};

/** A reference to an image; only what no registry can have is refused. */
export const readImage: ReadText<string> = (text) => {
  return /^[^\s"'\\]+$/.test(text.trim()) ? { value: text.trim() } : { problem: `must be the name of an image, and is ${shown(text)}` };
};

/** A quantity of Kubernetes, such as `100m`, `1.5` or `128Mi`. */
export const readQuantity: ReadText<string> = (text) => {
  const isOne = /^\+?(\d+(\.\d*)?|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/.test(text.trim());
  return isOne ? { value: text.trim() } : { problem: `must be a quantity such as 100m or 128Mi, and is ${shown(text)}` };
};

/** `A=1;B=2`, as Kuma writes environment variables in an annotation. A value may have `=` in it. */
export const readVariables: ReadText<Readonly<Record<string, string>>> = (text) => {
  const entries = text.split(";").filter((entry) => entry.trim() !== "").map((entry) => /^\s*([^=\s]+)=(.*)$/s.exec(entry));
  const pairs = entries.flatMap((match) => (match === null ? [] : [[match[1] ?? "", match[2] ?? ""] as const]));
  return pairs.length < entries.length ? { problem: "must be variables with their values, such as A=1;B=2" } : { value: Object.fromEntries(pairs) };
};

/** The text as messages show it. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
