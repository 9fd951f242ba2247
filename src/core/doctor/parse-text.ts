import { directionOf } from "./direction.ts";
import type { LogForm, LogRecord } from "./log-record.ts";
import type { TimeReader } from "./parse-time.ts";
import { readTokens } from "./tokens.ts";

/** `[time] "METHOD path PROTOCOL" status flags` and what follows; Kuma writes the mesh before the request. A path may have spaces. */
const beginning = /^\[([^\]]{8,40})\] (?:([^"[\]\s]+) )?"(\S+) (.*?) (HTTP\/[\d.]+|-)" (\d{1,3}|-) ([A-Z,]+|-) /;

/** Names of what stands after the flags, in its order. */
const istio = ["details", "connectionDetails", "transportFailure", "received", "sent", "duration", "upstreamMs", "forwardedFor", "userAgent", "requestId", "authority", "host", "cluster", "upstreamLocal", "downstreamLocal", "downstream"];

/** Where it stands; -1: nowhere. By plain members, as this is asked for every field of a million lines. */
const layouts = {
  istio: layout("istio-text", istio),
  /** Before 1.7. */
  oldIstio: layout("istio-text", ["policyStatus", ...istio.slice(2)]),
  envoy: layout("envoy-text", ["received", "sent", "duration", "upstreamMs", "forwardedFor", "userAgent", "requestId", "authority", "host"]),
  kuma: layout("kuma-text", ["received", "sent", "duration", "upstreamMs", "forwardedFor", "userAgent", "traceId", "requestId", "authority", "source", "cluster", "downstream", "host"]),
} as const;

interface Layout {
  readonly form: LogForm;
  readonly length: number;
  readonly details: number;
  readonly connectionDetails: number;
  readonly transportFailure: number;
  readonly sent: number;
  readonly duration: number;
  readonly userAgent: number;
  readonly requestId: number;
  readonly authority: number;
  readonly host: number;
  readonly cluster: number;
  readonly upstreamLocal: number;
  readonly downstreamLocal: number;
  readonly downstream: number;
}

function layout(form: LogForm, names: readonly string[]): Layout {
  const at = (name: string): number => names.indexOf(name);
  return {
    form, length: names.length,
    details: at("details"), connectionDetails: at("connectionDetails"), transportFailure: at("transportFailure"), sent: at("sent"), duration: at("duration"),
    userAgent: at("userAgent"), requestId: at("requestId"), authority: at("authority"), host: at("host"), cluster: at("cluster"),
    upstreamLocal: at("upstreamLocal"), downstreamLocal: at("downstreamLocal"), downstream: at("downstream"),
  };
}

/**
 * Reads a line of Envoy's default form, Istio's, or Kuma's.
 * @returns undefined where the line is cut or of another form
 */
export function parseText(line: string, time: TimeReader): LogRecord | undefined {
  const begun = beginning.exec(line);
  if (begun === null) return undefined;
  const [whole, start = "", mesh, method = "", path = "", , status = "", flags = ""] = begun;
  const rest = readTokens(line, whole.length, istio.length);
  const at = layoutOf(line.charCodeAt(whole.length), rest, mesh);
  if (rest.length < at.length) return undefined;
  const timeMs = time.read(start);
  if (Number.isNaN(timeMs)) return undefined;
  const cluster = present(rest[at.cluster]);
  return {
    form: at.form, timeMs, method: present(method), path: present(path),
    status: status === "-" ? 0 : Number(status), flags: present(flags),
    details: present(rest[at.details]), connectionDetails: present(rest[at.connectionDetails]), transportFailure: present(rest[at.transportFailure]), handshakeFailure: "",
    direction: directionOf(cluster), cluster, host: present(rest[at.host]), upstreamLocal: present(rest[at.upstreamLocal]),
    downstream: present(rest[at.downstream]), downstreamLocal: present(rest[at.downstreamLocal]),
    authority: present(rest[at.authority]), userAgent: present(rest[at.userAgent]), requestId: present(rest[at.requestId]),
    durationMs: numberOf(rest[at.duration]), bytesSent: numberOf(rest[at.sent]), attempts: Number.NaN,
  };
}

const quote = 0x22;

/** A number comes first in Envoy's form, words in Istio's; before 1.7 that was a word in quotes. */
function layoutOf(first: number, [word = ""]: readonly string[], mesh: string | undefined): Layout {
  if (mesh !== undefined) return layouts.kuma;
  if (first === quote) return layouts.oldIstio;
  return /^\d+$/.test(word) ? layouts.envoy : layouts.istio;
}

/** What Envoy writes for nothing is a dash. */
export function present(text: string | undefined): string {
  return text === undefined || text === "-" ? "" : text;
}

function numberOf(text: string | undefined): number {
  return text === undefined || text === "-" ? Number.NaN : Number(text);
}
