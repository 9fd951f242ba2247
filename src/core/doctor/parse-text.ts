import { directionOf } from "./direction.ts";
import type { LogForm, LogRecord } from "./log-record.ts";
import type { TimeReader } from "./parse-time.ts";
import { readTokens } from "./tokens.ts";

/** `[time] "METHOD path PROTOCOL" status flags` and what follows; Kuma writes the mesh before the request. A path may have spaces. */
const beginning = /^\[([^\]]{8,40})\] (?:([^"[\]\s]+) )?"(\S+) (.*?) (HTTP\/[\d.]+|-)" (\d{1,3}|-) ([A-Z,]+|-) /;

/** Where Istio's form has what stands after the flags. */
const istio = ["details", "connectionDetails", "transportFailure", "received", "sent", "duration", "upstreamMs", "forwardedFor", "userAgent", "requestId", "authority", "host", "cluster", "upstreamLocal", "downstreamLocal", "downstream", "serverName", "route"];

/** Istio before 1.7. */
const oldIstio = ["policyStatus", ...istio.slice(2)];

const envoy = ["received", "sent", "duration", "upstreamMs", "forwardedFor", "userAgent", "requestId", "authority", "host"];

const kuma = ["received", "sent", "duration", "upstreamMs", "forwardedFor", "userAgent", "traceId", "requestId", "authority", "source", "cluster", "downstream", "host"];

/**
 * Reads a line of Envoy's default form, Istio's, or Kuma's.
 * @returns undefined where the line is cut or of another form
 */
export function parseText(line: string, time: TimeReader): LogRecord | undefined {
  const begun = beginning.exec(line);
  if (begun === null) return undefined;
  const [whole, start = "", mesh, method = "", path = "", , status = "", flags = ""] = begun;
  const rest = readTokens(line, whole.length, 20);
  const { form, names } = formOf(line.charCodeAt(whole.length), rest, mesh);
  if (rest.length < Math.min(names.length, form === "istio-text" ? 12 : names.length)) return undefined;
  const field = (name: string): string => present(rest[names.indexOf(name)]);
  const timeMs = time.read(start);
  if (Number.isNaN(timeMs)) return undefined;
  const cluster = field("cluster");
  return {
    form, timeMs, method: present(method), path: present(path),
    status: status === "-" ? 0 : Number(status), flags: present(flags),
    details: field("details"), connectionDetails: field("connectionDetails"), transportFailure: field("transportFailure"), handshakeFailure: "",
    direction: directionOf(cluster), cluster, host: field("host"), upstreamLocal: field("upstreamLocal"),
    downstream: field("downstream"), downstreamLocal: field("downstreamLocal"),
    authority: field("authority"), userAgent: field("userAgent"), requestId: field("requestId"),
    durationMs: numberOf(field("duration")), bytesSent: numberOf(field("sent")), attempts: Number.NaN,
  };
}

const quote = 0x22;

/** A number comes first in Envoy's form, words in Istio's; before 1.7 that was a word in quotes. */
function formOf(first: number, rest: readonly string[], mesh: string | undefined): { readonly form: LogForm; readonly names: readonly string[] } {
  if (mesh !== undefined) return { form: "kuma-text", names: kuma };
  if (first === quote) return { form: "istio-text", names: oldIstio };
  if (/^\d+$/.test(rest[0] ?? "")) return { form: "envoy-text", names: envoy };
  return { form: "istio-text", names: istio };
}

/** What Envoy writes for nothing is a dash. */
export function present(text: string | undefined): string {
  return text === undefined || text === "-" ? "" : text;
}

function numberOf(text: string): number {
  return text === "" ? Number.NaN : Number(text);
}
