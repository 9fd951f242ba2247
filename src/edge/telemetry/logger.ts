import { destination as openDestination, pino, stdSerializers, stdTimeFunctions, type DestinationStream } from "pino";
import { textLines } from "./text-lines.ts";

/** A structured logger: fields first, then a sentence that says what happened. An error goes in the field `err`. */
export interface Logger {
  trace(fields: object, message: string): void;
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface LoggerOptions {
  /** Level of every component without one of its own: trace, debug, info, warn, error or silent. */
  readonly level: string;
  readonly components: Readonly<Record<string, string | undefined>>;
  /** JSON lines, or lines for people. */
  readonly format: "json" | "text";
  /** Default: standard error; standard output belongs to what a command answers. */
  readonly destination?: DestinationStream;
}

/** Gives each component its logger. */
export type ComponentLoggers = (component: string) => Logger;

/**
 * Loggers that write a line an event, with `level`, `time` (RFC 3339), `component` and `msg`. A line is out when the call returns, so
 * that what was said last before a crash is there.
 */
export function createLoggers(options: LoggerOptions): ComponentLoggers {
  const destination = options.destination ?? openDestination({ dest: 2, sync: true });
  const root = pino(
    {
      level: "trace",
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: stdSerializers.errWithCause },
    },
    options.format === "json" ? destination : textLines(destination),
  );
  return (component) => root.child({ component }, { level: options.components[component] ?? options.level });
}
