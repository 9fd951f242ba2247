/**
 * Metrics in Prometheus' text format. What an app answers in OpenMetrics although it was asked for text loses what text has no place for:
 * the end mark, units, and exemplars. @throws for a form that is no text.
 */
export function plainText(body: string, contentType: string): string {
  const form = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (form === "application/openmetrics-text") return body.split("\n").filter((line) => !/^# (EOF|UNIT )/.test(line)).map(withoutExemplar).join("\n");
  if (form === "application/vnd.google.protobuf") throw new Error(`the app answers in ${form}, though it was asked for text`);
  return body;
}

/** `name{label="a # {b"} 1 # {trace_id="x"} 0.5`: what follows the sample goes. */
function withoutExemplar(line: string): string {
  if (line.startsWith("#")) return line;
  return /^([^{ ]+(?:\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})? [^#]*?) *# \{.*$/.exec(line)?.[1] ?? line;
}
