import { directionOf } from "./direction.ts";
import type { LogRecord } from "./log-record.ts";
import { present } from "./parse-text.ts";
import type { TimeReader } from "./parse-time.ts";

/**
 * Reads a line of JSON whose request was answered well, without reading it as JSON: most lines are such, and only few of their fields
 * matter. A name in quotes with a colon stands nowhere inside a text: there, the quotes would be escaped.
 * @returns undefined where the line is another; then it has to be read as JSON
 */
export function readAnswered(line: string, time: TimeReader): LogRecord | undefined {
  if (!line.endsWith("}") || !line.includes('"response_flags":"-"')) return undefined;
  const status = line.charCodeAt(after(line, '"response_code":'));
  if (status !== two && status !== three) return undefined;
  const timeMs = time.read(textOf(line, '"start_time":"'));
  const local = textOf(line, '"upstream_local":"') || textOf(line, '"upstream_local_address":"');
  if (Number.isNaN(timeMs) || line.includes('"handshake_failure":')) return undefined;
  const cluster = textOf(line, '"upstream_cluster":"');
  const said = textOf(line, '"direction":"');
  return {
    form: "json", timeMs, status: status === two ? 200 : 300, flags: "", details: "", connectionDetails: "", transportFailure: "", handshakeFailure: "",
    direction: said === "inbound" || said === "outbound" ? said : directionOf(cluster), cluster,
    durationMs: numberOf(line, after(line, '"duration_ms":') || after(line, '"duration":')),
    host: textOf(line, '"upstream_host":"'), upstreamLocal: local, authority: textOf(line, '"authority":"'),
    downstream: "", downstreamLocal: "", method: "", path: "", userAgent: "", requestId: "", bytesSent: Number.NaN, attempts: Number.NaN,
  };
}

const [two, three] = [0x32, 0x33];

/** Where a value begins, after its name; 0: it is not there. */
function after(line: string, name: string): number {
  const at = line.indexOf(name);
  return at < 0 ? 0 : at + name.length;
}

function textOf(line: string, name: string): string {
  const from = after(line, name);
  return from === 0 ? "" : present(line.slice(from, line.indexOf('"', from)));
}

function numberOf(line: string, from: number): number {
  return from === 0 ? Number.NaN : Number.parseFloat(line.slice(from, from + 20));
}
