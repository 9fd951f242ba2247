import type { ParsedLine, ProxyEvent } from "./log-record.ts";
import type { TimeReader } from "./parse-time.ts";

/** `[2026-01-02 03:04:05.678][12][info][upstream] [source/…] what was said` */
const envoyLine = /^\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+)\]\[\d+\]\[(\w+)\]\[[\w ]+\] (?:\[[^\]]*\] )?(.*)$/;

/** Istio's agent writes what its Envoy says after a time of its own: `2026-01-02T03:04:05.678Z\tinfo\tenvoy main …\twhat was said` */
const istioLine = /^(\d{4}-\d\d-\d\dT[\d:.]+Z)\t\w+\t(?:envoy [^\t]*\t)?(.*)$/;

/** What is told is told by then; whoever writes more cannot make us search it over and over. */
const longest = 4096;

const probeFailed = /\b(Liveness|Readiness|Startup) probe failed: (.*)$/;

const told: readonly (readonly [RegExp, ProxyEvent["what"]])[] = [
  [/lds: add\/update listener '([^']*)'/, "listener-changed"],
  [/lds: remove listener '([^']*)'/, "listener-changed"],
  [/caught (?:ENVOY_)?SIG(?:TERM|INT)/, "stopping"],
  [/starting main dispatch loop/, "started"],
  [/gRPC config for (.*) rejected: .*/, "config-rejected"],
];

/** What is in a line that is no access log: something that Envoy or the kubelet says, or nothing of use. */
export function parseProxyLine(whole: string, time: TimeReader): ParsedLine {
  const line = whole.slice(0, longest);
  const probe = probeFailed.exec(line);
  if (probe !== null) return { is: "probe", probe: { probe: (probe[1] ?? "").toLowerCase(), message: probe[2] ?? "" } };
  const said = envoyLine.exec(line) ?? istioLine.exec(line);
  if (said === null) return { is: "other" };
  const text = said[said.length - 1] ?? "";
  for (const [pattern, what] of told) {
    const found = pattern.exec(text);
    if (found !== null) return { is: "event", event: { timeMs: time.read(said[1] ?? ""), what, text: found[1] ?? found[0] } };
  }
  return { is: "other" };
}
