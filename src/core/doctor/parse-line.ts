import { asObject } from "../base/json.ts";
import type { ParsedLine } from "./log-record.ts";
import { readFields } from "./parse-json.ts";
import { readAnswered } from "./quick-json.ts";
import { parseProxyLine } from "./parse-proxy-line.ts";
import { parseText } from "./parse-text.ts";
import { createTimeReader } from "./parse-time.ts";

/** Reads the lines of one log. */
export interface LineParser {
  parse(line: string): ParsedLine;
  /** What the last line began with before what the proxy wrote: `kubectl logs --prefix` says the pod there. Empty: nothing. */
  readonly source: string;
}

/** What `kubectl logs` and container runtimes write before a line: the pod, a time, the stream. */
const prefix = /^(?:\[pod\/([^/\]]+)\/[^\]]+\] )?(?:\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) (?=[[{"a-z]))?(?:(?:stdout|stderr) [FP] )?/;

export function createLineParser(): LineParser {
  const time = createTimeReader();
  let source = "";
  const parse = (whole: string): ParsedLine => {
    source = "";
    let line = whole.endsWith("\r") ? whole.slice(0, -1) : whole;
    if (line.startsWith("{")) return parseObject(line, time);
    if (!looksOwn(line)) {
      const found = prefix.exec(line);
      source = found?.[1] ?? "";
      line = line.slice(found?.[0].length ?? 0);
      if (line.startsWith("{")) return parseObject(line, time);
    }
    return parseBare(line, time);
  };
  return { parse, get source() { return source; } };
}

/** `[2026-…`: no prefix. */
function looksOwn(line: string): boolean {
  return line.startsWith("[") && line.charCodeAt(1) >= 0x30 && line.charCodeAt(1) <= 0x39;
}

function parseBare(line: string, time: ReturnType<typeof createTimeReader>): ParsedLine {
  const record = parseText(line, time);
  if (record !== undefined) return { is: "record", record };
  const other = parseProxyLine(line, time);
  return other.is === "other" && /^\[\d{4}-\d\d-\d\dT/.test(line) ? { is: "broken" } : other;
}

/** A line of JSON is an access log, something that another program says, or what a container runtime wraps a line in. */
function parseObject(line: string, time: ReturnType<typeof createTimeReader>): ParsedLine {
  const answered = readAnswered(line, time);
  if (answered !== undefined) return { is: "record", record: answered };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { is: "broken" };
  }
  const fields = asObject(value);
  if (fields === undefined) return { is: "other" };
  const wrapped = fields["log"];
  if (typeof wrapped === "string" && "stream" in fields) {
    const inner = wrapped.replace(/\r?\n$/, "");
    return inner.startsWith("{") && !inner.startsWith('{"log"') ? parseObject(inner, time) : parseBare(inner, time);
  }
  const record = readFields(fields, time);
  if (record !== undefined) return { is: "record", record };
  // `kubectl get events -o json`, one object or a whole list on a line.
  const message = fields["message"];
  return typeof message === "string" ? parseProxyLine(message, time) : { is: "other" };
}
