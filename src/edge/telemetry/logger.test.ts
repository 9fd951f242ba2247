import assert from "node:assert/strict";
import { createLoggers, type LoggerOptions } from "./logger.ts";

function logging(options: Omit<LoggerOptions, "destination">): { readonly lines: string[]; readonly loggers: ReturnType<typeof createLoggers> } {
  const lines: string[] = [];
  const destination = { write: (line: string): void => void lines.push(line) };
  return { lines, loggers: createLoggers({ ...options, destination }) };
}

describe("loggers", () => {
  it("write one JSON line an event, with level, time, component and message", () => {
    const { lines, loggers } = logging({ level: "info", components: {}, format: "json" });
    loggers("xds").info({ proxy: "web-1" }, "stream opened");
    const { time, ...rest } = JSON.parse(lines[0] ?? "") as Record<string, unknown>;
    assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.deepEqual(rest, { level: "info", component: "xds", proxy: "web-1", msg: "stream opened" });
    assert.ok(lines[0]?.endsWith("}\n"));
  });

  it("give each component its own level", () => {
    const { lines, loggers } = logging({ level: "warn", components: { xds: "debug", api: "silent" }, format: "json" });
    loggers("xds").debug({}, "one");
    loggers("xds").trace({}, "two");
    loggers("pipeline").info({}, "three");
    loggers("pipeline").warn({}, "four");
    loggers("api").error({}, "five");
    assert.deepEqual(lines.map((line) => (JSON.parse(line) as { msg: string }).msg), ["one", "four"]);
  });

  it("write lines for people", () => {
    const { lines, loggers } = logging({ level: "info", components: {}, format: "text" });
    loggers("xds").warn({ proxy: "web-1", text: "two words", n: 3 }, "rejected");
    assert.match(lines[0] ?? "", /^\S+Z WARN {2}xds: rejected proxy=web-1 text="two words" n=3\n$/);
  });

  it("show an error with its stack, and let nothing pass for a line of its own", () => {
    const { lines, loggers } = logging({ level: "info", components: {}, format: "text" });
    loggers("api").error({ err: new Error("no space"), body: "a\nb" }, "first\nsecond");
    assert.match(lines[0] ?? "", /ERROR api: first\\nsecond body="a\\nb"\nError: no space\n {4}at /);
  });
});
