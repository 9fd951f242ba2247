import { isIP } from "node:net";
import { formatGoDuration, parseDuration } from "../../core/base/duration.ts";
import { didYouMean } from "../../core/base/nearest-name.ts";
import { formatListenAddress, parseListenAddress, type ListenAddress } from "./listen-address.ts";
import { formatLogLevels, parseLogLevels, type LogLevels } from "./log-levels.ts";
import type { Option } from "./option.ts";

/** Any value that an option can have. */
export type AnyValue = string | number | boolean | ListenAddress | LogLevels | readonly string[] | undefined;

export type ParsedValue = { readonly ok: true; readonly value: AnyValue } | { readonly ok: false; readonly error: string };

type Parser<O extends Option> = (text: string, option: O) => ParsedValue;

const parsers: { readonly [T in Option["type"]]: Parser<Extract<Option, { readonly type: T }>> } = {
  enum: (text, { values }) => (values.includes(text) ? accept(text) : refuse(notOneOf(text, values))),
  path: (text) => (text === "" ? refuse("has to name a folder") : accept(text)),
  // Without repeating it: it may have a password in it.
  "postgres-url": (text) => (URL.canParse(text) && /^postgres(ql)?:/.test(text) ? accept(text) : refuse("is not a URL as postgres://user@host:5432/database")),
  version: (text) => (/^\d+\.\d+\.\d+$/.test(text) ? accept(text) : refuse(`"${text}" is not a version as 2.14.0 is`)),
  file: (text) => (text === "" ? refuse("has to name a file") : accept(text)),
  // What Kubernetes takes as the name of an object (RFC 1123 subdomain).
  name: (text) => (/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(text) ? accept(text) : refuse(`"${text}" is not a name of an object in Kubernetes`)),
  names: parseNames,
  address: (text) => checked(parseListenAddress(text)),
  levels: (text) => checked(parseLogLevels(text)),
  duration: parseDurationValue,
  size: parseSize,
  count: (text) => (/^[1-9]\d{0,8}$/.test(text) ? accept(Number(text)) : refuse(`"${text}" is not a whole number from 1 on`)),
  switch: (text) => (text === "true" || text === "false" ? accept(text === "true") : refuse(`"${text}" is neither true nor false`)),
};

/** Reads the text of a flag or an environment variable, or a value of the configuration file. */
export function parseValue(option: Option, given: unknown): ParsedValue {
  if (typeof given !== "string" && typeof given !== "number" && typeof given !== "boolean") return refuse("has to be a single value");
  const parse = parsers[option.type] as Parser<Option>;
  return parse(String(given), option);
}

/** The value as a user would write it, so that `parseValue` gives it back. */
export function formatValue(option: Option, value: AnyValue): string | number | boolean | null {
  if (value === undefined) return null;
  if (isList(value)) return value.join(",");
  if (typeof value === "object") return "host" in value ? formatListenAddress(value) : formatLogLevels(value);
  if (option.type === "duration") return formatGoDuration(Number(value));
  if (option.type === "size") return formatSize(Number(value));
  return value;
}

/** Host names and addresses, with commas between them. */
function parseNames(text: string): ParsedValue {
  const names = text.split(",").map((name) => name.trim()).filter((name) => name !== "");
  const bad = names.find((name) => isIP(name) === 0 && !/^(\*\.)?[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$/i.test(name));
  return bad === undefined ? accept(names) : refuse(`"${bad}" is neither a host name nor an address`);
}

function isList(value: AnyValue): value is readonly string[] {
  return Array.isArray(value);
}

function parseDurationValue(text: string): ParsedValue {
  const parsed = parseDuration(text);
  if (!parsed.ok) return refuse(`"${text}" is not a duration, as 500ms or 1m30s are`);
  return parsed.ms < 0 || parsed.ms > longestMs ? refuse(`"${text}" is not between 0s and 24h`) : accept(parsed.ms);
}

const longestMs = 24 * 60 * 60 * 1000;

const unitBytes: Readonly<Record<string, number>> = { "": 1, B: 1, KiB: 1024, MiB: 1024 * 1024 };

function parseSize(text: string): ParsedValue {
  const match = /^([1-9]\d{0,8}) ?(B|KiB|MiB|)$/.exec(text);
  const bytes = Number(match?.[1]) * (unitBytes[match?.[2] ?? ""] ?? NaN);
  return bytes <= largestBytes ? accept(bytes) : refuse(`"${text}" is not a size up to 1024MiB, as 500KiB or 1MiB are`);
}

const largestBytes = 1024 * 1024 * 1024;

function formatSize(bytes: number): string {
  const unit = ["MiB", "KiB"].find((name) => bytes % (unitBytes[name] ?? NaN) === 0) ?? "B";
  return `${bytes / (unitBytes[unit] ?? 1)}${unit}`;
}

function checked(parsed: ListenAddress | LogLevels | { readonly error: string }): ParsedValue {
  return "error" in parsed ? refuse(parsed.error) : accept(parsed);
}

function notOneOf(text: string, values: readonly string[]): string {
  return `"${text}" is not one of ${values.join(", ")}${didYouMean(text, values)}`;
}

function accept(value: AnyValue): ParsedValue {
  return { ok: true, value };
}

function refuse(error: string): ParsedValue {
  return { ok: false, error };
}
