import type { ListenAddress } from "./listen-address.ts";
import type { LogLevels } from "./log-levels.ts";

interface Described {
  /** What it does, in one or two sentences. */
  readonly doc: string;
  /** Its value is never shown. */
  readonly secret?: boolean;
  /** The only environment in which it means anything; elsewhere it may not be set. Absent: in both. */
  readonly in?: "universal" | "kubernetes";
}

/** One option: how its text is read, and its default, written as a user would write it. */
export type Option = Described &
  (
    | { readonly type: "enum"; readonly values: readonly string[]; readonly default: string }
    | { readonly type: "path"; readonly default: { readonly from: "state-home" } | undefined }
    | { readonly type: "postgres-url" | "version" | "file"; readonly default: undefined }
    | { readonly type: "name"; readonly default: string | undefined }
    | { readonly type: "address" | "levels" | "duration" | "size" | "names"; readonly default: string }
    | { readonly type: "count"; readonly default: number }
    | { readonly type: "switch"; readonly default: boolean }
  );

export type OptionType = Option["type"];

export type OptionTable = Readonly<Record<string, Option>>;

/** What the value of an option is once read: durations are milliseconds, sizes bytes. */
export type OptionValue<O extends Option> = O extends { readonly type: "enum"; readonly values: readonly (infer V)[] }
  ? V
  : O extends { readonly default: undefined }
    ? string | undefined
    : ReadValues[Exclude<O["type"], "enum">];

interface ReadValues {
  readonly path: string;
  readonly "postgres-url": string;
  readonly version: string;
  readonly file: string;
  readonly name: string;
  readonly names: readonly string[];
  readonly address: ListenAddress;
  readonly levels: LogLevels;
  readonly duration: number;
  readonly size: number;
  readonly count: number;
  readonly switch: boolean;
}

/** `compatibility.tcpPayload` as a flag: `--compatibility-tcp-payload`. */
export function flagOf(name: string): string {
  return `--${words(name).join("-")}`;
}

/** `compatibility.tcpPayload` as an environment variable: `PROBEPLANE_COMPATIBILITY_TCP_PAYLOAD`. */
export function envOf(name: string): string {
  return `${envPrefix}${words(name).join("_").toUpperCase()}`;
}

export const envPrefix = "PROBEPLANE_";

function words(name: string): string[] {
  return name.split(".").flatMap((part) => part.split(/(?=[A-Z])/)).map((word) => word.toLowerCase());
}
