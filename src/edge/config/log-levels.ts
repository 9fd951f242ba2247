import { didYouMean } from "../../core/base/nearest-name.ts";

export const logLevels = ["trace", "debug", "info", "warn", "error", "silent"] as const;

export type LogLevel = (typeof logLevels)[number];

/** Parts of the control plane that can have a level of their own. */
export const logComponents = ["api", "bootstrap", "identity", "lifecycle", "pipeline", "run", "source", "xds"] as const;

export type LogComponent = (typeof logComponents)[number];

export interface LogLevels {
  /** Of every component that has none of its own. */
  readonly level: LogLevel;
  readonly components: Readonly<Partial<Record<LogComponent, LogLevel>>>;
}

/** Reads `info` or `info,xds=debug,api=warn`; without a level of its own the first part is `info`. */
export function parseLogLevels(text: string): LogLevels | { readonly error: string } {
  let level: LogLevel = "info";
  const components: Partial<Record<LogComponent, LogLevel>> = {};
  for (const part of text.split(",").map((each) => each.trim())) {
    const [left = "", right] = part.split("=");
    const levelText = right ?? left;
    if (!isOneOf(logLevels, levelText)) return { error: unknown("a level", levelText, logLevels) };
    if (right === undefined) level = levelText;
    else if (isOneOf(logComponents, left)) components[left] = levelText;
    else return { error: unknown("a component", left, logComponents) };
  }
  return { level, components };
}

export function formatLogLevels({ level, components }: LogLevels): string {
  return [level, ...Object.entries(components).map(([name, own]) => `${name}=${own}`)].join(",");
}

function isOneOf<T extends string>(known: readonly T[], text: string): text is T {
  return (known as readonly string[]).includes(text);
}

function unknown(what: string, text: string, known: readonly string[]): string {
  return `"${text}" is not ${what} (${known.join(", ")})${didYouMean(text, known)}`;
}
