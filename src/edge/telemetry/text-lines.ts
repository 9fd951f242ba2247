import type { DestinationStream } from "pino";
import { asObject, asString } from "../../core/base/json.ts";

/** Turns JSON log lines into lines for people: `2030-01-01T00:00:00.000Z INFO  xds: stream opened proxy=web-1`. */
export function textLines(destination: DestinationStream): DestinationStream {
  return {
    write: (line) => {
      destination.write(`${formatLine(line)}\n`);
    },
  };
}

function formatLine(line: string): string {
  const { level, time, component, msg, err, ...fields } = asObject(JSON.parse(line)) ?? {};
  const head = `${asString(time) ?? ""} ${(asString(level) ?? "").toUpperCase().padEnd(5)} ${asString(component) ?? ""}: ${asString(msg) ?? ""}`;
  const stack = asString(asObject(err)?.["stack"]);
  const named = Object.entries(fields).map(([name, value]) => ` ${name}=${formatField(value)}`);
  return `${oneLine(head)}${named.join("")}${stack === undefined ? "" : `\n${stack}`}`;
}

function formatField(value: unknown): string {
  return typeof value === "string" && /^[\w./:@*+-]+$/.test(value) ? value : JSON.stringify(value);
}

/** What came from outside must not look like a line of its own. */
function oneLine(text: string): string {
  return text.replaceAll(/\r?\n/g, "\\n");
}
