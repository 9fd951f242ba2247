import { normalDuration } from "../base/duration.ts";
import { fieldPath, keyPath } from "../base/field-path.ts";
import { asArray, asNumber, asObject, asString, jsonTypeOf } from "../base/json.ts";
import type { Labels } from "../model/resource.ts";
import type { Findings } from "./remarks.ts";

/**
 * An object that is read field by field. A field of a wrong type is a problem. What nobody asked for when `close` comes is told as left
 * out, so that nothing gets lost in silence. A null is not there.
 */
export interface Fields {
  readonly path: string;
  readonly names: readonly string[];
  has(name: string): boolean;
  /** Path of a field of it. */
  at(name: string): string;
  text(name: string): string | undefined;
  /** A whole number that is not negative. */
  count(name: string): number | undefined;
  number(name: string): number | undefined;
  flag(name: string): boolean | undefined;
  /** A duration that is not negative, in Go's syntax, as it is written there. */
  duration(name: string): string | undefined;
  fields(name: string): Fields | undefined;
  /** The objects of a list; empty where there is none. */
  items(name: string): readonly Fields[];
  texts(name: string): readonly string[];
  labels(name: string): Labels | undefined;
  /** The value as it stands, whatever it is. */
  raw(name: string): unknown;
  /** Tells why nothing comes of this field, if it is there. */
  leave(name: string, message: string, level?: "left" | "differs" | "todo"): void;
  /** Tells of everything below that nobody asked for. */
  close(): void;
}

/** Takes everything in it as asked for: what is to be said of it is said in another place. */
export function passOver(fields: Fields): void {
  for (const name of fields.names) fields.raw(name);
}

/** What is said of a field that nobody asked for, by its name; undefined: there is nothing like it. */
export type Reasons = Readonly<Record<string, string>>;

const nothingLikeIt = "there is nothing like it here";

interface Reading {
  readonly findings: Findings;
  readonly reasons: Reasons;
}

/** Reads a value that has to be an object; undefined, and a problem, when it is not. */
export function readFields(value: unknown, path: string, findings: Findings, reasons: Reasons = {}): Fields | undefined {
  return open(value, path, { findings, reasons });
}

function open(value: unknown, path: string, reading: Reading): Fields | undefined {
  const object = asObject(value);
  if (object === undefined) reading.findings.problem(path, wrongType("object", value));
  return object === undefined ? undefined : fieldsOf(object, path, reading);
}

function wrongType(wanted: string, value: unknown): string {
  return `must be of type ${wanted}: "${jsonTypeOf(value)}"`;
}

/** One object, and which of its fields somebody asked for. */
interface Asked {
  readonly path: string;
  readonly findings: Findings;
  at(name: string): string;
  raw(name: string): unknown;
  /** The field as what `read` takes it for; a problem when it takes it for nothing. */
  typed<T>(name: string, type: string, read: (value: unknown) => T | undefined): T | undefined;
  wasAsked(key: string): boolean;
}

function askFor(object: Readonly<Record<string, unknown>>, path: string, findings: Findings): Asked {
  const asked = new Set<string>();
  const at = (name: string): string => fieldPath(path, keyOf(object, name));
  const raw = (name: string): unknown => {
    const key = keyOf(object, name);
    asked.add(key);
    return (Object.hasOwn(object, key) ? object[key] : undefined) ?? undefined;
  };
  return {
    path,
    findings,
    at,
    raw,
    typed: (name, type, read) => {
      const value = raw(name);
      const result = value === undefined ? undefined : read(value);
      if (value !== undefined && result === undefined) findings.problem(at(name), wrongType(type, value));
      return result;
    },
    wasAsked: (key) => asked.has(key),
  };
}

function fieldsOf(object: Readonly<Record<string, unknown>>, path: string, reading: Reading): Fields {
  const { findings, reasons } = reading;
  const asked = askFor(object, path, findings);
  const { at, raw } = asked;
  // Each once, however often somebody asks for it: what one reads of it, the other has not left.
  const opened = new Map<string, readonly Fields[]>();
  const openOnce = (name: string, read: () => readonly (Fields | undefined)[]): readonly Fields[] => {
    const found = opened.get(name) ?? read().filter((each) => each !== undefined);
    opened.set(name, found);
    return found;
  };
  return {
    path,
    names: Object.keys(object),
    at,
    raw,
    ...valuesOf(asked),
    has: (name) => (object[keyOf(object, name)] ?? undefined) !== undefined && Object.hasOwn(object, keyOf(object, name)),
    fields: (name) => {
      const value = raw(name);
      return value === undefined ? undefined : openOnce(name, () => [open(value, at(name), reading)])[0];
    },
    items: (name) => openOnce(name, () => (asked.typed(name, "array", asArray) ?? []).map((item, index) => open(item, fieldPath(at(name), index), reading))),
    leave: (name, message, level = "left") => {
      if (raw(name) !== undefined) findings.remark(level, at(name), message);
    },
    close: () => {
      for (const [key, value] of Object.entries(object)) {
        if (asked.wasAsked(key) || value === null || value === undefined) continue;
        findings.remark("left", fieldPath(path, key), Object.hasOwn(reasons, key) ? String(reasons[key]) : nothingLikeIt);
      }
      for (const each of [...opened.values()].flat()) each.close();
    },
  };
}

function valuesOf(asked: Asked): Pick<Fields, "text" | "number" | "count" | "flag" | "duration" | "texts" | "labels"> {
  return {
    text: (name) => asked.typed(name, "string", asString),
    number: (name) => asked.typed(name, "number", asNumber),
    count: (name) => asked.typed(name, "whole number, not negative", (value) => (Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined)),
    flag: (name) => asked.typed(name, "boolean", (value) => (typeof value === "boolean" ? value : undefined)),
    duration: (name) => readDuration(asked, name),
    texts: (name) => (asked.typed(name, "array", asArray) ?? []).flatMap((item, index) => textOf(item, fieldPath(asked.at(name), index), asked)),
    labels: (name) => readLabels(asked, name),
  };
}

function readDuration({ typed, at, findings }: Asked, name: string): string | undefined {
  const text = typed(name, "string", asString);
  const duration = text === undefined ? undefined : normalDuration(text);
  const isRight = duration !== undefined && !duration.startsWith("-");
  if (text !== undefined && !isRight) findings.problem(at(name), `must be a duration such as 30s, not negative: ${JSON.stringify(text.slice(0, 80))}`);
  return isRight ? text : undefined;
}

function readLabels(asked: Asked, name: string): Labels | undefined {
  const object = asked.typed(name, "object", asObject);
  if (object === undefined) return undefined;
  return Object.fromEntries(Object.entries(object).flatMap(([key, value]) => textOf(value, keyPath(asked.at(name), key), asked).map((text) => [key, text])));
}

function textOf(value: unknown, path: string, { findings }: Asked): readonly string[] {
  if (typeof value === "string") return [value];
  findings.problem(path, wrongType("string", value));
  return [];
}

/** The name as it is written there: protobuf's JSON takes `http_health_check` and `httpHealthCheck` alike. */
function keyOf(object: Readonly<Record<string, unknown>>, name: string): string {
  if (Object.hasOwn(object, name)) return name;
  const camel = name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return Object.hasOwn(object, camel) ? camel : name;
}
